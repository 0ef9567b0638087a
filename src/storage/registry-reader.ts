// How an evaluator finds a key: one indexed read of key, company and last use, verified row by row, with
// a small cache in front. The cache is dropped when the epoch moved; unknown keys are never cached.
import type { FoundKey, RegistryReader } from '../pdp/evaluation-port.ts';
import { RowMemo } from '../pdp/row-memo.ts';
import { openReader } from './database.ts';
import { GenerationCache } from './generation-cache.ts';
import type { Hmac } from './hmac.ts';
import { LEDGER_PLAN } from './ledger-schema.ts';
import { COMPANY_COLUMNS, decodeCompany, decodeKey, KEY_COLUMNS } from './registry-row.ts';
import type { SqlRow, SqlStatement } from './sql-port.ts';

/** Rows in the cache: some 4 MB. */
const CACHE_ROWS_MAX = 4_096;

/** A row whose MAC does not fit. */
export interface DamagedRow {
  readonly table: 'keys' | 'companies';
  readonly id: string;
}

export interface RegistryReaderOptions {
  /** Path of the ledger's database. */
  readonly path: string;
  readonly rowMac: Hmac;
  /** Told of a row that was edited behind our back: its table and its id. */
  readonly onDamagedRow: (row: DamagedRow) => void;
}

export interface OpenRegistryReader extends RegistryReader {
  close(): void;
}

const FIND_SQL = `
  SELECT ${KEY_COLUMNS.map((column) => `k.${column}`).join(', ')},
    ${COMPANY_COLUMNS.map((column) => `c.${column}`).join(', ')}, u.last_used_us
  FROM keys k JOIN companies c ON c.company_id = k.company_id
  LEFT JOIN key_use u ON u.key_seq = k.seq
  WHERE k.lookup = ?`;

const COMPANY_AT = KEY_COLUMNS.length;
const LAST_USED_AT = COMPANY_AT + COMPANY_COLUMNS.length;

/** Opens a connection for one evaluator. The ledger must have opened the database before. */
export function openRegistryReader(options: RegistryReaderOptions): OpenRegistryReader {
  const database = openReader({ path: options.path, plan: LEDGER_PLAN });
  const statement = database.prepare(FIND_SQL);
  const cache = new GenerationCache<string, FoundKey>(CACHE_ROWS_MAX);
  let cachedEpoch = -1;
  return {
    findKey(lookups, epoch) {
      if (epoch !== cachedEpoch) {
        cache.clear();
        cachedEpoch = epoch;
      }
      let found: FoundKey | null = null;
      for (const lookup of lookups) found = findOne(lookup, cache, statement, options) ?? found;
      return found;
    },
    close: () => database.close(),
  };
}

function findOne(
  lookup: string,
  cache: GenerationCache<string, FoundKey>,
  statement: SqlStatement,
  options: RegistryReaderOptions,
): FoundKey | null {
  const cached = cache.get(lookup);
  if (cached !== undefined) return cached;
  const row = statement.row(Buffer.from(lookup, 'hex'));
  const found = row === null ? null : decodeFound(row, options);
  if (found !== null) cache.set(lookup, found);
  return found;
}

function decodeFound(row: SqlRow, options: RegistryReaderOptions): FoundKey | null {
  const key = decodeKey(row, row[LAST_USED_AT] ?? null, options.rowMac);
  if (key === null) {
    options.onDamagedRow({ table: 'keys', id: String(row[1]) });
    return null;
  }
  const company = decodeCompany(row, COMPANY_AT, options.rowMac);
  if (company === null) {
    options.onDamagedRow({ table: 'companies', id: key.record.companyId });
    return null;
  }
  return { keySeq: key.seq, key: key.record, company, memo: new RowMemo() };
}
