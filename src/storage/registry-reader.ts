// How an evaluator finds a key: indexed reads of key, company and last use, verified row by row, with
// a small cache in front. The cache is dropped when the epoch moved; unknown keys are never cached.
import type { CompanyRecord } from '../core/registry.ts';
import type { FoundKey, RegistryReader } from '../pdp/evaluation-port.ts';
import { RowMemo } from '../pdp/row-memo.ts';
import { openReader } from './database.ts';
import { GenerationCache } from './generation-cache.ts';
import type { Hmac } from './hmac.ts';
import { LEDGER_PLAN } from './ledger-schema.ts';
import { COMPANY_COLUMNS, decodeCompany, decodeKey, KEY_COLUMNS } from './registry-row.ts';
import type { SqlDatabase, SqlStatement } from './sql-port.ts';

/** Rows in the cache: some 4 MB. */
const CACHE_ROWS_MAX = 4_096;

/** A use raises no epoch. After so long a key is read again, so that its last use is exact to the minute. */
const LAST_USED_LAG_US = 60_000_000;

interface ReadKey {
  readonly found: FoundKey;
  readonly readAtUs: number;
}

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

/**
 * Three statements, because their join takes twice their time. They may see different commits; that is all
 * right for rows whose versions are compared when the check is settled.
 */
const KEY_SQL = `SELECT ${KEY_COLUMNS.join(', ')} FROM keys WHERE lookup = ?`;
const COMPANY_SQL = `SELECT ${COMPANY_COLUMNS.join(', ')} FROM companies WHERE company_id = ?`;
const LAST_USED_SQL = 'SELECT last_used_us FROM key_use WHERE key_seq = ?';

/** Opens a connection for one evaluator. The ledger must have opened the database before. */
export function openRegistryReader(options: RegistryReaderOptions): OpenRegistryReader {
  const database = openReader({ path: options.path, plan: LEDGER_PLAN });
  const rows = new RegistryRows(database, options);
  const cache = new GenerationCache<string, ReadKey>(CACHE_ROWS_MAX);
  let cachedEpoch = -1;
  const findOne = (lookup: string, nowUs: number): FoundKey | null => {
    const cached = cache.get(lookup);
    if (cached !== undefined && nowUs - cached.readAtUs < LAST_USED_LAG_US) return cached.found;
    const found = rows.find(lookup);
    if (found !== null) cache.set(lookup, { found, readAtUs: nowUs });
    return found;
  };
  return {
    findKey(lookups, epoch, nowUs) {
      if (epoch !== cachedEpoch) {
        cache.clear();
        rows.forget();
        cachedEpoch = epoch;
      }
      let found: FoundKey | null = null;
      for (const lookup of lookups) found = findOne(lookup, nowUs) ?? found;
      return found;
    },
    close: () => database.close(),
  };
}

/** The rows behind a key, each verified. Companies are kept, because many keys share one. */
class RegistryRows {
  readonly #options: RegistryReaderOptions;
  readonly #key: SqlStatement;
  readonly #company: SqlStatement;
  readonly #lastUsed: SqlStatement;
  readonly #companies = new GenerationCache<string, CompanyRecord>(CACHE_ROWS_MAX);

  constructor(database: SqlDatabase, options: RegistryReaderOptions) {
    this.#options = options;
    this.#key = database.prepare(KEY_SQL);
    this.#company = database.prepare(COMPANY_SQL);
    this.#lastUsed = database.prepare(LAST_USED_SQL);
  }

  forget(): void {
    this.#companies.clear();
  }

  find(lookup: string): FoundKey | null {
    const row = this.#key.row(Buffer.from(lookup, 'hex'));
    if (row === null) return null;
    const lastUsedUs = this.#lastUsed.row(row[0] ?? null)?.[0] ?? null;
    const key = decodeKey(row, lastUsedUs, this.#options.rowMac);
    if (key === null) {
      this.#options.onDamagedRow({ table: 'keys', id: String(row[1]) });
      return null;
    }
    const company = this.#findCompany(key.record.companyId);
    if (company === null) return null;
    return { keySeq: key.seq, key: key.record, company, memo: new RowMemo() };
  }

  #findCompany(companyId: string): CompanyRecord | null {
    const cached = this.#companies.get(companyId);
    if (cached !== undefined) return cached;
    const row = this.#company.row(companyId);
    if (row === null) return null;
    const company = decodeCompany(row, 0, this.#options.rowMac);
    if (company === null) this.#options.onDamagedRow({ table: 'companies', id: companyId });
    else this.#companies.set(companyId, company);
    return company;
  }
}
