// Runs a golden case through the pure core alone: parse, judge, authorize, charge, decide, and the leaf.
// Time, ids, salts and the log's place are fixed, so the leaf's bytes are part of the expectation.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chargeSet } from '../../../src/core/charge-set.ts';
import { commitAll } from '../../../src/core/commitment.ts';
import { authorize, type Decision, type DecisionFacts, decide } from '../../../src/core/decide.ts';
import {
  encodeCheckFragment,
  encodeDecisionLeaf,
  encodePolicyFragment,
} from '../../../src/core/decision-leaf.ts';
import { judgeAuthentication, type ResolvedKey } from '../../../src/core/judge-key.ts';
import type { LimitVerdict } from '../../../src/core/limit.ts';
import {
  baseCharges,
  namedCharges,
  sourceFailureCharge,
  strictestPlan,
} from '../../../src/core/limit-charges.ts';
import { sourceBucket } from '../../../src/core/network.ts';
import { parseCheck } from '../../../src/core/parse-request.ts';
import type { PolicyOutcome } from '../../../src/core/policy.ts';
import { parsePolicyOutcome } from '../../../src/core/policy-outcome.ts';
import type { CheckCall, CheckItem } from '../../../src/core/request.ts';
import { parsePlans } from '../../../src/policy/engine/plans.ts';
import type { GoldenCase, GoldenRequest, GoldenSetup } from './golden-case.ts';
import { NOW_US, presentedShape, rawRequest, resolvedKey } from './golden-facts.ts';

const SOURCE_FAILURES = { count: 20, period_ms: 60_000, burst: 20 };
const IPV6_PREFIX_BITS = 64;

/** The shipped plans, so that a sidecar with the shipped policies charges the same. */
const PLANS = parsePlans(`{"plans":${readFileSync('policies/plans/data.json', 'utf8')}}`);

type Counters = Map<string, number>;

/** The case's last call, whole: what `expect` holds. */
export function runGolden(golden: GoldenCase): unknown {
  const counters: Counters = new Map();
  for (let round = 0; round < (golden.failures_before ?? 0); round++) {
    const request: GoldenRequest = { ...golden.request, credential: 'unknown' };
    checkOnce({ ...golden, request, policy_answer: null }, counters);
  }
  for (let round = 0; round < (golden.calls_before ?? 0); round++) checkOnce(golden, counters);
  return checkOnce(golden, counters);
}

function checkOnce(golden: GoldenCase, counters: Counters): unknown {
  const call = parseCheck(rawRequest(golden.request));
  const [item] = call.items;
  if (item === undefined) throw new Error('a check has one item');
  const found = golden.request.credential === 'issued' ? resolvedKey(golden.setup) : null;
  const presented = presentedShape(call.credential.apiKey);
  const authentication = {
    presented,
    found,
    nowUs: NOW_US,
    environment: golden.setup.environment,
    ip: call.source.ip,
  };
  const failure = judgeAuthentication(authentication);
  const answer = answerOf(golden, found);
  const settled =
    failure !== null || found === null
      ? settleFailure(golden.setup, call, counters)
      : settleCharges({ found, item, answer, call, counters });
  const facts: DecisionFacts = {
    authentication,
    grantInvalid: golden.later?.grant_invalid ?? false,
    item,
    answer,
    settling: { ...settled, idempotency: golden.later?.idempotency ?? 'unused' },
  };
  const decision = decide(facts);
  return resultOf(decision, settled.verdicts, leafOf(decision, facts, call, item, settled.verdicts));
}

interface Settled {
  readonly sourceThrottled: boolean;
  readonly refusedBy: 'none' | 'base' | 'named';
  readonly verdicts: readonly LimitVerdict[];
}

function settleFailure(setup: GoldenSetup, call: CheckCall, counters: Counters): Settled {
  const { count, period_ms: periodMs, burst } = setup.source_failures ?? SOURCE_FAILURES;
  const bucket = sourceBucket(call.source.ip, IPV6_PREFIX_BITS);
  const charge = sourceFailureCharge({ count, periodMs, burst }, bucket);
  const set = chargeSet([charge], NOW_US, (each) => counters.get(each.counterId) ?? 0);
  counters.set(charge.counterId, set.tatsUs[0] ?? 0);
  return { sourceThrottled: set.refusedBy !== 'none', refusedBy: 'none', verdicts: [] };
}

function settleCharges(facts: {
  readonly found: ResolvedKey;
  readonly item: CheckItem;
  readonly answer: PolicyOutcome | null;
  readonly call: CheckCall;
  readonly counters: Counters;
}): Settled {
  const { found, item, answer, call, counters } = facts;
  const subjects = {
    keyId: found.key.keyId,
    companyId: found.key.companyId,
    operation: item.operation,
    sourceBucket: sourceBucket(call.source.ip, IPV6_PREFIX_BITS),
  };
  const plan = PLANS.get(found.company.plan) ?? strictestPlan(PLANS.values());
  const authorization = authorize(item, found.key.companyId, answer);
  const named = namedCharges(authorization.named, subjects);
  const charges = [...(plan === null ? [] : baseCharges(plan.base, subjects)), ...named];
  const set = chargeSet(charges, NOW_US, (each) => counters.get(each.counterId) ?? 0);
  charges.forEach((charge, place) => {
    counters.set(charge.counterId, set.tatsUs[place] ?? 0);
  });
  return { sourceThrottled: false, refusedBy: set.refusedBy, verdicts: set.verdicts };
}

/** A plan that the policy does not know makes its answer unusable. */
function answerOf(golden: GoldenCase, found: ResolvedKey | null): PolicyOutcome | null {
  const { policy_answer: answer } = golden;
  const isKnown = PLANS.has(found?.company.plan ?? '');
  if (answer === null || !isKnown) return null;
  const parsed = parsePolicyOutcome(typeof answer === 'string' ? answer : JSON.stringify(answer));
  return parsed.ok ? parsed.outcome : null;
}

/** Values that may be personal are committed to under this salt. */
const SALT = '00112233445566778899aabbccddeeff';

function leafOf(
  decision: Decision,
  facts: DecisionFacts,
  call: CheckCall,
  item: CheckItem,
  verdicts: readonly LimitVerdict[],
): string {
  const { authorization } = decision;
  const owner = item.resource?.companyId ?? '';
  const { commitments } = commitAll(
    [
      { field: 'resource_company_id', value: owner === decision.resolved?.companyId ? '' : owner },
      { field: 'resource_id', value: item.resource?.id ?? '' },
      { field: 'source_ip', value: call.source.ip ?? '' },
      { field: 'user_agent', value: call.source.userAgent },
    ],
    () => SALT,
    (salt, text) => createHash('sha256').update(Buffer.from(salt, 'hex')).update(text).digest('hex'),
  );
  const check = encodeCheckFragment({
    authentication: judgeAuthentication(facts.authentication),
    claims: item.claimedCompanyIds.length,
    commitments,
    companyId: decision.resolved?.companyId ?? null,
    correlationId: item.correlationId,
    environment: facts.authentication.environment,
    evaluatedAtUs: NOW_US,
    keyId: decision.resolved?.keyId ?? null,
    listener: 'decision_tcp',
    operation: item.operation,
    requestId: item.requestId,
    resourceType: item.resource?.type ?? '',
    revision: 'golden',
  });
  const isEvaluated = authorization !== null && !item.faults.resourceMalformed;
  return encodeDecisionLeaf({
    check,
    decisionId: 'dec_00000000-0000-4000-8000-000000000001',
    reason: decision.reason,
    index: 7,
    limits: verdicts,
    logId: 'log_golden',
    policy: isEvaluated ? encodePolicyFragment({ ...authorization, evaluationUs: 5 }) : '',
    settledAtUs: NOW_US,
  });
}

function resultOf(decision: Decision, verdicts: readonly LimitVerdict[], leaf: string): unknown {
  const { authorization, publicError } = decision;
  return {
    effect: decision.effect,
    reason: decision.reason,
    code: decision.code,
    public_error:
      publicError === null
        ? null
        : { http_status: publicError.httpStatus, code: publicError.code, message: publicError.message },
    subject: decision.subject,
    obligations: decision.effect === 'allow' ? (authorization?.obligations ?? []) : [],
    flags: authorization?.flags ?? [],
    limits: verdicts,
    leaf,
  };
}
