// What can be wrong with the search index, and what helps: it follows the log, so whatever is wrong with
// the file, it is thrown away and built again. What is not the file's fault passes, and is waited for.
import { PosternError } from '../../core/error.ts';
import { isDamage, sqlErrorCode } from '../sql-error.ts';

/** Ends by itself, or with more room or memory: a new file would fare no better. */
const PASSING = /^SQLITE_(BUSY|LOCKED|FULL|NOMEM)/;

/** While an index is in use, one error of the disk is not worth building all of it again. */
const OF_THE_DISK = /^SQLITE_IOERR/;

/** `what` is a clause: it ends in no full stop. */
export function indexDamaged(what: string): PosternError {
  return new PosternError('storage_damaged', `The search index is damaged: ${what}.`, {
    facts: { problem: 'index_damaged', what },
  });
}

/** Whether an index that cannot be opened is to be left as it is. */
export function isPassing(error: unknown): boolean {
  return PASSING.test(codeOf(error));
}

/** Whether an index that was open and failed is to be built again instead of being opened again. */
export function isSolvedByRebuilding(error: unknown): boolean {
  if (error instanceof PosternError) return error.facts['problem'] === 'index_damaged';
  const code = sqlErrorCode(error);
  return isDamage(error) || (code !== '' && !PASSING.test(code) && !OF_THE_DISK.test(code));
}

/** For the log: that the index is built again, and why. */
export function builtAgain(error: unknown): PosternError {
  const problem = error instanceof PosternError ? (error.facts['what'] ?? error.facts['problem']) : '';
  const why = codeOf(error) || problem || 'unknown';
  return new PosternError('storage_damaged', `The search index is built again from the log: ${why}.`, {
    cause: error,
  });
}

/** SQLite's or the system's name of an error, or of the one behind it; empty for others. */
function codeOf(error: unknown): string {
  const first = error instanceof PosternError ? error.cause : error;
  const code: unknown = first instanceof Error ? Reflect.get(first, 'code') : '';
  return typeof code === 'string' ? code : '';
}
