// How calls and their results cross threads: as one text of fields. A text costs a fifth of a structured
// clone of the same fields, and the ledger's thread pays for every decision. Fields are canonical JSON or
// ids, which hold no control characters; what might is checked when it is written.
import { assert } from '../core/assert.ts';
import type { LimitCharge } from '../core/limit.ts';
import { LIMIT_SUBJECTS } from '../core/limit.ts';
import { reasonFromNumber, reasonNumber } from '../core/reason.ts';
import type { SettleCall, SettleItem, SettleSubject } from '../pdp/settle-port.ts';

/** Control characters, which canonical JSON escapes. */
export const FIELD_SEPARATOR = '\x01';
const PART_SEPARATOR = '\x02';

/** Charges repeat from call to call; one that was seen is not parsed again. */
const KNOWN_CHARGES_MAX = 16_384;

/** Reads fields in order. */
export class FieldReader {
  readonly #fields: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#fields = text.split(FIELD_SEPARATOR);
  }

  get atEnd(): boolean {
    return this.#at === this.#fields.length;
  }

  text(): string {
    const field = this.#fields[this.#at++];
    assert(field !== undefined, 'message with too few fields');
    return field;
  }

  number(): number {
    return Number(this.text());
  }
}

/** An id as a field: it must not hold what separates fields. */
export function idField(id: string): string {
  assert(!id.includes(FIELD_SEPARATOR) && !id.includes(PART_SEPARATOR), 'id with a control character');
  return id;
}

/**
 * A text of its own: fields are slices that keep the whole message alive, which must not happen to what
 * is kept in a table.
 */
export function ownText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** Appends the fields of a call. */
export function appendCall(call: SettleCall, fields: (string | number)[]): void {
  fields.push(call.deadlineMonoUs, call.epoch, call.generation, idField(call.sourceBucket));
  const subject = call.subject;
  if (subject === null) fields.push('');
  else encodeSubject(subject, fields);
  encodeCharges(call.base, fields);
  fields.push(call.items.length);
  for (const item of call.items) {
    fields.push(idField(item.decisionId), reasonNumber(item.reason), item.check, item.policy, item.private);
    encodeCharges(item.named, fields);
  }
}

/** Reads one call. */
export function decodeCall(reader: FieldReader): SettleCall {
  const deadlineMonoUs = reader.number();
  const epoch = reader.number();
  const generation = reader.number();
  const sourceBucket = reader.text();
  const subject = decodeSubject(reader);
  const base = decodeCharges(reader);
  const items: SettleItem[] = [];
  for (let count = reader.number(); count > 0; count--) items.push(decodeItem(reader));
  return { deadlineMonoUs, epoch, generation, subject, sourceBucket, base, items };
}

function encodeSubject(subject: SettleSubject, fields: (string | number)[]): void {
  fields.push(
    idField(subject.keyId),
    subject.keySeq,
    subject.keyVersion,
    idField(subject.companyId),
    subject.companyVersion,
    subject.notBeforeUs ?? '',
    subject.expiresAtUs ?? '',
  );
}

function decodeSubject(reader: FieldReader): SettleSubject | null {
  const keyId = reader.text();
  if (keyId === '') return null;
  return {
    keyId,
    keySeq: reader.number(),
    keyVersion: reader.number(),
    companyId: reader.text(),
    companyVersion: reader.number(),
    notBeforeUs: numberOrNull(reader.text()),
    expiresAtUs: numberOrNull(reader.text()),
  };
}

function numberOrNull(field: string): number | null {
  return field === '' ? null : Number(field);
}

function decodeItem(reader: FieldReader): SettleItem {
  const decisionId = reader.text();
  const reason = reasonFromNumber(reader.number());
  assert(reason !== null, 'message with an unknown reason');
  const check = reader.text();
  const policy = reader.text();
  const privateValues = reader.text();
  return { decisionId, reason, check, policy, private: privateValues, named: decodeCharges(reader) };
}

function encodeCharges(charges: readonly LimitCharge[], fields: (string | number)[]): void {
  fields.push(charges.length);
  for (const charge of charges) {
    const { name, counterId, emissionIntervalUs, burst, cost } = charge;
    assert(!name.includes(PART_SEPARATOR), 'name with a control character');
    const text = `${name}${PART_SEPARATOR}${LIMIT_SUBJECTS.indexOf(charge.subject)}${PART_SEPARATOR}${emissionIntervalUs}${PART_SEPARATOR}${burst}${PART_SEPARATOR}${cost}${PART_SEPARATOR}${charge.base ? 1 : 0}${PART_SEPARATOR}${counterId}`;
    assert(!text.includes(FIELD_SEPARATOR), 'charge with a control character');
    fields.push(text);
  }
}

const NO_CHARGES: readonly LimitCharge[] = [];
const knownCharges = new Map<string, LimitCharge>();

function decodeCharges(reader: FieldReader): readonly LimitCharge[] {
  const count = reader.number();
  if (count === 0) return NO_CHARGES;
  const charges: LimitCharge[] = [];
  for (let place = 0; place < count; place++) {
    const text = reader.text();
    charges.push(knownCharges.get(text) ?? learnCharge(text));
  }
  return charges;
}

function learnCharge(slice: string): LimitCharge {
  const text = ownText(slice);
  const [name, subject, interval, burst, cost, base, ...counterId] = text.split(PART_SEPARATOR);
  const limitSubject = LIMIT_SUBJECTS[Number(subject)];
  assert(name !== undefined && limitSubject !== undefined && counterId.length === 1, 'malformed charge');
  const charge: LimitCharge = {
    name: ownText(name),
    subject: limitSubject,
    counterId: ownText(counterId.join('')),
    emissionIntervalUs: Number(interval),
    burst: Number(burst),
    cost: Number(cost),
    base: base === '1',
  };
  if (knownCharges.size >= KNOWN_CHARGES_MAX) knownCharges.clear();
  knownCharges.set(text, charge);
  return charge;
}
