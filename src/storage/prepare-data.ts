// Takes the data directory for this process before any thread opens anything in it: lock, secrets (made
// only where there is no database yet), and a first look at the database file.

import { ledgerPath } from './create-ledger.ts';
import { type HeldDirectory, holdDataDirectory } from './data-directory.ts';
import { databaseExists } from './database-file.ts';
import { createSecretFiles, type PepperSource, requireSigningKey } from './secret-files.ts';
import { openSecrets } from './secrets.ts';

export interface PreparedData extends HeldDirectory {
  /** No log was here before. */
  readonly isNew: boolean;
}

/**
 * Only once in a process, before the ledger, evaluators and readers are started.
 * @throws PosternError storage_unavailable or storage_damaged; `facts.problem` names which refusal.
 */
export function prepareDataDirectory(options: {
  readonly path: string;
  readonly pepper: PepperSource;
}): PreparedData {
  const held = holdDataDirectory(options.path);
  try {
    const isNew = !databaseExists(ledgerPath(options.path));
    if (isNew) createSecretFiles(options.path, options.pepper);
    requireSigningKey(options.path);
    openSecrets({ dataDirectory: options.path, pepper: options.pepper });
    return { ...held, isNew };
  } catch (error) {
    held.release();
    throw error;
  }
}
