// Lists keys and companies for the admin side, page by page, in the order of their creation. A page starts
// after the last row of the one before, so that rows made or changed in between neither repeat nor disappear.
import type { CompanyRecord, KeyRecord } from '../core/registry.ts';
import type { Page, RegistryLister } from '../pdp/admin-port.ts';
import { openReader } from './database.ts';
import { LEDGER_PLAN } from './ledger-schema.ts';
import { encodePageToken, type Listing, PAGE_CHARS_MAX, PLACE_RADIX, parsePageToken } from './page-token.ts';
import type { DamagedRow, RegistryReaderOptions } from './registry-reader.ts';
import {
  COMPANY_COLUMNS,
  COMPANY_READS,
  decodeCompany,
  decodeKey,
  idOfEdited,
  KEY_COLUMNS,
  KEY_READS,
} from './registry-row.ts';
import type { SqlRow, SqlStatement } from './sql-port.ts';

const KEYS = `SELECT ${KEY_READS}, u.last_used_us
  FROM keys k LEFT JOIN key_use u ON u.key_seq = k.seq`;
const COMPANIES = `SELECT ${COMPANY_READS} FROM companies c`;
const LAST_USED_AT = KEY_COLUMNS.length;
const KEY_ID = KEY_COLUMNS.indexOf('key_id');
const COMPANY_ID = COMPANY_COLUMNS.indexOf('company_id');
const COMPANY_CREATED_AT = COMPANY_COLUMNS.indexOf('created_at_us');

/** What is said of a row whose MAC does not fit. */
interface Edited {
  readonly editedId: string;
}

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
  const oneCompany = database.prepare(`${COMPANIES} WHERE company_id = ?`);
  const companies = database.prepare(
    `${COMPANIES} WHERE (created_at_us, company_id) > (?, ?) AND (? = '' OR status = ?)
      ORDER BY created_at_us, company_id LIMIT ?`,
  );
  const key = (row: SqlRow): KeyRecord | Edited => {
    const decoded = decodeKey(row, row[LAST_USED_AT] ?? null, options.rowMac);
    return decoded?.record ?? edited({ table: 'keys', id: idOfEdited(row[KEY_ID]) });
  };
  const company = (row: SqlRow): CompanyRecord | Edited =>
    decodeCompany(row, options.rowMac) ?? edited({ table: 'companies', id: idOfEdited(row[COMPANY_ID]) });
  const edited = (row: DamagedRow): Edited => {
    options.onDamagedRow(row);
    return { editedId: row.id };
  };
  return {
    key: (keyId) => firstOf(one, keyId, key),
    keys(filter) {
      const status = filter.status ?? '';
      const listing: Listing = { list: 'keys', filter: { companyId: filter.companyId, status } };
      const values = [keyPlace(filter.pageToken, listing), status, status, filter.pageSize + 1] as const;
      const rows =
        filter.companyId === '' ? all.rows(...values) : ofCompany.rows(filter.companyId, ...values);
      return pageOf(rows, filter.pageSize, key, (row) =>
        encodePageToken(Number(row[0]).toString(PLACE_RADIX), listing),
      );
    },
    company: (companyId) => firstOf(oneCompany, companyId, company),
    companies(filter) {
      const status = filter.status ?? '';
      const listing: Listing = { list: 'companies', filter: { status } };
      const place = companyPlace(filter.pageToken, listing);
      const rows = companies.rows(...place, status, status, filter.pageSize + 1);
      return pageOf(rows, filter.pageSize, company, (row) =>
        encodePageToken(
          `${Number(row[COMPANY_CREATED_AT]).toString(PLACE_RADIX)}.${String(row[0])}`,
          listing,
        ),
      );
    },
    close: () => database.close(),
  };
}

function isEdited(read: object): read is Edited {
  return 'editedId' in read;
}

function firstOf<T extends object>(
  statement: SqlStatement,
  id: string,
  decode: (row: SqlRow) => T | Edited,
): T | 'edited' | null {
  const row = statement.row(id);
  if (row === null) return null;
  const read = decode(row);
  return isEdited(read) ? 'edited' : read;
}

/** One row more than the page was asked for, to know whether another page follows. */
function pageOf<T extends object>(
  rows: readonly SqlRow[],
  pageSize: number,
  decode: (row: SqlRow) => T | Edited,
  tokenOf: (row: SqlRow) => string,
): Page<T> {
  const shown = rows.slice(0, Math.min(pageSize, rowsThatFit(rows)));
  const last = shown.at(-1);
  const read = shown.map(decode);
  return {
    rows: read.filter((row): row is T => !isEdited(row)),
    editedIds: read.filter(isEdited).map(({ editedId }) => editedId),
    nextPageToken: rows.length > shown.length && last !== undefined ? tokenOf(last) : '',
  };
}

/** How many of the rows make a page that is not too long; at least one. */
function rowsThatFit(rows: readonly SqlRow[]): number {
  let chars = 0;
  for (const [place, row] of rows.entries()) {
    for (const value of row) if (typeof value === 'string') chars += value.length;
    if (chars > PAGE_CHARS_MAX) return Math.max(1, place);
  }
  return rows.length;
}

/** The row number after which the page begins: the place itself. An edited row may stand before all others. */
function keyPlace(token: string, listing: Listing): number {
  const place = parsePageToken(token, listing);
  return place === null ? Number.MIN_SAFE_INTEGER : Number.parseInt(place, PLACE_RADIX);
}

/** Time of creation and id of the company after which the page begins: `<created_at_us>.<company_id>`. */
function companyPlace(token: string, listing: Listing): readonly [createdAtUs: number, companyId: string] {
  const place = parsePageToken(token, listing);
  if (place === null) return [Number.NEGATIVE_INFINITY, ''];
  const [time = '', ...companyId] = place.split('.');
  return [Number.parseInt(time, PLACE_RADIX), companyId.join('.')];
}
