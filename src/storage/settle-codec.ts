// How calls cross to the ledger's thread: as one text of fields. A text costs a fifth of a structured
// clone of the same fields, and the ledger's thread pays for every decision. Fields are canonical JSON or
// ids, which hold no control characters; what might is checked when it is written.
import { assert } from '../core/assert.ts';
import { writeDecimal } from '../core/decimal.ts';
import type { ChargeTerms, LimitCharge } from '../core/limit.ts';
import { LIMIT_SUBJECTS } from '../core/limit.ts';
import { reasonFromNumber, reasonNumber } from '../core/reason.ts';
import type { SettleCall, SettleItem, SettleSubject } from '../pdp/settle-port.ts';
import { ownText } from './own-text.ts';

/** Control characters, which canonical JSON escapes. */
export const FIELD_SEPARATOR = '\x01';
const PART_SEPARATOR = '\x02';
/** Between the terms of a list that is one field. */
const TERMS_SEPARATOR = '\x03';
const SEPARATOR_CODE = FIELD_SEPARATOR.charCodeAt(0);

/** Terms repeat from call to call; what was seen is not parsed again. */
const KNOWN_TERMS_MAX = 1_024;

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

/** Whether it holds nothing that separates fields or their parts. */
function isSeparate(text: string): boolean {
  return !text.includes(FIELD_SEPARATOR) && !text.includes(PART_SEPARATOR) && !text.includes(TERMS_SEPARATOR);
}

/** An id as a field: it must not hold what separates fields. */
function idField(id: string): string {
  assert(isSeparate(id), 'id with a control character');
  return id;
}

const S = FIELD_SEPARATOR;
const P = PART_SEPARATOR;

/**
 * One call as text. @throws AssertionFailure when an id or a name holds what separates fields, or when
 * the text is not well-formed: its bytes would be other ones than those that are hashed.
 */
export function encodeCall(call: SettleCall): string {
  let text = `${headText(call)}${S}${call.items.length}`;
  for (const item of call.items) {
    text += `${S}${idField(item.decisionId)}${S}${reasonNumber(item.reason)}${S}${item.check}${S}${item.policy}${S}${item.private}${S}${chargesText(item.named)}`;
  }
  assert(text.isWellFormed(), 'call with a lone surrogate');
  return text;
}

type SettleHead = Omit<SettleCall, 'items'>;

/**
 * The head that was written last. A call is written once for the evaluator's slot, for each of its items,
 * and then for the ledger, all in one go.
 */
let lastHead: SettleHead | null = null;
let lastHeadText = '';

function headText(call: SettleHead): string {
  if (lastHead !== null && isSameHead(lastHead, call)) return lastHeadText;
  const { deadlineMonoUs, epoch, generation, sourceBucket, subject, base } = call;
  const whose = subject === null ? '' : subjectText(subject);
  lastHeadText = `${writeDecimal(deadlineMonoUs)}${S}${epoch}${S}${generation}${S}${idField(sourceBucket)}${S}${whose}${S}${baseText(base)}`;
  lastHead = { deadlineMonoUs, epoch, generation, sourceBucket, subject, base };
  return lastHeadText;
}

/** By identity where a head holds objects: another head with equal ones is only written again. */
function isSameHead(one: SettleHead, other: SettleHead): boolean {
  return (
    one.subject === other.subject &&
    one.base === other.base &&
    one.deadlineMonoUs === other.deadlineMonoUs &&
    one.epoch === other.epoch &&
    one.generation === other.generation &&
    one.sourceBucket === other.sourceBucket
  );
}

/** Reads one call. */
export function decodeCall(reader: FieldReader): SettleCall {
  const deadlineMonoUs = reader.number();
  const epoch = reader.number();
  const generation = reader.number();
  const sourceBucket = reader.text();
  const subject = decodeSubject(reader);
  const base = decodeBase(reader.text());
  const items: SettleItem[] = [];
  for (let count = reader.number(); count > 0; count--) items.push(decodeItem(reader));
  return { deadlineMonoUs, epoch, generation, subject, sourceBucket, base, items };
}

/** The same for every call of a key until its row changes. */
export function subjectText(subject: SettleSubject): string {
  const { written } = subject;
  if (written !== undefined && written.text !== '') return written.text;
  const text = fieldsOfSubject(subject);
  // Without an id it would be read as none. Reading a character also puts the text together (flat-object.ts).
  assert(text.charCodeAt(0) !== SEPARATOR_CODE, 'subject without an id');
  if (written !== undefined) written.text = text;
  return text;
}

function fieldsOfSubject(subject: SettleSubject): string {
  const { keyId, keySeq, keyVersion, companyId, companyVersion, notBeforeUs, expiresAtUs } = subject;
  return `${idField(keyId)}${S}${keySeq}${S}${keyVersion}${S}${idField(companyId)}${S}${companyVersion}${S}${decimalOrEmpty(notBeforeUs)}${S}${decimalOrEmpty(expiresAtUs)}`;
}

function decimalOrEmpty(value: number | null): string {
  return value === null ? '' : writeDecimal(value);
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

function chargesText(charges: readonly LimitCharge[]): string {
  let text = String(charges.length);
  for (const { terms, counterId } of charges) {
    assert(!counterId.includes(S), 'counter with a control character');
    text += `${S}${termsText(terms)}${P}${counterId}`;
  }
  return text;
}

/** Of lists that are written again and again: one for each plan. */
const writtenBases = new WeakMap<readonly ChargeTerms[], string>();

function baseText(base: readonly ChargeTerms[]): string {
  if (base.length === 0) return '';
  const written = writtenBases.get(base);
  if (written !== undefined) return written;
  const text = base.map(termsText).join(TERMS_SEPARATOR);
  writtenBases.set(base, text);
  return text;
}

/** Of terms that are written again and again: those of a plan, and of a policy's answer. */
const writtenTerms = new WeakMap<ChargeTerms, string>();

function termsText(terms: ChargeTerms): string {
  const written = writtenTerms.get(terms);
  if (written !== undefined) return written;
  const { name, subject, emissionIntervalUs, burst, cost, base } = terms;
  assert(isSeparate(name), 'limit with a control character');
  const text = `${name}${P}${LIMIT_SUBJECTS.indexOf(subject)}${P}${emissionIntervalUs}${P}${burst}${P}${cost}${P}${base ? 1 : 0}`;
  writtenTerms.set(terms, text);
  return text;
}

const NO_CHARGES: readonly LimitCharge[] = [];

const NO_TERMS: readonly ChargeTerms[] = [];

const knownTerms = new Map<string, ChargeTerms>();
const knownBases = new Map<string, readonly ChargeTerms[]>();

function decodeBase(text: string): readonly ChargeTerms[] {
  if (text === '') return NO_TERMS;
  return knownBases.get(text) ?? learnBase(text);
}

function learnBase(slice: string): readonly ChargeTerms[] {
  const base = slice.split(TERMS_SEPARATOR).map((terms) => knownTerms.get(terms) ?? learnTerms(terms));
  if (knownBases.size >= KNOWN_TERMS_MAX) knownBases.clear();
  knownBases.set(ownText(slice), base);
  return base;
}

function decodeCharges(reader: FieldReader): readonly LimitCharge[] {
  const count = reader.number();
  if (count === 0) return NO_CHARGES;
  const charges: LimitCharge[] = [];
  for (let place = 0; place < count; place++) charges.push(decodeCharge(reader.text()));
  return charges;
}

/** The counter's id is a slice of the message: who keeps it needs a text of its own. */
function decodeCharge(text: string): LimitCharge {
  const termsEnd = text.lastIndexOf(PART_SEPARATOR);
  const termsPart = text.slice(0, termsEnd);
  const terms = knownTerms.get(termsPart) ?? learnTerms(termsPart);
  return { terms, counterId: text.slice(termsEnd + 1) };
}

function learnTerms(slice: string): ChargeTerms {
  const text = ownText(slice);
  const [name, subject, interval, burst, cost, base, ...rest] = text.split(PART_SEPARATOR);
  const limitSubject = LIMIT_SUBJECTS[Number(subject)];
  assert(name !== undefined && limitSubject !== undefined && base !== undefined, 'malformed charge');
  assert(rest.length === 0, 'malformed charge');
  const terms: ChargeTerms = {
    name: ownText(name),
    subject: limitSubject,
    emissionIntervalUs: Number(interval),
    burst: Number(burst),
    cost: Number(cost),
    base: base === '1',
  };
  if (knownTerms.size >= KNOWN_TERMS_MAX) knownTerms.clear();
  knownTerms.set(text, terms);
  return terms;
}
