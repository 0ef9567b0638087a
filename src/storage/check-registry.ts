// Looks at every row of keys and companies for who has no sidecar to ask, or none that came across the row: one
// that was edited in the database is otherwise noticed only when it is used. Changes nothing.
import { openReader } from './database.ts';
import type { Hmac } from './hmac.ts';
import { LEDGER_PLAN } from './ledger-schema.ts';
import type { DamagedRow } from './registry-reader.ts';
import { COMPANY_READS, decodeCompany, decodeKey, idOfEdited, KEY_READS } from './registry-row.ts';

/** Rows of one read: a reader that stays keeps the ledger from folding its WAL. */
const ROWS_AT_ONCE = 1_000;

export interface RegistryCheck {
  readonly companies: number;
  readonly keys: number;
  readonly edited: readonly DamagedRow[];
}

/** @throws PosternError when the database cannot be opened, or is not of this version. */
export function checkRegistry(path: string, rowMac: Hmac): RegistryCheck {
  const database = openReader({ path, plan: LEDGER_PLAN });
  const edited: DamagedRow[] = [];
  const keyRows = database.prepare(`SELECT ${KEY_READS} FROM keys k WHERE seq > ? ORDER BY seq LIMIT ?`);
  // By place, not by id: an id may have been edited into what compares with nothing. They are few.
  const companyRows = database.prepare(
    `SELECT ${COMPANY_READS} FROM companies c ORDER BY company_id LIMIT ? OFFSET ?`,
  );
  try {
    // The ledger counts from 1; an edited row may stand anywhere.
    let lastSeq = Number.MIN_SAFE_INTEGER;
    const keys = countAll(() => {
      const rows = keyRows.rows(lastSeq, ROWS_AT_ONCE);
      for (const row of rows) {
        lastSeq = Number(row[0]);
        if (decodeKey(row, null, rowMac) === null) edited.push({ table: 'keys', id: idOfEdited(row[1]) });
      }
      return rows.length;
    });
    const companies = countAll((before) => {
      const rows = companyRows.rows(ROWS_AT_ONCE, before);
      for (const row of rows) {
        if (decodeCompany(row, rowMac) !== null) continue;
        edited.push({ table: 'companies', id: idOfEdited(row[0]) });
      }
      return rows.length;
    });
    return { companies, keys, edited };
  } finally {
    database.close();
  }
}

/** Reads until a read is not full. `read` is told how many came before, and returns how many it got. */
function countAll(read: (before: number) => number): number {
  for (let count = 0; ; ) {
    const got = read(count);
    count += got;
    if (got < ROWS_AT_ONCE) return count;
  }
}
