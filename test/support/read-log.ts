// The log of a data directory as it stands on the disk, checked as a whole: numbers without gaps, and the
// tree over all leaves equal to the one that is stored.
import { join } from 'node:path';
import { MerkleFrontier } from '../../src/core/merkle.ts';
import { openReader } from '../../src/storage/database.ts';
import { hashLeaf, sha256 } from '../../src/storage/ledger-head.ts';
import { LEDGER_FILE, LEDGER_PLAN } from '../../src/storage/ledger-schema.ts';

export interface ReadRecord {
  readonly kind: string;
  /** The record as it is stored. */
  readonly leaf: string;
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
      return { ...record, leaf: String(row[1]) };
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

/** TAT of a limit's counter as the last decision that names it left it, in microseconds. */
export function tatOf(decisions: readonly ReadRecord[], limit: string): number | null {
  for (const decision of decisions.toReversed()) {
    const limits = decision['limits'] as readonly {
      readonly name: string;
      readonly reset_after_us: number;
    }[];
    const verdict = limits.find((each) => each.name === limit);
    if (verdict !== undefined) return Number(decision['settled_at']) + verdict.reset_after_us;
  }
  return null;
}
