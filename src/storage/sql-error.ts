// Tells the errors of SQLite apart. What the ledger does about an error never depends on more than this:
// damage stops it, anything else means that it could not write.
import { PosternError } from '../core/error.ts';

/** The extended result code (`SQLITE_FULL`), or empty for other errors. */
export function sqlErrorCode(error: unknown): string {
  if (!(error instanceof Error) || error.name !== 'SqliteError') return '';
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : '';
}

/** Whether SQLite says that the file is not what it should be. */
export function isDamage(error: unknown): boolean {
  if (error instanceof PosternError) return error.code === 'storage_damaged';
  const code = sqlErrorCode(error);
  return code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB');
}

/** Whether another connection held the lock. */
export function isBusy(error: unknown): boolean {
  return sqlErrorCode(error).startsWith('SQLITE_BUSY');
}

/**
 * A cause as the record `recovered` holds it (`sqlite_full`): SQLite's own name for the error, or
 * `write_failed` for anything that is not SQLite's, whose text could be anything.
 */
export function recordedCause(sqlCode: string): string {
  return /^SQLITE_[A-Z_]{1,57}$/.test(sqlCode) ? sqlCode.toLowerCase() : 'write_failed';
}
