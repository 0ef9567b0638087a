// Reads the ledger's rows on the writer's own connection. It must never return a registry row whose MAC
// does not fit: changing such a row would give it a good MAC.
import type { WindowCount, WindowKind } from '../core/leaf.ts';
import { isReason } from '../core/reason.ts';
import type { CompanyRecord } from '../core/registry.ts';
import type { KeyRow, KeyUse, OpenWindow } from '../pdp/settle-view.ts';
import { decisionBytes } from './decision-id.ts';
import type { Hmac } from './hmac.ts';
import type { DamagedRow } from './registry-reader.ts';
import { COMPANY_READS, decodeCompany, decodeKey, KEY_READS } from './registry-row.ts';
import type { SqlDatabase, SqlRow, SqlStatement } from './sql-port.ts';

const NEVER_USED: KeyUse = { tatUs: 0, lastUsedUs: 0 };

export interface LedgerRowsOptions {
  readonly rowMac: Hmac;
  readonly onDamagedRow: (row: DamagedRow) => void;
}

/** Prepared reads. Lives as long as its connection. */
export class LedgerRows {
  readonly #options: LedgerRowsOptions;
  readonly #counter: SqlStatement;
  readonly #keyUse: SqlStatement;
  readonly #keyVersion: SqlStatement;
  readonly #companyVersion: SqlStatement;
  readonly #key: SqlStatement;
  readonly #keyRow: SqlStatement;
  readonly #keyIdOfRequest: SqlStatement;
  readonly #keyIdOfLookup: SqlStatement;
  readonly #company: SqlStatement;
  readonly #outcome: SqlStatement;
  readonly #decisionsFrom: SqlStatement;
  readonly #leaf: SqlStatement;
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase, options: LedgerRowsOptions) {
    this.#options = options;
    this.#database = database;
    this.#counter = database.prepare('SELECT tat_us FROM counters WHERE id = ?');
    this.#keyUse = database.prepare('SELECT tat_us, last_used_us FROM key_use WHERE key_seq = ?');
    this.#keyVersion = database.prepare('SELECT version FROM keys WHERE seq = ?');
    this.#companyVersion = database.prepare('SELECT version FROM companies WHERE company_id = ?');
    this.#key = database.prepare(`SELECT ${KEY_READS} FROM keys k WHERE k.key_id = ?`);
    this.#keyRow = database.prepare('SELECT 1 FROM keys WHERE key_id = ?');
    this.#keyIdOfRequest = database.prepare('SELECT key_id FROM keys WHERE request_id = ?');
    this.#keyIdOfLookup = database.prepare('SELECT key_id FROM keys WHERE lookup = ?');
    this.#company = database.prepare(`SELECT ${COMPANY_READS} FROM companies c WHERE company_id = ?`);
    this.#outcome = database.prepare('SELECT 1 FROM outcomes WHERE decision_id = ?');
    this.#decisionsFrom = database.prepare(
      `SELECT leaf ->> '$.decision_id', idx FROM log WHERE idx >= ? AND leaf ->> '$.kind' = 'decision' ORDER BY idx`,
    );
    this.#leaf = database.prepare('SELECT leaf FROM log WHERE idx = ?');
  }

  counterTatUs(counterId: string): number {
    return Number(this.#counter.row(counterId)?.[0] ?? 0);
  }

  keyUse(keySeq: number): KeyUse {
    const row = this.#keyUse.row(keySeq);
    return row === null ? NEVER_USED : { tatUs: Number(row[0]), lastUsedUs: Number(row[1]) };
  }

  keyVersion(keySeq: number): number {
    return Number(this.#keyVersion.row(keySeq)?.[0] ?? 0);
  }

  companyVersion(companyId: string): number {
    return Number(this.#companyVersion.row(companyId)?.[0] ?? 0);
  }

  /** A key without its last use, which may stand in the journal. */
  key(keyId: string): KeyRow | null {
    const row = this.#key.row(keyId);
    if (row === null) return null;
    const key = decodeKey(row, null, this.#options.rowMac);
    if (key !== null) return { ...key, lookup: Buffer.from(key.lookup, 'hex') };
    this.#options.onDamagedRow({ table: 'keys', id: keyId });
    return null;
  }

  hasKeyRow(keyId: string): boolean {
    return this.#keyRow.row(keyId) !== null;
  }

  keyIdOfRequest(requestId: string): string | null {
    return textOrNull(this.#keyIdOfRequest.row(requestId));
  }

  keyIdOfLookup(lookup: Uint8Array): string | null {
    return textOrNull(this.#keyIdOfLookup.row(lookup));
  }

  company(companyId: string): CompanyRecord | null {
    const row = this.#company.row(companyId);
    if (row === null) return null;
    const company = decodeCompany(row, this.#options.rowMac);
    if (company === null) this.#options.onDamagedRow({ table: 'companies', id: companyId });
    return company;
  }

  hasOutcome(decisionId: string): boolean {
    const bytes = decisionBytes(decisionId);
    return bytes !== null && this.#outcome.row(bytes) !== null;
  }

  /** Ids and indexes of the decisions from this index on. */
  decisionsFrom(index: number): readonly (readonly [string, number])[] {
    return this.#decisionsFrom.rows(index).map((row) => [String(row[0]), Number(row[1])] as const);
  }

  leaf(index: number): string | null {
    return textOrNull(this.#leaf.row(index));
  }

  nextKeySeq(): number {
    return Number(this.#database.prepare('SELECT max(seq) FROM keys').row()?.[0] ?? 0) + 1;
  }

  /** Windows that were open when the last group was committed. What they counted is known, for whom is not. */
  openWindows(): Map<string, OpenWindow> {
    const counts = this.#database.prepare(
      'SELECT key_id, reason, count FROM window_counts WHERE window_id = ? ORDER BY key_id, reason',
    );
    const rows = this.#database
      .prepare('SELECT window_id, kind, key_id, company_id, opened_at_us FROM windows ORDER BY window_id')
      .rows();
    return new Map(
      rows.map((row) => [String(row[0]), windowOf(row, counts.rows(row[0] ?? null).map(countOf))] as const),
    );
  }
}

function textOrNull(row: SqlRow | null): string | null {
  return row === null ? null : String(row[0]);
}

function windowOf(row: SqlRow, counts: readonly WindowCount[]): OpenWindow {
  const windowId = String(row[0]);
  const openedAtUs = Number(row[4]);
  return {
    subject: windowId,
    windowId,
    kind: row[1] as WindowKind,
    keyId: row[2] as string | null,
    companyId: row[3] as string | null,
    openedAtUs,
    countedAtUs: openedAtUs,
    counts,
  };
}

function countOf(row: SqlRow): WindowCount {
  const reason = String(row[1]);
  const keyId = String(row[0]);
  return {
    keyId: keyId === '' ? null : keyId,
    reason: isReason(reason) ? reason : 'key_unknown',
    count: Number(row[2]),
  };
}
