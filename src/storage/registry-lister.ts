// Lists keys and companies for the admin side, page by page. A page starts after the last row of the one
// before, so that rows made or changed in between neither repeat nor disappear.
import { PosternError } from '../core/error.ts';
import type { KeyRecord } from '../core/registry.ts';
import type { Page, RegistryLister } from '../pdp/admin-port.ts';
import { openReader } from './database.ts';
import { LEDGER_PLAN } from './ledger-schema.ts';
import type { RegistryReaderOptions } from './registry-reader.ts';
import { COMPANY_READS, decodeCompany, decodeKey, KEY_COLUMNS, KEY_READS } from './registry-row.ts';
import type { SqlRow, SqlStatement } from './sql-port.ts';

const KEYS = `SELECT ${KEY_READS}, u.last_used_us
  FROM keys k LEFT JOIN key_use u ON u.key_seq = k.seq`;
const COMPANIES = `SELECT ${COMPANY_READS} FROM companies c`;
const LAST_USED_AT = KEY_COLUMNS.length;

export interface OpenRegistryLister extends RegistryLister {
  close(): void;
}

/** Opens a connection for the admin side. */
export function openRegistryLister(options: RegistryReaderOptions): OpenRegistryLister {
  const database = openReader({ path: options.path, plan: LEDGER_PLAN });
  const one = database.prepare(`${KEYS} WHERE k.key_id = ?`);
  const all = database.prepare(`${KEYS} WHERE k.seq > ? AND (? = '' OR k.status = ?) ORDER BY k.seq LIMIT ?`);
  const ofCompany = database.prepare(
    `${KEYS} WHERE k.company_id = ? AND k.seq > ? AND (? = '' OR k.status = ?) ORDER BY k.seq LIMIT ?`,
  );
  const company = database.prepare(`${COMPANIES} WHERE company_id = ?`);
  const companies = database.prepare(
    `${COMPANIES} WHERE company_id > ? AND (? = '' OR status = ?) ORDER BY company_id LIMIT ?`,
  );
  const key = (row: SqlRow) => keyOf(row, options);
  const companyOf = (row: SqlRow) => {
    const record = decodeCompany(row, options.rowMac);
    if (record === null) options.onDamagedRow({ table: 'companies', id: String(row[0]) });
    return record;
  };
  return {
    key: (keyId) => firstOf(one, keyId, key),
    keys(filter) {
      const after = filter.pageToken === '' ? 0 : parseSeq(filter.pageToken);
      const status = filter.status ?? '';
      const values = [after, status, status, filter.pageSize + 1] as const;
      const rows =
        filter.companyId === '' ? all.rows(...values) : ofCompany.rows(filter.companyId, ...values);
      return pageOf(rows, filter.pageSize, key, (row) => encodeToken(Number(row[0]).toString(36)));
    },
    company: (companyId) => firstOf(company, companyId, companyOf),
    companies(filter) {
      const status = filter.status ?? '';
      const rows = companies.rows(decodeToken(filter.pageToken), status, status, filter.pageSize + 1);
      return pageOf(rows, filter.pageSize, companyOf, (row) => encodeToken(String(row[0])));
    },
    close: () => database.close(),
  };
}

function keyOf(row: SqlRow, options: RegistryReaderOptions): KeyRecord | null {
  const decoded = decodeKey(row, row[LAST_USED_AT] ?? null, options.rowMac);
  if (decoded === null) options.onDamagedRow({ table: 'keys', id: String(row[1]) });
  return decoded?.record ?? null;
}

function firstOf<T>(statement: SqlStatement, id: string, decode: (row: SqlRow) => T | null): T | null {
  const row = statement.row(id);
  return row === null ? null : decode(row);
}

/** One row more than the page was asked for, to know whether another page follows. */
function pageOf<T>(
  rows: readonly SqlRow[],
  pageSize: number,
  decode: (row: SqlRow) => T | null,
  tokenOf: (row: SqlRow) => string,
): Page<T> {
  const shown = rows.slice(0, pageSize);
  const last = shown.at(-1);
  return {
    rows: shown.map(decode).filter((record) => record !== null),
    nextPageToken: rows.length > pageSize && last !== undefined ? tokenOf(last) : '',
  };
}

const encodeToken = (text: string) => Buffer.from(text, 'utf8').toString('base64url');
const decodeToken = (token: string) => Buffer.from(token, 'base64url').toString('utf8');

function parseSeq(token: string): number {
  const text = decodeToken(token);
  const seq = Number.parseInt(text, 36);
  if (/^[0-9a-z]{1,10}$/.test(text) && Number.isSafeInteger(seq)) return seq;
  throw new PosternError('request_malformed', 'The page token is not one that was given out.', {
    faults: [{ field: 'page_token', problem: 'must be the next_page_token of the page before' }],
  });
}
