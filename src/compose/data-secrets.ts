// Opens a data directory that is held: the first start of an empty one makes its secrets, any later start
// needs them. What a start would refuse can be asked without one, and without holding the directory.
import { PosternError } from '../core/error.ts';
import { ledgerExists, prepareSecrets, requireSecrets } from '../storage/prepare-data.ts';
import { readPepper } from '../storage/secret-files.ts';

const IN_DIRECTORY = { kind: 'directory' } as const;

/** The pepper. @throws PosternError when a secret of an existing ledger is missing, or the ledger itself. */
export function openDataDirectory(dataDirectory: string): Uint8Array {
  return prepareSecrets(dataDirectory, IN_DIRECTORY);
}

/** A first start makes a pepper that is missing, and keeps one that is there. */
function refuseMalformedPepper(dataDirectory: string): void {
  try {
    readPepper(dataDirectory, IN_DIRECTORY);
  } catch (error) {
    if (!(error instanceof PosternError && error.facts['problem'] === 'pepper_missing')) throw error;
  }
}

/**
 * Whether there are secrets that a start would take; if not, it would make them. Changes nothing.
 * @throws PosternError with the sentence that the start would refuse with.
 */
export function secretsExist(dataDirectory: string): boolean {
  if (!ledgerExists(dataDirectory)) {
    refuseMalformedPepper(dataDirectory);
    return false;
  }
  requireSecrets(dataDirectory, IN_DIRECTORY);
  return true;
}
