// Opens a data directory that is held: the first start of an empty one makes its secrets, any later start
// needs them. Returns the pepper, which lives in memory only.

import { ledgerPath } from '../storage/create-ledger.ts';
import { databaseExists } from '../storage/database-file.ts';
import { createSecretFiles, readPepper, requireSigningKey } from '../storage/secret-files.ts';

/** @throws PosternError storage_unavailable when a secret of an existing ledger is missing. */
export function openDataDirectory(dataDirectory: string): Uint8Array {
  const source = { kind: 'directory' } as const;
  if (!databaseExists(ledgerPath(dataDirectory))) createSecretFiles(dataDirectory, source);
  requireSigningKey(dataDirectory);
  return readPepper(dataDirectory, source);
}
