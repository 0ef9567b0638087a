// Messages of a StreamCheck. A faulty one is a value, not an exception: it is answered with its id, and
// the stream goes on.

import { PosternError } from '../core/error.ts';
import { parseCheck } from '../core/parse-request.ts';
import type { RawCheck } from '../core/raw-request.ts';
import { type CheckCall, REQUEST_ID_CHARS_MAX } from '../core/request.ts';
import { isPrintableAscii } from '../core/text-rules.ts';
import type { OutcomeReport } from '../pdp/settle-port.ts';
import { parseStreamOutcome } from './codec-outcome.ts';
import { messageType } from './descriptor.ts';
import type { Outcome__Output } from './gen/postern/v1/Outcome.ts';
import { strictDecoder } from './strict-decoder.ts';

export type StreamMessage =
  | { readonly kind: 'check'; readonly id: string; readonly call: CheckCall }
  | { readonly kind: 'outcome'; readonly report: OutcomeReport }
  | { readonly kind: 'faulty'; readonly id: string; readonly error: unknown };

/** StreamCheckRequest: at most one member is set. */
interface RawStreamMessage {
  readonly check: RawCheck | undefined;
  readonly outcome: Outcome__Output | undefined;
}

const decodeRaw = strictDecoder<RawStreamMessage>(messageType('postern.v1.StreamCheckRequest'));

/** One message. Never throws. */
export function decodeStreamMessage(encoded: Buffer): StreamMessage {
  let id = '';
  try {
    const { check, outcome } = decodeRaw(encoded);
    id = echoable(check?.requestId ?? outcome?.decisionId ?? '');
    if (check !== undefined) return { kind: 'check', id, call: parseCheck(check) };
    if (outcome === undefined) return { kind: 'faulty', id, error: missing() };
    const report = parseStreamOutcome(outcome);
    if (report instanceof PosternError) return { kind: 'faulty', id, error: report };
    return { kind: 'outcome', report };
  } catch (error) {
    return { kind: 'faulty', id, error };
  }
}

function missing(): PosternError {
  return new PosternError('request_malformed', 'The message holds neither a check nor an outcome.');
}

/** An id that is not one is not sent back: its result carries none. */
function echoable(id: string): string {
  return id.length <= REQUEST_ID_CHARS_MAX && isPrintableAscii(id) ? id : '';
}
