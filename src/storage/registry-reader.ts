// How an evaluator finds a key: indexed reads of key, company and last use, verified row by row, with
// two caches in front. They are dropped when the epoch moved; unknown keys are never cached.

import type { CompanyRecord } from '../core/registry.ts';
import type { FoundKey, RegistryReader } from '../pdp/evaluation-port.ts';
import { RowMemo } from '../pdp/row-memo.ts';
import { openReader } from './database.ts';
import { GenerationCache } from './generation-cache.ts';
import type { Hmac } from './hmac.ts';
import { LEDGER_PLAN } from './ledger-schema.ts';
import type { ReadRow } from './packed-key.ts';
import { PackedKeys } from './packed-keys.ts';
import { COMPANY_READS, decodeCompany, decodeKey, KEY_READS } from './registry-row.ts';
import type { SqlDatabase, SqlStatement, SqlValue } from './sql-port.ts';

/** Keys that are used often, decoded and with what is derived from them: some 2 MB. */
const HOT_KEYS_MAX = 2_048;

/**
 * All others, packed: some 220 bytes each, so some 37,000. What no key was written to
 * takes no memory.
 */
const PACKED_BYTES = 8 * 1_024 * 1_024;

/** Companies of keys that are read: many keys share one. */
const COMPANIES_MAX = 1_024;

/**
 * A use raises no epoch, and the table learns of it when the ledger folds its journal, some seconds later.
 * After so long a key's use is read again, so that its last use is exact to the minute.
 */
const LAST_USED_LAG_US = 45_000_000;

/**
 * What changes a row raises the epoch, unless somebody edits the database: so late at most that is noticed of a key
 * in use. Not with each last use: of 10,000 keys in use, a twentieth of an evaluator's time went into MACs.
 */
const VERIFIED_FOR_US = 900_000_000;
/** Rows that were read together are read again apart, so that no burst of reads delays checks. */
const VERIFIED_SPREAD_US = 300_000_000;
const SPREAD_STEP_US = 611_953;

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
const KEY_SQL = `SELECT ${KEY_READS} FROM keys k WHERE lookup = ?`;
const COMPANY_SQL = `SELECT ${COMPANY_READS} FROM companies c WHERE company_id = ?`;
const LAST_USED_SQL = 'SELECT last_used_us FROM key_use WHERE key_seq = ?';

/** Opens a connection for one evaluator. The ledger must have opened the database before. */
export function openRegistryReader(options: RegistryReaderOptions): OpenRegistryReader {
  const database = openReader({ path: options.path, plan: LEDGER_PLAN });
  const rows = new RegistryRows(database, options);
  const hot = new GenerationCache<string, ReadRow>(HOT_KEYS_MAX);
  const packed = new PackedKeys(PACKED_BYTES);
  let cachedEpoch = -1;
  let use = 0;
  const findOne = (lookup: string, nowUs: number): FoundKey | null => {
    use += 1;
    const known = hot.get(lookup);
    if (known !== undefined && isRecent(known, nowUs)) return known.found;
    const kept = packed.find(lookup, use);
    if (kept !== null && isRecent(kept, nowUs)) {
      if (kept.isHot) hot.set(lookup, kept);
      return kept.found;
    }
    const verified = known ?? kept;
    const isVerified = verified !== null && verified !== undefined && countsAsVerified(verified, nowUs);
    const found = isVerified ? rows.withLastUse(verified.found) : rows.find(lookup);
    if (found === null) return null;
    const read = { found, readAtUs: nowUs, verifiedAtUs: isVerified ? verified.verifiedAtUs : nowUs };
    const isPacked = packed.add(lookup, read, use);
    if (!isPacked || known !== undefined) hot.set(lookup, read);
    return found;
  };
  return {
    findKey(lookups, epoch, nowUs) {
      if (epoch !== cachedEpoch) {
        hot.clear();
        packed.clear();
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

function isRecent({ readAtUs }: Pick<ReadRow, 'readAtUs'>, nowUs: number): boolean {
  return nowUs - readAtUs < LAST_USED_LAG_US;
}

function countsAsVerified({ verifiedAtUs, found }: ReadRow, nowUs: number): boolean {
  const spreadUs = (found.keySeq * SPREAD_STEP_US) % VERIFIED_SPREAD_US;
  return nowUs - verifiedAtUs < VERIFIED_FOR_US - spreadUs;
}

/** The rows behind a key, each verified. Companies are kept, because many keys share one. */
class RegistryRows {
  readonly #options: RegistryReaderOptions;
  readonly #key: SqlStatement;
  readonly #company: SqlStatement;
  readonly #lastUsed: SqlStatement;
  readonly #companies = new GenerationCache<string, CompanyRecord>(COMPANIES_MAX);

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
    const key = decodeKey(row, this.#lastUsedUs(row[0] ?? null), this.#options.rowMac);
    if (key === null) {
      this.#options.onDamagedRow({ table: 'keys', id: String(row[1]) });
      return null;
    }
    const company = this.#findCompany(key.record.companyId);
    if (company === null) return null;
    return { keySeq: key.seq, key: key.record, company, memo: new RowMemo() };
  }

  /** The same rows with the key's last use as it is stored now. */
  withLastUse(found: FoundKey): FoundKey {
    const lastUsedUs = this.#lastUsedUs(found.keySeq);
    const lastUsedAtUs = lastUsedUs === null ? null : Number(lastUsedUs);
    if (lastUsedAtUs === found.key.lastUsedAtUs) return found;
    return { ...found, key: { ...found.key, lastUsedAtUs }, memo: new RowMemo() };
  }

  #lastUsedUs(keySeq: SqlValue): SqlValue {
    return this.#lastUsed.row(keySeq)?.[0] ?? null;
  }

  #findCompany(companyId: string): CompanyRecord | null {
    const cached = this.#companies.get(companyId);
    if (cached !== undefined) return cached;
    const row = this.#company.row(companyId);
    if (row === null) return null;
    const company = decodeCompany(row, this.#options.rowMac);
    if (company === null) this.#options.onDamagedRow({ table: 'companies', id: companyId });
    else this.#companies.set(companyId, company);
    return company;
  }
}
