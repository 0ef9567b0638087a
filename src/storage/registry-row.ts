// Rows of keys and companies, as stored and as the core sees them. Every column that matters is under
// the row's MAC, so that an edited row is noticed where it is read: it then counts as not there.
import { timingSafeEqual } from 'node:crypto';
import type { CompanyRecord, CompanyStatus, Environment, KeyStatus } from '../core/registry.ts';
import type { KeyRow } from '../pdp/settle-view.ts';
import type { Hmac } from './hmac.ts';
import { knownTexts } from './known-texts.ts';
import type { SqlRow, SqlValue } from './sql-port.ts';

/** A company's row without its MAC is its record. */
export type CompanyRow = CompanyRecord;

/** A key's row as it was read, its lookup hash in hexadecimal. */
export type VerifiedKey = Omit<KeyRow, 'lookup'> & { readonly lookup: string };

/** HMAC-SHA-256 in hexadecimal. */
const MAC_CHARACTERS = 64;

/** Longer than any id of ours. */
const ID_CHARS_MAX = 128;

/** In the order that they are written in. */
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

/** What the decoders expect, in this order, of `companies c` and `keys k`. */
export const COMPANY_READS = COMPANY_COLUMNS.map((column) => readOf('c', column)).join(', ');
export const KEY_READS = KEY_COLUMNS.map((column) => readOf('k', column)).join(', ');

/** Bytes are read in hexadecimal: a buffer for each costs more than the rest of the row. */
function readOf(table: string, column: string): string {
  const name = `${table}.${column}`;
  const isBytes = column === 'lookup' || column === 'mac';
  return isBytes ? `CASE typeof(${name}) WHEN 'blob' THEN lower(hex(${name})) END` : name;
}

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
  values.push(bytesOf(mac.overText(macText('company', values))));
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
  values.push(bytesOf(mac.overText(macText('key', hexadecimal(values)))));
  return values;
}

/** The company in `row`, read as COMPANY_READS, or null when its MAC does not fit. */
export function decodeCompany(row: SqlRow, mac: Hmac): CompanyRow | null {
  const [companyId, status, plan, label, createdAtUs, version, stored] = row;
  const covered = [companyId, status, plan, label, createdAtUs, version];
  if (!isAuthentic(macText('company', covered), stored, mac)) return null;
  return {
    companyId: String(companyId),
    // What is under the MAC was written by us: the texts are what their types say.
    status: status as CompanyStatus,
    plan: String(plan),
    label: String(label),
    createdAtUs: Number(createdAtUs),
    version: Number(version),
  };
}

/** The key in `row`, whose first columns were read as KEY_READS, or null when its MAC does not fit. */
export function decodeKey(row: SqlRow, lastUsedUs: SqlValue, mac: Hmac): VerifiedKey | null {
  const covered = row.slice(0, KEY_COLUMNS.length - 1);
  if (!isAuthentic(macText('key', covered), row[KEY_COLUMNS.length - 1], mac)) return null;
  return {
    seq: Number(row[0]),
    lookup: String(row[2]),
    schemeId: Number(row[3]),
    requestId: String(row[14]),
    record: {
      keyId: String(row[1]),
      companyId: String(row[4]),
      status: row[5] as KeyStatus,
      environment: row[6] as Environment,
      label: String(row[7]),
      scopes: knownTexts(String(row[8])),
      networks: knownTexts(String(row[9])),
      createdAtUs: Number(row[10]),
      notBeforeUs: row[11] as number | null,
      expiresAtUs: row[12] as number | null,
      lastUsedAtUs: lastUsedUs === null ? null : Number(lastUsedUs),
      version: Number(row[15]),
      revokedReason: String(row[13]),
    },
  };
}

/** The id of a row that was edited, to be shown: it may be anything now. */
export function idOfEdited(value: SqlValue | undefined): string {
  return String(value).slice(0, ID_CHARS_MAX).toWellFormed();
}

/** A JSON array is unambiguous: values cannot run into each other. Bytes stand in hexadecimal. */
function macText(table: string, values: readonly (SqlValue | undefined)[]): string {
  return JSON.stringify([table, 1, ...values]);
}

function hexadecimal(values: readonly SqlValue[]): SqlValue[] {
  return values.map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value));
}

function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex');
}

const storedMac = Buffer.alloc(MAC_CHARACTERS);
const expectedMac = Buffer.alloc(MAC_CHARACTERS);

function isAuthentic(text: string, stored: SqlValue | undefined, mac: Hmac): boolean {
  if (typeof stored !== 'string' || stored.length !== MAC_CHARACTERS) return false;
  storedMac.write(stored, 'latin1');
  expectedMac.write(mac.overText(text), 'latin1');
  return timingSafeEqual(storedMac, expectedMac);
}
