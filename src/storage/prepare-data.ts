// Finds out whether a held data directory is new, before any thread opens anything in it, and only then makes
// its secrets. A log that is gone must never be begun again over the secrets of the one before.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PosternError } from '../core/error.ts';
import { ledgerPath } from './create-ledger.ts';
import { databaseExists } from './database-file.ts';
import { INDEX_FILE } from './index-schema.ts';
import { LEDGER_FILE } from './ledger-schema.ts';
import { createSecretFiles, type PepperSource, readPepper, requireSigningKey } from './secret-files.ts';

/**
 * Whether there is a ledger. Call it before the process opens it.
 * @throws PosternError storage_damaged when the file cannot be whole, or is gone from beside its index.
 */
export function ledgerExists(dataDirectory: string): boolean {
  if (databaseExists(ledgerPath(dataDirectory))) return true;
  if (!existsSync(join(dataDirectory, INDEX_FILE))) return false;
  throw new PosternError(
    'storage_damaged',
    `${LEDGER_FILE} is missing, but its index ${INDEX_FILE} is there. Restore the data directory from a backup, or choose an empty one for a new log; nothing was changed.`,
    { facts: { problem: 'database_missing' } },
  );
}

/**
 * Makes the secrets of a new directory, under its lock; any other needs those that it has.
 * @returns the pepper, which lives in memory only.
 * @throws PosternError storage_unavailable or storage_damaged; `facts.problem` names which refusal.
 */
export function prepareSecrets(dataDirectory: string, pepper: PepperSource): Uint8Array {
  if (!ledgerExists(dataDirectory)) createSecretFiles(dataDirectory, pepper);
  return requireSecrets(dataDirectory, pepper);
}

/**
 * The pepper of a directory whose secrets are made. Changes nothing.
 * @throws PosternError storage_unavailable; `facts.problem` names which refusal.
 */
export function requireSecrets(dataDirectory: string, pepper: PepperSource): Uint8Array {
  requireSigningKey(dataDirectory);
  return readPepper(dataDirectory, pepper);
}
