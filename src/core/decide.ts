// The decision: of all reasons that apply, the first in the order of precedence. Pure and in three steps,
// because the steps run at different places: authentication and authorization on an evaluator, the limits
// in the ledger. No step can turn a refusal of an earlier one into an allow.
import { judgeCompanyScope, type ScopedItem } from './company-scope.ts';
import type { DecisionFlag } from './decision-leaf.ts';
import { type AuthenticationFacts, judgeAuthentication } from './judge-key.ts';
import type { ChargeTerms } from './limit.ts';
import type { PolicyObligation, PolicyOutcome } from './policy.ts';
import { firstReason, isAuthenticationFailure, type PublicError, type Reason, reasonRow } from './reason.ts';

/** The policy's parsed answer; null when it gave none that is usable, or was not asked. */
export type PolicyAnswer = PolicyOutcome | null;

/** What an authenticated item may do, before limits. */
export interface Authorization {
  readonly reason: Reason;
  /** The policy's own code; empty unless the reason is the policy's. */
  readonly code: string;
  /** Cost of the named limits; null without a usable answer. */
  readonly cost: number | null;
  /** To be charged when the item is allowed; empty otherwise. */
  readonly named: readonly ChargeTerms[];
  /** Empty unless allowed. */
  readonly obligations: readonly PolicyObligation[];
  readonly labels: Readonly<Record<string, string>>;
  readonly flags: readonly DecisionFlag[];
}

const NO_FLAGS: readonly DecisionFlag[] = [];
const OVERRULED: readonly DecisionFlag[] = ['policy_overruled'];

/**
 * Combines the invariants with the policy's answer. The policy may only narrow: its allow against an
 * invariant that it could see is overruled and flagged. Without a usable answer the item is refused.
 * `companyId` is the key's: the effective company.
 */
export function authorize(item: ScopedItem, companyId: string, answer: PolicyAnswer): Authorization {
  const violation = judgeCompanyScope(item, companyId);
  const said: Reason = answer === null ? 'policy_failed' : answer.reason;
  const reason = violation === null ? said : firstReason(violation.reason, said);
  const allowed = reason === 'allowed' && answer !== null && answer.allow;
  const overruled = answer?.allow === true && violation?.visible === true;
  return {
    // An answer that contradicts itself is no answer; the parser refuses it before, this is the net.
    reason: reason === 'allowed' && !allowed ? 'policy_failed' : reason,
    code: answer !== null && reason === said ? answer.code : '',
    cost: answer === null ? null : answer.cost,
    named: allowed ? answer.limits : [],
    obligations: allowed ? answer.obligations : [],
    labels: answer === null ? {} : answer.labels,
    flags: overruled ? OVERRULED : NO_FLAGS,
  };
}

/** State of the idempotency key (a later part: `unused` until then). Only `first` permits execution. */
export type IdempotencyState = 'unused' | 'first' | 'in_progress' | 'conflict';

/** What the ledger found when it settled. */
export interface SettlingFacts {
  /** Whether the source is over its limit of failures; looked at only when authentication failed. */
  readonly sourceThrottled: boolean;
  /** Which limits refused; looked at only when authentication went well. */
  readonly refusedBy: 'none' | 'base' | 'named';
  readonly idempotency: IdempotencyState;
}

/** The final reason, from the one before limits. */
export function settleReason(before: Reason, facts: SettlingFacts): Reason {
  if (isAuthenticationFailure(before)) return facts.sourceThrottled ? 'source_throttled' : before;
  let reason = before;
  if (facts.refusedBy === 'base') reason = firstReason(reason, 'base_limit_exceeded');
  if (facts.refusedBy === 'named') reason = firstReason(reason, 'policy_limit_exceeded');
  if (facts.idempotency === 'in_progress') reason = firstReason(reason, 'idempotency_in_progress');
  if (facts.idempotency === 'conflict') reason = firstReason(reason, 'replay_conflict');
  return reason;
}

/** All facts of one check. */
export interface DecisionFacts {
  readonly authentication: AuthenticationFacts;
  /** Whether a presented grant failed (a later part: false until then). */
  readonly grantInvalid: boolean;
  readonly item: ScopedItem;
  readonly answer: PolicyAnswer;
  readonly settling: SettlingFacts;
}

/** The whole decision. */
export interface Decision {
  readonly effect: 'allow' | 'deny';
  readonly reason: Reason;
  readonly code: string;
  readonly publicError: PublicError | null;
  /** For the record: the key and company that were resolved, also of a key that failed. */
  readonly resolved: { readonly keyId: string; readonly companyId: string } | null;
  /** For the host: in whose name the call runs. Null unless allowed. */
  readonly subject: {
    readonly companyId: string;
    readonly keyId: string;
    readonly scopes: readonly string[];
  } | null;
  /** Null when authentication failed: nothing was authorized. */
  readonly authorization: Authorization | null;
}

/** Decides from all facts at once: the three steps in their order. */
export function decide(facts: DecisionFacts): Decision {
  const { found } = facts.authentication;
  const failure = grantFailure(judgeAuthentication(facts.authentication), facts.grantInvalid);
  if (failure !== null || found === null) {
    return conclude(settleReason(failure ?? 'key_unknown', facts.settling), facts, null);
  }
  const authorization = authorize(facts.item, found.key.companyId, facts.answer);
  return conclude(settleReason(authorization.reason, facts.settling), facts, authorization);
}

function grantFailure(failure: Reason | null, grantInvalid: boolean): Reason | null {
  if (!grantInvalid) return failure;
  return failure === null ? 'grant_invalid' : firstReason(failure, 'grant_invalid');
}

function conclude(reason: Reason, facts: DecisionFacts, authorization: Authorization | null): Decision {
  const { presented, found } = facts.authentication;
  const key = presented === 'key' && found !== null ? found.key : null;
  const isAllowed = reason === 'allowed';
  return {
    effect: isAllowed ? 'allow' : 'deny',
    reason,
    code: authorization !== null && reason === authorization.reason ? authorization.code : '',
    publicError: reasonRow(reason).public,
    resolved: key === null ? null : { keyId: key.keyId, companyId: key.companyId },
    subject:
      isAllowed && key !== null ? { companyId: key.companyId, keyId: key.keyId, scopes: key.scopes } : null,
    authorization,
  };
}
