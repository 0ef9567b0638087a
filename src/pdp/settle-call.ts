// Settles one call of an evaluator: whether what it was decided from still stands, then its limits, then
// its records. Never decides anew: what moved goes back to the evaluator.
import { type ChargeSetResult, chargeSet } from '../core/charge-set.ts';
import { encodeDecisionLeaf } from '../core/decision-leaf.ts';
import { chargeLimit } from '../core/gcra.ts';
import type { ChargeTerms, LimitCharge, LimitVerdict } from '../core/limit.ts';
import { baseCharges, sourceFailureCharge } from '../core/limit-charges.ts';
import { isAuthenticationFailure, type Reason, reasonNumber } from '../core/reason.ts';
import type { GroupPlan } from './settle-plan.ts';
import type { SettleCall, SettledItem, SettleItem, SettleResult, SettleSubject } from './settle-port.ts';
import { countInWindow } from './settle-window.ts';

const MOVED: SettleResult = { state: 'moved' };
const EXPIRED: SettleResult = { state: 'expired' };
const US_PER_SECOND = 1_000_000;
const NOT_RECORDED = { index: -1, leaf: new Uint8Array(0) } as const;

/** Plans one call. Nothing is charged or recorded unless the result is `settled`. */
export function planCall(plan: GroupPlan, call: SettleCall): SettleResult {
  if (call.deadlineMonoUs !== 0 && call.deadlineMonoUs <= plan.time.monoUs) return EXPIRED;
  if (hasMoved(plan, call)) return MOVED;
  const failures = new SourceFailures(plan, call.sourceBucket);
  const charged = call.subject === null ? null : chargedOf(call.subject, call.base);
  const items = call.items.map((item) =>
    isAuthenticationFailure(item.reason) || charged === null
      ? settleFailure(plan, call, item, failures)
      : settleAuthenticated(plan, charged, item),
  );
  return { state: 'settled', logId: plan.view.logId, settledAtUs: plan.time.nowUs, items };
}

/** Whether the policy, a row or the key's time is no longer what the call was decided from. */
function hasMoved(plan: GroupPlan, call: SettleCall): boolean {
  if (call.generation !== plan.generation) return true;
  const subject = call.subject;
  if (subject === null) return false;
  const rowsStand = call.epoch === plan.view.epoch && !plan.rowsChanged;
  if (!rowsStand) {
    if (plan.keyVersion(subject) !== subject.keyVersion) return true;
    if (plan.companyVersion(subject.companyId) !== subject.companyVersion) return true;
  }
  const failure = timeFailure(subject, plan.time.nowUs);
  return failure !== null && call.items.some((item) => reasonNumber(item.reason) > reasonNumber(failure));
}

/** What the key's time says now. A reason that precedes it (a revoked key that also expired) stands. */
function timeFailure(subject: SettleSubject, nowUs: number): Reason | null {
  if (subject.notBeforeUs !== null && subject.notBeforeUs > nowUs) return 'key_not_yet_valid';
  if (subject.expiresAtUs !== null && subject.expiresAtUs <= nowUs) return 'key_expired';
  return null;
}

/** Charges the source of failed authentications, once a call however many items failed. */
class SourceFailures {
  readonly #plan: GroupPlan;
  readonly #bucket: string;
  #throttled: boolean | null = null;

  constructor(plan: GroupPlan, bucket: string) {
    this.#plan = plan;
    this.#bucket = bucket;
  }

  isThrottled(): boolean {
    this.#throttled ??= this.#charge();
    return this.#throttled;
  }

  #charge(): boolean {
    const charge = sourceFailureCharge(this.#plan.tools.rules.sourceFailures, this.#bucket);
    const before = this.#plan.tatUs(charge.counterId);
    const result = chargeLimit(charge.terms, before, this.#plan.time.nowUs);
    if (result.state === 'impossible') return true;
    if (result.tatUs !== before) this.#plan.counters.set(charge.counterId, result.tatUs);
    return result.state === 'denied';
  }
}

function settleFailure(
  plan: GroupPlan,
  call: SettleCall,
  item: SettleItem,
  failures: SourceFailures,
): SettledItem {
  if (!failures.isThrottled()) return recorded(plan, item, item.reason, []);
  const windowId = countInWindow(
    plan,
    { kind: 'source_failures', keyId: null, companyId: null, sourceBucket: call.sourceBucket },
    // The window says that the source was throttled; the count keeps what failed.
    { keyId: call.subject?.keyId ?? null, reason: item.reason },
  );
  return { reason: 'source_throttled', verdicts: [], ...NOT_RECORDED, windowId };
}

/** Who is charged for the items of a call, and what for each of them. */
interface Charged {
  readonly subject: SettleSubject;
  readonly base: readonly LimitCharge[];
  /** One of `base`. Its counter stands in the row that also keeps the key's last use. */
  readonly keyCharge: LimitCharge | undefined;
}

function chargedOf(subject: SettleSubject, terms: readonly ChargeTerms[]): Charged {
  const base = baseCharges(terms, subject);
  return { subject, base, keyCharge: base.find((charge) => charge.terms.subject === 'key') };
}

function settleAuthenticated(plan: GroupPlan, charged: Charged, item: SettleItem): SettledItem {
  const { subject, base, keyCharge } = charged;
  const charges = item.reason === 'allowed' && item.named.length > 0 ? [...base, ...item.named] : base;
  const use = plan.keyUse(subject.keySeq);
  const set = chargeSet(charges, plan.time.nowUs, (charge) =>
    charge === keyCharge ? use.tatUs : plan.tatUs(charge.counterId),
  );
  const keyTatUs = keepTats(plan, { charges, set, keyCharge }) ?? use.tatUs;
  plan.keyUses.set(subject.keySeq, { tatUs: keyTatUs, lastUsedUs: plan.time.nowUs });
  if (set.refusedBy === 'none') return recorded(plan, item, item.reason, set.verdicts);
  const reason = set.refusedBy === 'base' ? 'base_limit_exceeded' : 'policy_limit_exceeded';
  if (recordsAnother(plan, subject.keySeq)) return recorded(plan, item, reason, set.verdicts);
  const windowId = countInWindow(
    plan,
    { kind: 'over_limit', keyId: subject.keyId, companyId: subject.companyId, sourceBucket: '' },
    { keyId: subject.keyId, reason },
  );
  return { reason, verdicts: set.verdicts, ...NOT_RECORDED, windowId };
}

/** Puts the new states of counters into the overlay; returns the one of the key's base limit. */
function keepTats(
  plan: GroupPlan,
  charged: {
    readonly charges: readonly LimitCharge[];
    readonly set: ChargeSetResult;
    readonly keyCharge: LimitCharge | undefined;
  },
): number | undefined {
  const { charges, set, keyCharge } = charged;
  let keyTatUs: number | undefined;
  for (let place = 0; place < charges.length; place++) {
    const charge = charges[place];
    const tatUs = set.tatsUs[place] ?? 0;
    if (charge === undefined) continue;
    if (charge === keyCharge) keyTatUs = tatUs;
    // A refusal changes a counter only where a changed definition lowered it.
    else if (set.refusedBy === 'none' || tatUs !== plan.tatUs(charge.counterId)) {
      plan.counters.set(charge.counterId, tatUs);
    }
  }
  return keyTatUs;
}

/** Whether this over-limit check of the key is still one of those recorded one by one in this second. */
function recordsAnother(plan: GroupPlan, keySeq: number): boolean {
  const startUs = plan.time.nowUs - (plan.time.nowUs % US_PER_SECOND);
  const second = plan.overLimitSecond(keySeq);
  const recordedBefore = second?.startUs === startUs ? second.recorded : 0;
  if (recordedBefore >= plan.tools.rules.overLimitPerSecondPerKey) return false;
  plan.overLimitSeconds.set(keySeq, { startUs, recorded: recordedBefore + 1 });
  return true;
}

function recorded(
  plan: GroupPlan,
  item: SettleItem,
  reason: Reason,
  verdicts: readonly LimitVerdict[],
): SettledItem {
  const leaf = encodeDecisionLeaf({
    check: item.check,
    decisionId: item.decisionId,
    reason,
    index: plan.nextIndex,
    limits: verdicts,
    logId: plan.view.logId,
    policy: item.policy,
    settledAtUs: plan.time.nowUs,
  });
  const record = plan.append(leaf, item.private);
  plan.decisions.push([item.decisionId, record.index]);
  return { reason, verdicts, index: record.index, leaf: record.leaf.bytes, windowId: '' };
}
