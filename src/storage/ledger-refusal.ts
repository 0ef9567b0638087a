// Refusals and failures of the ledger as errors. Messages are for hosts and admins and name nothing
// internal.
import { assert } from '../core/assert.ts';
import { PosternError } from '../core/error.ts';
import type { AdminRefusal } from '../pdp/settle-answer.ts';
import type { FailureCode } from '../pdp/settle-group.ts';
import type { OutcomeState } from '../pdp/settle-port.ts';
import type { LedgerReply } from './ledger-messages.ts';

/** A second is what a full queue takes to drain, and the index to catch up. */
const RETRY_AFTER_MS = 1_000;

/** A commit that was reported as failed may have taken effect: only `overloaded` knows that nothing did. */
const MESSAGES: Readonly<Record<FailureCode, string>> = {
  storage_unavailable: 'The ledger cannot write. Whether the change was made shows once it can.',
  storage_damaged: 'The ledger is damaged and has stopped.',
  shutting_down: 'The sidecar is shutting down.',
  overloaded: 'Too much waits for the ledger. Nothing was changed.',
  internal: 'An internal error occurred.',
};

export function failureError(code: FailureCode): PosternError {
  return new PosternError(
    code,
    MESSAGES[code],
    code === 'overloaded' ? { retryAfterMs: RETRY_AFTER_MS } : {},
  );
}

export function refusalError(refusal: AdminRefusal): PosternError {
  const { code, message, facts, faults } = refusal;
  return new PosternError(code, message, { facts, faults });
}

/** @throws PosternError overloaded while it cannot be told whether a decision was recorded. */
export function outcomesOf(reply: Exclude<LedgerReply, ArrayBuffer>): readonly OutcomeState[] {
  assert(reply.kind === 'outcomes', 'reply of another kind');
  if (reply.result !== 'unindexed') return reply.result;
  throw new PosternError(
    'overloaded',
    'The search index has not come to one of these decisions yet. Nothing was recorded; report them again.',
    { retryAfterMs: RETRY_AFTER_MS },
  );
}
