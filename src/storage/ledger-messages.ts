// Messages between the ledger's thread and its clients. Calls travel as one text (settle-codec.ts), their results
// as one piece of memory (settle-result-codec.ts), the rare rest as objects. Every message is answered by exactly
// one, in order.
import type { MessagePort } from 'node:worker_threads';
import type { Actor, AdminCommand } from '../pdp/admin-port.ts';
import type { FailureCode, LedgerAnswer } from '../pdp/settle-group.ts';
import type { OutcomeReport, SettleCall, SettleResult } from '../pdp/settle-port.ts';
import type { LedgerReport } from './ledger.ts';
import { decodeCall, FIELD_SEPARATOR, FieldReader } from './settle-codec.ts';

/** A text is a batch of calls. */
export type LedgerMessage =
  | string
  | { readonly kind: 'outcomes'; readonly reports: readonly OutcomeReport[] }
  | { readonly kind: 'admin'; readonly command: AdminCommand; readonly actor: Actor }
  | { readonly kind: 'report' }
  /** One more client, e.g. a new evaluator's. */
  | { readonly kind: 'connect'; readonly port: MessagePort }
  /** Settle what waits, close, answer, end. */
  | { readonly kind: 'stop' };

/** Memory holds the results of a batch of calls; it is handed over, not copied. */
export type LedgerReply =
  | ArrayBuffer
  | Exclude<LedgerAnswer, { readonly kind: 'settle' }>
  | { readonly kind: 'report'; readonly report: LedgerReport }
  | { readonly kind: 'done' };

/** One message of encoded calls. */
export function joinCalls(texts: readonly string[]): string {
  return texts.join(FIELD_SEPARATOR);
}

export function decodeCalls(text: string): readonly SettleCall[] {
  const reader = new FieldReader(text);
  const calls: SettleCall[] = [];
  while (!reader.atEnd) calls.push(decodeCall(reader));
  return calls;
}

/** A failed call as the settle port says it. */
export function failedResult(code: FailureCode): SettleResult {
  return { state: 'failed', code };
}
