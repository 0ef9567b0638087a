// Decisions to the messages that carry them. It must never give a subject, limits or obligations to an
// answer that is not entitled to them, whatever it is handed.
import type { LimitVerdict } from '../core/limit.ts';
import { isAuthenticationFailure } from '../core/reason.ts';
import type { AnswerSubject, CheckAnswer } from '../pdp/check-port.ts';
import type { OutcomeState } from '../pdp/settle-port.ts';
import { reasonParts, retryAfterSeconds, writeHeader } from './public-answer.ts';
import { writeStruct } from './struct-encoder.ts';
import { WireWriter } from './wire-writer.ts';

const US_PER_SECOND = 1_000_000;
const NS_PER_US = 1_000;

const OUTCOME_STATES: Readonly<Record<OutcomeState, number>> = {
  recorded: 1,
  already_recorded: 2,
  decision_unknown: 3,
};

/** Result of one item: a decision, or an encoded `google.rpc.Status`. */
export type ItemResult = { readonly answer: CheckAnswer } | { readonly error: Buffer };

/** Result of one message of a stream, with the id it belongs to. */
export type StreamItem =
  | { readonly id: string; readonly answer: CheckAnswer }
  | { readonly id: string; readonly error: Buffer }
  | { readonly id: string; readonly outcome: OutcomeState };

/** One writer for all: encoding is synchronous, and `finish` copies. */
const writer = new WireWriter();

/** Runs one encoding. What an earlier one left behind by throwing is forgotten first. */
function encode(write: () => void): Buffer {
  writer.reset();
  write();
  return writer.finish();
}

/** A CheckResponse. */
export function encodeCheckResponse(answer: CheckAnswer): Buffer {
  return encode(() => writeAnswer(answer));
}

/** A BatchCheckResponse: results by index. */
export function encodeBatchResponse(results: readonly ItemResult[]): Buffer {
  return encode(() => {
    for (let at = results.length - 1; at >= 0; at -= 1) {
      const result = results[at];
      if (result === undefined) continue;
      const mark = writer.mark;
      if ('answer' in result) writeNestedAnswer(1, result.answer);
      else writer.bytes(2, result.error);
      writer.close(1, mark);
    }
  });
}

/** A StreamCheckResponse. */
export function encodeStreamResponse(items: readonly StreamItem[]): Buffer {
  return encode(() => {
    for (let at = items.length - 1; at >= 0; at -= 1) {
      const item = items[at];
      if (item === undefined) continue;
      const mark = writer.mark;
      if ('answer' in item) writeNestedAnswer(2, item.answer);
      else if ('error' in item) writer.bytes(3, item.error);
      else writeOutcome(4, item.id, item.outcome);
      writer.text(1, item.id);
      writer.close(1, mark);
    }
  });
}

/** A ReportOutcomesResponse: results by index. */
export function encodeOutcomesResponse(
  decisionIds: readonly string[],
  states: readonly OutcomeState[],
): Buffer {
  return encode(() => {
    for (let at = states.length - 1; at >= 0; at -= 1) {
      const state = states[at];
      if (state !== undefined) writeOutcome(1, decisionIds[at] ?? '', state);
    }
  });
}

function writeOutcome(field: number, decisionId: string, state: OutcomeState): void {
  const mark = writer.mark;
  writer.whole(2, OUTCOME_STATES[state]);
  writer.text(1, decisionId);
  writer.close(field, mark);
}

function writeNestedAnswer(field: number, answer: CheckAnswer): void {
  const mark = writer.mark;
  writeAnswer(answer);
  writer.close(field, mark);
}

function writeAnswer(answer: CheckAnswer): void {
  const parts = reasonParts(answer.reason);
  const isAllowed = answer.reason === 'allowed';
  writeRecord(answer);
  writer.text(11, answer.policyRevision);
  if (isAllowed) writeObligations(answer);
  writer.raw(parts.headers);
  if (parts.tellsRetry) writeRetryAfter(answer);
  if (!isAuthenticationFailure(answer.reason)) writeVerdicts(answer.verdicts);
  if (isAllowed && answer.subject !== null) writeSubject(answer.subject);
  writer.raw(parts.publicError);
  writer.text(5, answer.code);
  writer.raw(parts.verdict);
  writer.text(2, answer.decisionId);
  writer.text(1, answer.requestId);
}

function writeRecord(answer: CheckAnswer): void {
  const mark = writer.mark;
  if (answer.index < 0) {
    writer.text(4, answer.windowId);
  } else {
    writer.bytes(3, answer.leaf);
    writer.whole(2, answer.index);
    writer.text(1, answer.logId);
  }
  writer.close(14, mark);
}

function writeObligations({ obligations }: CheckAnswer): void {
  for (let at = obligations.length - 1; at >= 0; at -= 1) {
    const obligation = obligations[at];
    if (obligation === undefined) continue;
    const mark = writer.mark;
    const parameters = writer.mark;
    writeStruct(writer, obligation.parameters);
    writer.close(2, parameters);
    writer.text(1, obligation.name);
    writer.close(10, mark);
  }
}

function writeRetryAfter(answer: CheckAnswer): void {
  const seconds = retryAfterSeconds(answer);
  if (seconds > 0) writeHeader(writer, 'retry-after', String(seconds));
}

function writeVerdicts(verdicts: readonly LimitVerdict[]): void {
  for (let at = verdicts.length - 1; at >= 0; at -= 1) {
    const verdict = verdicts[at];
    if (verdict === undefined) continue;
    const mark = writer.mark;
    writer.flag(7, verdict.refused);
    writeDuration(6, verdict.retryAfterUs);
    writeDuration(5, verdict.resetAfterUs);
    writer.whole(4, verdict.remaining);
    writer.whole(3, verdict.limit);
    writer.text(2, verdict.subject);
    writer.text(1, verdict.name);
    writer.close(8, mark);
  }
}

/** A google.protobuf.Duration of whole microseconds, not negative; present also when it is zero. */
function writeDuration(field: number, durationUs: number): void {
  const mark = writer.mark;
  const seconds = Math.floor(durationUs / US_PER_SECOND);
  writer.whole(2, (durationUs - seconds * US_PER_SECOND) * NS_PER_US);
  writer.whole(1, seconds);
  writer.close(field, mark);
}

function writeSubject(subject: AnswerSubject): void {
  const mark = writer.mark;
  for (let at = subject.scopes.length - 1; at >= 0; at -= 1) writer.presentText(3, subject.scopes[at] ?? '');
  writer.text(2, subject.keyId);
  writer.text(1, subject.companyId);
  writer.close(7, mark);
}
