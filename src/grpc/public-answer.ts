// What of a decision may reach the partner: the public error and the headers that go with it. One
// constant for each reason, so that all reasons of one class are the same, byte for byte.
import { REASON_TABLE, type Reason, reasonNumber } from '../core/reason.ts';
import type { CheckAnswer } from '../pdp/check-port.ts';
import { WireWriter } from './wire-writer.ts';

const EFFECT_ALLOW = 1;
const EFFECT_DENY = 2;
const US_PER_SECOND = 1_000_000;
const UNAUTHENTICATED_STATUS = 401;

/** The parts of CheckResponse that follow from the reason alone, encoded. */
export interface ReasonParts {
  /** Fields 3 and 4: effect and reason. */
  readonly verdict: Buffer;
  /** Field 6: the public error; empty when allowed. */
  readonly publicError: Buffer;
  /** Field 9: the headers that every answer of this class carries. */
  readonly headers: Buffer;
  /** Whether the answer says when to come back. */
  readonly tellsRetry: boolean;
}

/** Writes one response header. */
export function writeHeader(writer: WireWriter, name: string, value: string): void {
  const mark = writer.mark;
  writer.text(2, value);
  writer.text(1, name);
  writer.close(9, mark);
}

function encodePart(write: (writer: WireWriter) => void): Buffer {
  const writer = new WireWriter();
  write(writer);
  return writer.finish();
}

function partsOf(row: (typeof REASON_TABLE)[number]): ReasonParts {
  const shown = row.public;
  return {
    verdict: encodePart((writer) => {
      writer.whole(4, reasonNumber(row.name));
      writer.whole(3, shown === null ? EFFECT_ALLOW : EFFECT_DENY);
    }),
    publicError: encodePart((writer) => {
      if (shown === null) return;
      writer.text(3, shown.message);
      writer.text(2, shown.code);
      writer.whole(1, shown.httpStatus);
      writer.close(6, 0);
    }),
    headers: encodePart((writer) => {
      // RFC 9110, 11.6.1: a 401 names a scheme. Without a realm or error it says the same to everyone.
      if (shown?.httpStatus === UNAUTHENTICATED_STATUS) writeHeader(writer, 'www-authenticate', 'ApiKey');
    }),
    tellsRetry: row.stage === 'base_limit' || row.stage === 'named_limit',
  };
}

const PARTS: ReadonlyMap<Reason, ReasonParts> = new Map(REASON_TABLE.map((row) => [row.name, partsOf(row)]));

/** The parts of an answer that follow from its reason. */
export function reasonParts(reason: Reason): ReasonParts {
  const parts = PARTS.get(reason);
  if (parts === undefined) throw new TypeError('not a reason');
  return parts;
}

/** Seconds after which a limited call could pass, rounded up; 0 when no verdict says so. */
export function retryAfterSeconds(answer: CheckAnswer): number {
  let longestUs = 0;
  for (const verdict of answer.verdicts) {
    if (verdict.refused && verdict.retryAfterUs > longestUs) longestUs = verdict.retryAfterUs;
  }
  return Math.ceil(longestUs / US_PER_SECOND);
}
