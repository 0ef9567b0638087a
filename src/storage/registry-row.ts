// Rows of keys and companies, as stored and as the core sees them. Every column that matters is under
// the row's MAC, so that an edited row is noticed where it is read: it then counts as not there.
import { timingSafeEqual } from 'node:crypto';
import type { CompanyRecord, CompanyStatus, Environment, KeyStatus } from '../core/registry.ts';
import type { KeyRow } from '../pdp/settle-view.ts';
import type { Hmac } from './hmac.ts';
import type { SqlRow, SqlValue } from './sql-port.ts';

/** A company's row without its MAC is its record. */
export type CompanyRow = CompanyRecord;

/** In the order that the decoders expect. */
export const COMPANY_COLUMNS = [
  'company_id',
  'status',
  'plan',
  'label',
  'created_at_us',
  'version',
  'mac',
] as const;
export const KEY_COLUMNS = [
  'seq',
  'key_id',
  'lookup',
  'scheme_id',
  'company_id',
  'status',
  'environment',
  'label',
  'scopes',
  'networks',
  'created_at_us',
  'not_before_us',
  'expires_at_us',
  'revoked_reason',
  'request_id',
  'version',
  'mac',
] as const;

/** Values of the columns of a company, MAC included. */
export function encodeCompany(company: CompanyRow, mac: Hmac): SqlValue[] {
  const values: SqlValue[] = [
    company.companyId,
    company.status,
    company.plan,
    company.label,
    company.createdAtUs,
    company.version,
  ];
  values.push(mac.overText(macText('company', values)));
  return values;
}

/** Values of the columns of a key, MAC included. */
export function encodeKey(key: KeyRow, mac: Hmac): SqlValue[] {
  const record = key.record;
  const values: SqlValue[] = [
    key.seq,
    record.keyId,
    key.lookup,
    key.schemeId,
    record.companyId,
    record.status,
    record.environment,
    record.label,
    JSON.stringify(record.scopes),
    JSON.stringify(record.networks),
    record.createdAtUs,
    record.notBeforeUs,
    record.expiresAtUs,
    record.revokedReason,
    key.requestId,
    record.version,
  ];
  values.push(mac.overText(macText('key', values)));
  return values;
}

/** The company in `row` from column `at` on, or null when its MAC does not fit. */
export function decodeCompany(row: SqlRow, at: number, mac: Hmac): CompanyRow | null {
  if (!isAuthentic('company', row.slice(at, at + COMPANY_COLUMNS.length), mac)) return null;
  return {
    companyId: String(row[at]),
    // What is under the MAC was written by us: the texts are what their types say.
    status: row[at + 1] as CompanyStatus,
    plan: String(row[at + 2]),
    label: String(row[at + 3]),
    createdAtUs: Number(row[at + 4]),
    version: Number(row[at + 5]),
  };
}

/** The key in `row` from its first column on, or null when its MAC does not fit. */
export function decodeKey(row: SqlRow, lastUsedUs: SqlValue, mac: Hmac): KeyRow | null {
  if (!isAuthentic('key', row.slice(0, KEY_COLUMNS.length), mac)) return null;
  return {
    seq: Number(row[0]),
    lookup: row[2] as Uint8Array,
    schemeId: Number(row[3]),
    requestId: String(row[14]),
    record: {
      keyId: String(row[1]),
      companyId: String(row[4]),
      status: row[5] as KeyStatus,
      environment: row[6] as Environment,
      label: String(row[7]),
      scopes: JSON.parse(String(row[8])) as string[],
      networks: JSON.parse(String(row[9])) as string[],
      createdAtUs: Number(row[10]),
      notBeforeUs: row[11] as number | null,
      expiresAtUs: row[12] as number | null,
      lastUsedAtUs: lastUsedUs === null ? null : Number(lastUsedUs),
      version: Number(row[15]),
      revokedReason: String(row[13]),
    },
  };
}

/** A JSON array is unambiguous: values cannot run into each other. Bytes stand in hexadecimal. */
function macText(table: string, values: readonly SqlValue[]): string {
  const covered = values.map((value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  );
  return JSON.stringify([table, 1, ...covered]);
}

function isAuthentic(table: string, row: readonly SqlValue[], mac: Hmac): boolean {
  const stored = row.at(-1);
  const expected = mac.overText(macText(table, row.slice(0, -1)));
  return (
    stored instanceof Uint8Array && stored.length === expected.length && timingSafeEqual(stored, expected)
  );
}
