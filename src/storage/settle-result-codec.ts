// How results come back across threads: one text of fields, like the calls. A verdict carries only what
// the caller does not know: whose limit it is stands in the call, in the same order.
import { assert } from '../core/assert.ts';
import { writeDecimal } from '../core/decimal.ts';
import type { ChargeTerms, LimitCharge, LimitVerdict } from '../core/limit.ts';
import { reasonFromNumber, reasonNumber } from '../core/reason.ts';
import type { SettleCall, SettledItem, SettleResult } from '../pdp/settle-port.ts';
import type { FieldReader } from './settle-codec.ts';

const SETTLED = 's';
const MOVED = 'm';
const EXPIRED = 'e';

type FailedCode = Extract<SettleResult, { readonly state: 'failed' }>['code'];
const FAILED_CODES: readonly FailedCode[] = [
  'storage_unavailable',
  'storage_damaged',
  'shutting_down',
  'overloaded',
  'internal',
];

/** Appends the fields of a result. */
export function encodeResult(result: SettleResult, fields: (string | number)[]): void {
  switch (result.state) {
    case 'moved':
      fields.push(MOVED);
      return;
    case 'expired':
      fields.push(EXPIRED);
      return;
    case 'failed':
      fields.push(FAILED_CODES.indexOf(result.code));
      return;
    case 'settled':
      fields.push(SETTLED, result.logId, writeDecimal(result.settledAtUs));
      for (const item of result.items) encodeItem(item, fields);
  }
}

/** What a result is read with: the limits that its verdicts are of. It waits for the ledger, so it is small. */
export interface ChargedCall {
  readonly base: readonly ChargeTerms[];
  /** Of each item. */
  readonly named: readonly (readonly ChargeTerms[])[];
}

/** The limits of a call. */
export function chargedBy(call: SettleCall): ChargedCall {
  return { base: termsOf(call.base), named: call.items.map((item) => termsOf(item.named)) };
}

const NO_TERMS: readonly ChargeTerms[] = [];

function termsOf(charges: readonly LimitCharge[]): readonly ChargeTerms[] {
  return charges.length === 0 ? NO_TERMS : charges.map((charge) => charge.terms);
}

/** Reads the result of this call. */
export function decodeResult(reader: FieldReader, call: ChargedCall): SettleResult {
  const state = reader.text();
  if (state === MOVED) return { state: 'moved' };
  if (state === EXPIRED) return { state: 'expired' };
  if (state !== SETTLED) return { state: 'failed', code: FAILED_CODES[Number(state)] ?? 'internal' };
  const logId = reader.text();
  const settledAtUs = reader.number();
  const items = call.named.map((named) => decodeItem(reader, call.base, named));
  return { state: 'settled', logId, settledAtUs, items };
}

function encodeItem(item: SettledItem, fields: (string | number)[]): void {
  fields.push(reasonNumber(item.reason), item.index, item.leaf, item.windowId, item.verdicts.length);
  for (const verdict of item.verdicts) {
    fields.push(verdict.remaining, verdict.resetAfterUs, verdict.refused ? verdict.retryAfterUs : '');
  }
}

function decodeItem(
  reader: FieldReader,
  base: readonly ChargeTerms[],
  named: readonly ChargeTerms[],
): SettledItem {
  const reason = reasonFromNumber(reader.number());
  assert(reason !== null, 'result with an unknown reason');
  const index = reader.number();
  const leaf = reader.text();
  const windowId = reader.text();
  const count = reader.number();
  const verdicts: LimitVerdict[] = [];
  for (let place = 0; place < count; place++) {
    const terms = base[place] ?? named[place - base.length];
    assert(terms !== undefined, 'result with too many verdicts');
    verdicts.push(decodeVerdict(reader, terms));
  }
  return { reason, verdicts, index, leaf, windowId };
}

function decodeVerdict(reader: FieldReader, terms: ChargeTerms): LimitVerdict {
  const remaining = reader.number();
  const resetAfterUs = reader.number();
  const retryAfterUs = reader.text();
  return {
    name: terms.name,
    subject: terms.subject,
    limit: terms.burst,
    remaining,
    resetAfterUs,
    retryAfterUs: retryAfterUs === '' ? 0 : Number(retryAfterUs),
    refused: retryAfterUs !== '',
  };
}
