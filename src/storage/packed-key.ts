// A key with its company as one text and a few numbers. Only what was verified is packed, and nobody else
// can reach what was: unpacking asks no MAC again.
import type { CompanyStatus, Environment, KeyStatus } from '../core/registry.ts';
import type { FoundKey } from '../pdp/evaluation-port.ts';
import { RowMemo } from '../pdp/row-memo.ts';
import { knownTexts } from './known-texts.ts';

/** Between texts; a row in which it stands is not packed. */
const SEPARATOR = '\u0001';
const TEXTS = 11;

/** How many numbers `keyNumbers` writes. */
export const KEY_NUMBERS = 9;

/** The texts of the row, or null when they cannot be told apart once joined. */
export function joinKeyTexts({ key, company }: FoundKey): string | null {
  const text = [
    key.keyId,
    key.companyId,
    key.status,
    key.environment,
    key.label,
    JSON.stringify(key.scopes),
    JSON.stringify(key.networks),
    key.revokedReason,
    company.status,
    company.plan,
    company.label,
  ].join(SEPARATOR);
  // The company's id is the key's: what is not so was not packed.
  return company.companyId === key.companyId && text.split(SEPARATOR).length === TEXTS ? text : null;
}

/** Writes the numbers of the row from index `at` on; NaN where there is none. */
export function keyNumbers(
  { keySeq, key, company }: FoundKey,
  readAtUs: number,
  into: Float64Array,
  at: number,
): void {
  into[at] = keySeq;
  into[at + 1] = key.version;
  into[at + 2] = key.createdAtUs;
  into[at + 3] = key.notBeforeUs ?? Number.NaN;
  into[at + 4] = key.expiresAtUs ?? Number.NaN;
  into[at + 5] = key.lastUsedAtUs ?? Number.NaN;
  into[at + 6] = company.version;
  into[at + 7] = company.createdAtUs;
  into[at + 8] = readAtUs;
}

/** The row again, with an empty memo. */
export function splitKey(
  text: string,
  numbers: Float64Array,
  at: number,
): { readonly found: FoundKey; readonly readAtUs: number } {
  const texts = text.split(SEPARATOR);
  const companyId = texts[1] ?? '';
  const found: FoundKey = {
    keySeq: numbers[at] ?? 0,
    key: {
      keyId: texts[0] ?? '',
      companyId,
      // What was packed are the values of these types.
      status: texts[2] as KeyStatus,
      environment: texts[3] as Environment,
      label: texts[4] ?? '',
      scopes: knownTexts(texts[5] ?? ''),
      networks: knownTexts(texts[6] ?? ''),
      createdAtUs: numbers[at + 2] ?? 0,
      notBeforeUs: timeOrNull(numbers[at + 3]),
      expiresAtUs: timeOrNull(numbers[at + 4]),
      lastUsedAtUs: timeOrNull(numbers[at + 5]),
      version: numbers[at + 1] ?? 0,
      revokedReason: texts[7] ?? '',
    },
    company: {
      companyId,
      status: texts[8] as CompanyStatus,
      plan: texts[9] ?? '',
      label: texts[10] ?? '',
      createdAtUs: numbers[at + 7] ?? 0,
      version: numbers[at + 6] ?? 0,
    },
    memo: new RowMemo(),
  };
  return { found, readAtUs: numbers[at + 8] ?? 0 };
}

function timeOrNull(timeUs: number | undefined): number | null {
  return timeUs === undefined || Number.isNaN(timeUs) ? null : timeUs;
}
