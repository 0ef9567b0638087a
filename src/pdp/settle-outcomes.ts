// Settles outcomes that a host reports: the first of a decision stays, and a decision that was never
// recorded has none.
import { encodeOutcome } from '../core/leaf.ts';
import type { GroupPlan } from './settle-plan.ts';
import type { OutcomeReport, OutcomeState } from './settle-port.ts';

/** `unindexed`: a decision is older than what can be looked up yet; nothing of the call is recorded. */
export type OutcomesAnswer = readonly OutcomeState[] | 'unindexed';

/** Plans the outcomes of one call: all of them, or none. */
export function planOutcomes(plan: GroupPlan, reports: readonly OutcomeReport[]): OutcomesAnswer {
  const recordedInGroup = new Map(plan.decisions);
  const places = reports.map(
    ({ decisionId }) => recordedInGroup.get(decisionId) ?? plan.view.decisionPlace(decisionId),
  );
  if (places.includes('unindexed')) return 'unindexed';
  return reports.map((report, at) => {
    const place = places[at];
    return typeof place === 'number' ? planOutcome(plan, report, place) : 'decision_unknown';
  });
}

function planOutcome(plan: GroupPlan, report: OutcomeReport, decisionIndex: number): OutcomeState {
  const { decisionId } = report;
  if (plan.outcomes.has(decisionId) || plan.view.hasOutcome(decisionId)) return 'already_recorded';
  const leaf = encodeOutcome(
    { logId: plan.view.logId, index: plan.nextIndex },
    {
      decisionId,
      decisionIndex,
      status: report.status,
      httpStatus: report.httpStatus,
      errorCategory: report.errorCategory,
      reportedAtUs: plan.time.nowUs,
    },
  );
  plan.outcomes.set(decisionId, plan.append(leaf, '').index);
  return 'recorded';
}
