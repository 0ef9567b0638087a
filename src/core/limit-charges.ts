// Turns definitions into charges: fills in whose counter is charged, from resolved facts only. The
// policy names a subject, never an id.
import { emissionIntervalUs } from './gcra.ts';
import type { Limit, LimitCharge, LimitSubject, PlanLimits } from './limit.ts';
import type { PolicyLimit } from './policy.ts';

/** What the core knows about the caller of an authenticated check. */
export interface ChargeSubjects {
  readonly keyId: string;
  readonly companyId: string;
  readonly operation: string;
  /** From `sourceBucket` in network.ts. */
  readonly sourceBucket: string;
}

/**
 * Identity of a counter, stable for ever because it is stored:
 *   `<class>|<subject>|<name>|<id>`
 * class is `b` (base), `n` (named) or `s` (the sidecar's own); class, subject and name hold no `|`.
 * id is the rest of the text: the key id, the company id, the source bucket, or for company_operation
 * `<length of the company id>|<company id>|<operation>`, so that no two pairs make the same text.
 */
export type CounterId = string;

/** Base charges of a plan, each at cost 1: the key's first, then the company's. */
export function baseCharges(plan: PlanLimits, subjects: ChargeSubjects): readonly LimitCharge[] {
  return [baseCharge(plan.key, subjects), baseCharge(plan.company, subjects)];
}

/** One base charge, at cost 1. */
export function baseCharge(limit: Limit, subjects: ChargeSubjects): LimitCharge {
  return {
    name: limit.name,
    subject: limit.subject,
    counterId: `b|${limit.subject}|${limit.name}|${counterSubject(limit.subject, subjects)}`,
    emissionIntervalUs: emissionIntervalUs(limit),
    burst: limit.burst,
    cost: 1,
    base: true,
  };
}

/** Named charges of a policy's answer. A limit without a cost of its own costs the decision's. */
export function namedCharges(
  limits: readonly PolicyLimit[],
  decisionCost: number,
  subjects: ChargeSubjects,
): readonly LimitCharge[] {
  const charges: LimitCharge[] = [];
  for (const limit of limits) {
    charges.push({
      name: limit.name,
      subject: limit.subject,
      counterId: `n|${limit.subject}|${limit.name}|${counterSubject(limit.subject, subjects)}`,
      emissionIntervalUs: emissionIntervalUs(limit),
      burst: limit.burst,
      cost: limit.cost ?? decisionCost,
      base: false,
    });
  }
  return charges;
}

/** The charge for failed authentications of a source, at cost 1. */
export function sourceFailureCharge(
  definition: { readonly count: number; readonly periodMs: number; readonly burst: number },
  sourceBucket: string,
): LimitCharge {
  return {
    name: 'source_failures',
    subject: 'source',
    counterId: `s|source|source_failures|${sourceBucket}`,
    emissionIntervalUs: emissionIntervalUs(definition),
    burst: definition.burst,
    cost: 1,
    base: true,
  };
}

function counterSubject(subject: LimitSubject, subjects: ChargeSubjects): string {
  switch (subject) {
    case 'key':
      return subjects.keyId;
    case 'company':
      return subjects.companyId;
    case 'source':
      return subjects.sourceBucket;
    case 'company_operation':
      return `${subjects.companyId.length}|${subjects.companyId}|${subjects.operation}`;
  }
}
