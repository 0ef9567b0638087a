// Plans a group: everything that waits, in the order it came, at one time, over the state as committed.
// Pure: the plan is an overlay that the ledger writes in one transaction, or drops.
import { assertNever } from '../core/assert.ts';
import type { Actor, AdminCommand } from './admin-port.ts';
import { planAdmin } from './settle-admin.ts';
import type { AdminAnswer } from './settle-answer.ts';
import { planCall } from './settle-call.ts';
import { type OutcomesAnswer, planOutcomes } from './settle-outcomes.ts';
import type { GroupPlan } from './settle-plan.ts';
import type { OutcomeReport, SettleCall, SettleResult } from './settle-port.ts';

/** What waits for the ledger. */
export type LedgerRequest =
  | { readonly kind: 'settle'; readonly call: SettleCall }
  | { readonly kind: 'outcomes'; readonly reports: readonly OutcomeReport[] }
  | { readonly kind: 'admin'; readonly command: AdminCommand; readonly actor: Actor };

/** What becomes of it once the group is committed. */
export type LedgerAnswer =
  | { readonly kind: 'settle'; readonly result: SettleResult }
  | { readonly kind: 'outcomes'; readonly result: OutcomesAnswer }
  | { readonly kind: 'admin'; readonly result: AdminAnswer }
  | { readonly kind: 'failed'; readonly code: FailureCode };

/**
 * Why there is no answer. Nothing of the request is recorded or charged, except that a commit may have
 * taken effect although it was reported as failed: then all of it is, record and charge together.
 */
export type FailureCode = Extract<SettleResult, { readonly state: 'failed' }>['code'];

/** Plans the requests into the overlay; one answer each, in order, to be given after the commit. */
export function planGroup(plan: GroupPlan, requests: readonly LedgerRequest[]): readonly LedgerAnswer[] {
  return requests.map((request) => planRequest(plan, request));
}

function planRequest(plan: GroupPlan, request: LedgerRequest): LedgerAnswer {
  switch (request.kind) {
    case 'settle':
      return { kind: 'settle', result: planCall(plan, request.call) };
    case 'outcomes':
      return { kind: 'outcomes', result: planOutcomes(plan, request.reports) };
    case 'admin':
      return { kind: 'admin', result: planAdmin(plan, request.command, request.actor) };
    default:
      return assertNever(request, 'not a request of the ledger');
  }
}
