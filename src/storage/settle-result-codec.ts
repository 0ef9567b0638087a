// How results come back across threads: the results of one message as one piece of memory, numbers first and then
// texts, that changes hands instead of being copied. Most of it are leaves, which are bytes on both sides. A verdict
// carries only what the caller does not know: whose limit it is stands in the call, in the same order.
import { assert } from '../core/assert.ts';
import type { ChargeTerms, LimitCharge, LimitVerdict } from '../core/limit.ts';
import { reasonFromNumber, reasonNumber } from '../core/reason.ts';
import type { SettleCall, SettledItem, SettleResult } from '../pdp/settle-port.ts';

const SETTLED = 0;
const MOVED = 1;
const EXPIRED = 2;
/** And so on, in the order of `FAILED_CODES`. */
const FAILED = 3;

/** In place of the wait of a limit that did not refuse. */
const NOT_REFUSED = -1;

const NUMBER_BYTES = 8;

type FailedCode = Extract<SettleResult, { readonly state: 'failed' }>['code'];
const FAILED_CODES: readonly FailedCode[] = [
  'storage_unavailable',
  'storage_damaged',
  'shutting_down',
  'overloaded',
  'internal',
];

/** What a result is read with: the limits that its verdicts are of. It waits for the ledger, so it is small. */
export interface ChargedCall {
  readonly base: readonly ChargeTerms[];
  /** Of each item. */
  readonly named: readonly (readonly ChargeTerms[])[];
}

/** The limits of a call. */
export function chargedBy(call: SettleCall): ChargedCall {
  return { base: call.base, named: call.items.map((item) => termsOf(item.named)) };
}

const NO_TERMS: readonly ChargeTerms[] = [];

function termsOf(charges: readonly LimitCharge[]): readonly ChargeTerms[] {
  return charges.length === 0 ? NO_TERMS : charges.map((charge) => charge.terms);
}

/** Gathers results, then writes them. One for a thread: its memory is used again. */
class ResultWriter {
  readonly #numbers: number[] = [];
  readonly #texts: Uint8Array[] = [];
  #textBytes = 0;
  #logId = '';

  number(value: number): void {
    this.#numbers.push(value);
  }

  bytes(bytes: Uint8Array): void {
    this.#numbers.push(bytes.length);
    this.#texts.push(bytes);
    this.#textBytes += bytes.length;
  }

  text(text: string): void {
    this.bytes(text === '' ? NO_BYTES : Buffer.from(text, 'utf8'));
  }

  /** Results of one message are mostly of one log: its id is written when it is another one than before. */
  logId(logId: string): void {
    this.text(logId === this.#logId ? '' : logId);
    this.#logId = logId;
  }

  /** What was gathered, in memory of its own. The writer is empty again. */
  finish(): ArrayBuffer {
    const numbersEnd = (1 + this.#numbers.length) * NUMBER_BYTES;
    const written = new ArrayBuffer(numbersEnd + this.#textBytes);
    const numbers = new Float64Array(written, 0, 1 + this.#numbers.length);
    numbers[0] = this.#numbers.length;
    numbers.set(this.#numbers, 1);
    const texts = new Uint8Array(written, numbersEnd);
    let at = 0;
    for (const text of this.#texts) {
      texts.set(text, at);
      at += text.length;
    }
    this.clear();
    return written;
  }

  clear(): void {
    this.#numbers.length = 0;
    this.#texts.length = 0;
    this.#textBytes = 0;
    this.#logId = '';
  }
}

const NO_BYTES = new Uint8Array(0);
const writer = new ResultWriter();

/** Results of the calls of one message, in order. */
export function encodeResults(results: readonly SettleResult[]): ArrayBuffer {
  // What an earlier encoding left behind by throwing is forgotten first.
  writer.clear();
  for (const result of results) writeResult(result);
  return writer.finish();
}

function writeResult(result: SettleResult): void {
  writer.number(stateNumber(result));
  if (result.state !== 'settled') return;
  writer.number(result.settledAtUs);
  writer.logId(result.logId);
  for (const item of result.items) writeItem(item);
}

function stateNumber(result: SettleResult): number {
  switch (result.state) {
    case 'settled':
      return SETTLED;
    case 'moved':
      return MOVED;
    case 'expired':
      return EXPIRED;
    case 'failed':
      return FAILED + FAILED_CODES.indexOf(result.code);
  }
}

function writeItem({ reason, index, leaf, windowId, verdicts }: SettledItem): void {
  writer.number(reasonNumber(reason));
  writer.number(index);
  writer.bytes(leaf);
  writer.text(windowId);
  writer.number(verdicts.length);
  for (const verdict of verdicts) {
    writer.number(verdict.remaining);
    writer.number(verdict.resetAfterUs);
    writer.number(verdict.refused ? verdict.retryAfterUs : NOT_REFUSED);
  }
}

/** Reads numbers and texts in order. */
class ResultReader {
  readonly #memory: ArrayBuffer;
  readonly #numbers: Float64Array;
  #next = 0;
  #textAt: number;
  #logId = '';

  constructor(memory: ArrayBuffer) {
    const [count = 0] = new Float64Array(memory, 0, 1);
    this.#memory = memory;
    this.#numbers = new Float64Array(memory, NUMBER_BYTES, count);
    this.#textAt = (1 + count) * NUMBER_BYTES;
  }

  number(): number {
    const number = this.#numbers[this.#next];
    assert(number !== undefined, 'result with too few numbers');
    this.#next += 1;
    return number;
  }

  bytes(): Uint8Array {
    const length = this.number();
    if (length === 0) return NO_BYTES;
    const bytes = new Uint8Array(this.#memory, this.#textAt, length);
    this.#textAt += length;
    return bytes;
  }

  text(): string {
    const { buffer, byteOffset, length } = this.bytes();
    return length === 0 ? '' : Buffer.from(buffer, byteOffset, length).toString('utf8');
  }

  logId(): string {
    const logId = this.text();
    if (logId !== '') this.#logId = logId;
    return this.#logId;
  }
}

/** Reads the results of these calls. Leaves are views of the message. */
export function decodeResults(message: ArrayBuffer, calls: readonly ChargedCall[]): readonly SettleResult[] {
  const reader = new ResultReader(message);
  return calls.map((call) => readResult(reader, call));
}

function readResult(reader: ResultReader, call: ChargedCall): SettleResult {
  const state = reader.number();
  if (state === MOVED) return { state: 'moved' };
  if (state === EXPIRED) return { state: 'expired' };
  if (state !== SETTLED) return { state: 'failed', code: FAILED_CODES[state - FAILED] ?? 'internal' };
  const settledAtUs = reader.number();
  const logId = reader.logId();
  const items = call.named.map((named) => readItem(reader, call.base, named));
  return { state: 'settled', logId, settledAtUs, items };
}

function readItem(
  reader: ResultReader,
  base: readonly ChargeTerms[],
  named: readonly ChargeTerms[],
): SettledItem {
  const reason = reasonFromNumber(reader.number());
  assert(reason !== null, 'result with an unknown reason');
  const index = reader.number();
  const leaf = reader.bytes();
  const windowId = reader.text();
  const count = reader.number();
  const verdicts: LimitVerdict[] = [];
  for (let place = 0; place < count; place++) {
    const terms = base[place] ?? named[place - base.length];
    assert(terms !== undefined, 'result with too many verdicts');
    verdicts.push(readVerdict(reader, terms));
  }
  return { reason, verdicts, index, leaf, windowId };
}

function readVerdict(reader: ResultReader, terms: ChargeTerms): LimitVerdict {
  const remaining = reader.number();
  const resetAfterUs = reader.number();
  const retryAfterUs = reader.number();
  return {
    name: terms.name,
    subject: terms.subject,
    limit: terms.burst,
    remaining,
    resetAfterUs,
    retryAfterUs: retryAfterUs === NOT_REFUSED ? 0 : retryAfterUs,
    refused: retryAfterUs !== NOT_REFUSED,
  };
}
