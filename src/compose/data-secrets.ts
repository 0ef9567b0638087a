// Opens a data directory that is held: the first start of an empty one makes its secrets, any later start
// needs them.
import { prepareSecrets } from '../storage/prepare-data.ts';

/** The pepper. @throws PosternError when a secret of an existing ledger is missing, or the ledger itself. */
export function openDataDirectory(dataDirectory: string): Uint8Array {
  return prepareSecrets(dataDirectory, { kind: 'directory' });
}
