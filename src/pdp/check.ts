// The check, whole: authenticate, draft, settle, answer. What was drafted from rows that moved in the
// meantime is drafted again; nothing is answered that was not recorded.
import { PosternError } from '../core/error.ts';
import type { CheckCall } from '../core/request.ts';
import { type PresentedSecret, presentSecret } from './authenticate.ts';
import type { CallOrigin, CheckAnswer, Checker } from './check-port.ts';
import { type DraftedCall, type DraftParts, draftCall } from './draft-call.ts';
import type { DraftTask, DraftTurn } from './draft-turn.ts';
import type { SettledItem, SettleResult, Settler } from './settle-port.ts';

/** How often a call is drafted before it is given up: rows that move faster are an admin's mistake. */
const DRAFTS_MAX = 4;

export interface CheckerParts extends DraftParts {
  readonly settler: Settler;
  /** Where every policy is evaluated. */
  readonly turn: DraftTurn;
  /** Told of every answered decision, for the metrics. */
  readonly onAnswer: (answer: CheckAnswer) => void;
}

/** The use case behind AuthorizationService. */
export function createChecker(parts: CheckerParts): Checker {
  return {
    check: (call, origin) => checkCall(parts, call, origin),
    reportOutcomes: (reports) => parts.settler.reportOutcomes(reports),
  };
}

function checkCall(
  parts: CheckerParts,
  call: CheckCall,
  origin: CallOrigin,
): Promise<readonly CheckAnswer[]> {
  if (parts.turn.isFull) {
    return Promise.reject(new PosternError('overloaded', FULL, { retryAfterMs: RETRY_AFTER_MS }));
  }
  return new Promise((resolve, reject) => {
    let secret: PresentedSecret | null = null;
    let drafts = 0;
    const settled = (drafted: DraftedCall, result: SettleResult) => {
      try {
        if (result.state !== 'moved') resolve(answerCall(parts, call, drafted, result));
        else if (drafts < DRAFTS_MAX) parts.turn.add(task);
        else throw new PosternError('contended', CONTENDED);
      } catch (error) {
        reject(error);
      }
    };
    const draft = () => {
      drafts += 1;
      try {
        // What waited for too long is not worth an evaluation: the ledger would drop it.
        if (isLate(parts, origin)) throw new PosternError('deadline_exceeded', EXPIRED);
        // Nor is what nobody waits for. Once it is drafted it is settled all the same.
        if (origin.caller.cancelled) throw new PosternError('deadline_exceeded', LEFT);
        secret ??= presentSecret(parts, call.credential.apiKey);
        const { settle, drafted } = draftCall(parts, { call, origin, secret });
        parts.settler.submit(settle, (result) => settled(drafted, result));
      } catch (error) {
        reject(error);
      }
    };
    const isOver = () => origin.caller.cancelled || isLate(parts, origin);
    const task: DraftTask = { run: draft, items: call.items.length, isOver };
    parts.turn.add(task);
  });
}

function isLate({ monoUs }: CheckerParts, { deadlineMonoUs }: CallOrigin): boolean {
  return deadlineMonoUs !== 0 && monoUs() > deadlineMonoUs;
}

const FULL = 'Too many checks are waiting.';
/** What a full queue takes to drain. */
const RETRY_AFTER_MS = 1_000;
const EXPIRED = 'The deadline passed before the check was recorded.';
const LEFT = 'The caller left before the check was decided.';
const CONTENDED = 'The key, its company or the policy changed while the check was decided.';

function answerCall(
  parts: CheckerParts,
  call: CheckCall,
  drafted: DraftedCall,
  result: Exclude<SettleResult, { state: 'moved' }>,
): readonly CheckAnswer[] {
  if (result.state === 'expired') {
    throw new PosternError('deadline_exceeded', EXPIRED);
  }
  if (result.state === 'failed') throw new PosternError(result.code, FAILURES[result.code]);
  const answers: CheckAnswer[] = [];
  for (const [place, settled] of result.items.entries()) {
    const answer = answerItem(call.items[place]?.requestId ?? '', drafted, place, settled, result.logId);
    parts.onAnswer(answer);
    answers.push(answer);
  }
  return answers;
}

const FAILURES = {
  storage_unavailable: 'The check could not be recorded.',
  storage_damaged: 'The ledger is damaged and has stopped.',
  shutting_down: 'The sidecar is shutting down.',
  overloaded: 'Too many checks are waiting.',
  internal: 'An internal error occurred.',
} as const;

function answerItem(
  requestId: string,
  drafted: DraftedCall,
  place: number,
  settled: SettledItem,
  logId: string,
): CheckAnswer {
  const allowed = settled.reason === 'allowed';
  const item = drafted.items[place];
  // The policy's code belongs to the policy's reason: a limit that refused afterwards has none.
  const kept = item !== undefined && item.decision.reason === settled.reason;
  return {
    requestId,
    decisionId: item?.decisionId ?? '',
    reason: settled.reason,
    code: kept ? item.decision.code : '',
    subject: allowed ? drafted.subject : null,
    verdicts: settled.verdicts,
    obligations: allowed && item !== undefined ? item.decision.obligations : [],
    policyRevision: drafted.revision,
    logId,
    index: settled.index,
    leaf: settled.leaf,
    windowId: settled.windowId,
  };
}
