// One message that waits in the ledger's thread: what it asks to be settled, and how it is answered.
import type { MessagePort } from 'node:worker_threads';
import type { FailureCode, LedgerAnswer, LedgerRequest } from '../pdp/settle-group.ts';
import type { SettleCall, SettleResult } from '../pdp/settle-port.ts';
import type { LedgerReport } from './ledger.ts';
import { decodeCalls, failedResult, type LedgerMessage, type LedgerReply } from './ledger-messages.ts';
import { encodeResults } from './settle-result-codec.ts';

export interface LedgerEntry {
  readonly port: MessagePort;
  /** Empty when the message is answered without settling anything. */
  readonly requests: readonly LedgerRequest[];
  /** What counts towards the size of a group. */
  readonly items: number;
  /** The loop ends after this entry. */
  readonly stops: boolean;
  /** The answer, given those to `requests` in order. */
  reply(answers: readonly LedgerAnswer[]): LedgerReply;
}

const DONE: LedgerReply = { kind: 'done' };

/** The entry of a message. A message that cannot be read is answered as failed. */
export function entryOf(
  port: MessagePort,
  message: Exclude<LedgerMessage, { readonly kind: 'connect' }>,
  report: () => LedgerReport,
): LedgerEntry {
  if (typeof message === 'string') return entryOfCalls(port, message);
  switch (message.kind) {
    case 'outcomes':
      return { port, requests: [message], items: message.reports.length, stops: false, reply: firstAnswer };
    case 'admin':
      return { port, requests: [message], items: 1, stops: false, reply: firstAnswer };
    case 'report':
      return { ...answered(port, DONE), reply: () => ({ kind: 'report', report: report() }) };
    case 'stop':
      return { ...answered(port, DONE), stops: true };
  }
}

/** The entry of a message that is not settled because too much waits. */
export function overloadedEntry(port: MessagePort): LedgerEntry {
  return answered(port, { kind: 'failed', code: 'overloaded' });
}

function entryOfCalls(port: MessagePort, text: string): LedgerEntry {
  let calls: readonly SettleCall[];
  try {
    calls = decodeCalls(text);
  } catch {
    return answered(port, { kind: 'failed', code: 'internal' });
  }
  return {
    port,
    requests: calls.map((call) => ({ kind: 'settle', call })),
    items: calls.reduce((sum, call) => sum + call.items.length, 0),
    stops: false,
    reply: (answers) => encodeResults(answers.map(resultOf)),
  };
}

function answered(port: MessagePort, reply: LedgerReply): LedgerEntry {
  return { port, requests: [], items: 0, stops: false, reply: () => reply };
}

function resultOf(answer: LedgerAnswer): SettleResult {
  if (answer.kind === 'settle') return answer.result;
  const code: FailureCode = answer.kind === 'failed' ? answer.code : 'internal';
  return failedResult(code);
}

function firstAnswer(answers: readonly LedgerAnswer[]): LedgerReply {
  const answer = answers[0];
  return answer === undefined || answer.kind === 'settle' ? { kind: 'failed', code: 'internal' } : answer;
}
