// Opens a data directory that is held: the first start of an empty one makes its secrets, any later start
// needs them. What a start would refuse can be asked without one, and without holding the directory.
import { PosternError } from '../core/error.ts';
import { ledgerPath } from '../storage/create-ledger.ts';
import type { Hmac } from '../storage/hmac.ts';
import { storedPepperCheck } from '../storage/ledger-head.ts';
import { ledgerExists, prepareSecrets, requireSecrets } from '../storage/prepare-data.ts';
import { readPepper } from '../storage/secret-files.ts';
import { checkPepper, deriveSecrets, type Secrets } from '../storage/secrets.ts';

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
  secretsOf(dataDirectory);
  return true;
}

/** What rows are authenticated with; null: there are no rows, or nothing that they could be judged with. */
export function rowMacOf(dataDirectory: string): Hmac | null {
  try {
    return ledgerExists(dataDirectory) ? secretsOf(dataDirectory).rowMac : null;
  } catch {
    return null;
  }
}

/** @throws PosternError when they are missing, malformed, or of another directory. */
function secretsOf(dataDirectory: string): Secrets {
  const secrets = deriveSecrets(requireSecrets(dataDirectory, IN_DIRECTORY));
  const stored = storedPepperCheck(ledgerPath(dataDirectory));
  if (stored !== null) checkPepper(secrets, stored);
  return secrets;
}
