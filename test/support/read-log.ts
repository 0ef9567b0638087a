// The log of a data directory as it stands on the disk, checked as a whole: numbers without gaps, and the
// tree over all leaves equal to the one that is stored.
import { join } from 'node:path';
import { MerkleFrontier } from '../../src/core/merkle.ts';
import { openReader } from '../../src/storage/database.ts';
import { hashLeaf, sha256 } from '../../src/storage/ledger-head.ts';
import { LEDGER_FILE, LEDGER_PLAN } from '../../src/storage/ledger-schema.ts';

export interface ReadRecord {
  readonly kind: string;
  readonly [member: string]: unknown;
}

/** All records. @throws when the log is not whole. */
export function readLog(dataDirectory: string): readonly ReadRecord[] {
  const database = openReader({ path: join(dataDirectory, LEDGER_FILE), plan: LEDGER_PLAN });
  try {
    const rows = database.prepare('SELECT idx, leaf FROM log ORDER BY idx').rows();
    const tree = MerkleFrontier.empty(sha256);
    const records = rows.map((row, place) => {
      if (row[0] !== place) throw new Error(`record ${place} is missing`);
      tree.append(hashLeaf(String(row[1])));
      const record = JSON.parse(String(row[1])) as ReadRecord;
      if (record['index'] !== String(place))
        throw new Error(`record ${place} says ${String(record['index'])}`);
      return record;
    });
    const head = database.prepare('SELECT frontier FROM head').row();
    if (!Buffer.from(tree.encode()).equals(head?.[0] as Buffer)) throw new Error('the tree is another one');
    return records;
  } finally {
    database.close();
  }
}

/** The records of one kind. */
export function recordsOf(dataDirectory: string, kind: string): readonly ReadRecord[] {
  return readLog(dataDirectory).filter((record) => record.kind === kind);
}
