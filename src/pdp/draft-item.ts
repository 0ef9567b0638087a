// Drafts one item of a call: asks the policy, decides what can be decided before limits, and writes the
// fragments of its leaf. It must never enter a credential or a personal value into them.
import { commitAll } from '../core/commitment.ts';
import { needsEvaluation } from '../core/company-scope.ts';
import { type Authorization, authorize } from '../core/decide.ts';
import { encodeCheckFragment, encodePolicyFragment } from '../core/decision-leaf.ts';
import { knownPolicyOutcome } from '../core/known-outcomes.ts';
import { namedCharges } from '../core/limit-charges.ts';
import { encodeCompanyPart, encodeKeyPart, encodePolicyInput } from '../core/policy-input.ts';
import type { CheckItem } from '../core/request.ts';
import { withoutKeys } from '../core/without-keys.ts';
import type { DraftContext } from './draft-call.ts';
import type { FoundKey } from './evaluation-port.ts';
import type { SettleItem } from './settle-port.ts';

/** What an item was drafted as. */
export interface DraftedItem {
  readonly decisionId: string;
  readonly decision: Pick<Authorization, 'reason' | 'code' | 'obligations'>;
}

/** Drafts an item: for the answer, and for the ledger. */
export function draftItem(
  context: DraftContext,
  item: CheckItem,
): { drafted: DraftedItem; settle: SettleItem } {
  const { parts, failure, found } = context;
  const decisionId = parts.ids.decisionId();
  const { check, kept } = draftFacts(context, item);
  if (failure !== null || found === null) {
    const reason = failure ?? 'key_unknown';
    return {
      drafted: { decisionId, decision: { reason, code: '', obligations: [] } },
      settle: { decisionId, reason, check, policy: '', private: kept, named: [] },
    };
  }
  const settle: SettleItem = {
    decisionId,
    reason: 'policy_failed',
    check,
    policy: '',
    private: kept,
    named: [],
  };
  if (!needsEvaluation(item)) {
    const decision = authorize(item, found.company.companyId, null);
    return {
      drafted: { decisionId, decision: keptOf(decision) },
      settle: { ...settle, reason: decision.reason },
    };
  }
  const { decision, evaluationUs } = evaluateItem(context, found, item, settle);
  const named = namedCharges(decision.named, {
    keyId: found.key.keyId,
    companyId: found.company.companyId,
    // Counters are kept as well.
    operation: withoutKeys(item.operation),
    sourceBucket: context.head.sourceBucket,
  });
  const policy = encodePolicyFragment({ ...decision, evaluationUs });
  return {
    drafted: { decisionId, decision: keptOf(decision) },
    settle: { ...settle, reason: decision.reason, policy, named },
  };
}

/** What the answer needs of a decision. It waits for the ledger, the rest need not. */
function keptOf({ reason, code, obligations }: Authorization): DraftedItem['decision'] {
  return { reason, code, obligations };
}

/** The leaf's member `check`, and the values behind its commitments. */
function draftFacts(context: DraftContext, item: CheckItem): { check: string; kept: string } {
  const { parts, request, found, failure, policy, nowUs } = context;
  const { source } = request.call;
  const owner = item.resource?.companyId ?? '';
  const { commitments, private: kept } = commitAll(
    [
      { field: 'resource_company_id', value: owner === found?.company.companyId ? '' : withoutKeys(owner) },
      { field: 'resource_id', value: withoutKeys(item.resource?.id ?? '') },
      { field: 'source_ip', value: source.ip ?? '' },
      { field: 'user_agent', value: withoutKeys(source.userAgent) },
    ],
    () => parts.ids.salt(),
    parts.saltedHash,
  );
  const check = encodeCheckFragment({
    authentication: failure,
    claims: item.claimedCompanyIds.length,
    commitments,
    companyId: found?.company.companyId ?? null,
    correlationId: withoutKeys(item.correlationId),
    environment: parts.environment,
    evaluatedAtUs: nowUs,
    keyId: found?.key.keyId ?? null,
    listener: request.origin.listener,
    operation: withoutKeys(item.operation),
    requestId: withoutKeys(item.requestId),
    resourceType: withoutKeys(item.resource?.type ?? ''),
    revision: policy.revision,
  });
  return { check, kept };
}

function evaluateItem(
  context: DraftContext,
  found: FoundKey,
  item: CheckItem,
  settle: SettleItem,
): { decision: Authorization; evaluationUs: number } {
  const { parts, policy, request, nowUs } = context;
  if (!policy.plans.has(found.company.plan)) {
    parts.onPolicyFailure(policy.revision, 'the plan of the company is not in the policy');
    return { decision: authorize(item, found.company.companyId, null), evaluationUs: 0 };
  }
  const { remembered } = policy;
  const known = remembered?.recall(found, item, request.call.source);
  if (known !== undefined) {
    parts.answers.remembered += 1;
    return { decision: authorize(item, found.company.companyId, known), evaluationUs: 0 };
  }
  const { memo } = found;
  memo.keyPart ??= encodeKeyPart(found.key);
  memo.companyPart ??= encodeCompanyPart(found.company);
  const input = encodePolicyInput({
    item,
    source: request.call.source,
    nowUs,
    environment: parts.environment,
    keyPart: memo.keyPart,
    companyPart: memo.companyPart,
  });
  parts.answers.evaluated += 1;
  const startedMonoUs = parts.monoUs();
  parts.slot.enter({ ...context.head, items: [settle] }, startedMonoUs);
  const evaluation = policy.evaluate(input);
  parts.slot.leave();
  const evaluationUs = Math.trunc(parts.monoUs() - startedMonoUs);
  const parsed = evaluation.ok ? knownPolicyOutcome(evaluation.output) : evaluation;
  if (!parsed.ok) parts.onPolicyFailure(policy.revision, parsed.problem);
  if (parsed.ok && evaluation.ok) remembered?.keep(evaluation.output, parsed.outcome);
  const answer = parsed.ok ? parsed.outcome : null;
  return { decision: authorize(item, found.company.companyId, answer), evaluationUs };
}
