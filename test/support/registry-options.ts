// What readers of the registry are opened with, over the database of a test's ledger.
import type { DamagedRow, RegistryReaderOptions } from '../../src/storage/registry-reader.ts';
import { createKeyCommand, type LedgerWorld } from './ledger-world.ts';

/** Lookup hash of the key that `openSeeded` made. */
export const LOOKUP = createKeyCommand('key_one').lookup.toString('hex');

/** When a key is read, in microseconds; only the distance between two reads matters. */
export const READ_US = 1_000_000;

export const SUSPEND = {
  kind: 'set_company_status',
  companyId: 'cmp_aurora',
  status: 'suspended',
  why: '',
} as const;

/** With the rows that were found edited. */
export function registryOptionsOf(
  world: LedgerWorld,
): RegistryReaderOptions & { readonly damaged: DamagedRow[] } {
  const damaged: DamagedRow[] = [];
  return {
    path: world.path,
    rowMac: world.secrets.rowMac,
    onDamagedRow: (row) => damaged.push(row),
    damaged,
  };
}
