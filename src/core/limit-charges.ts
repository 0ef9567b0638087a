// Turns definitions into charges: fills in whose counter is charged, from resolved facts only. The
// policy names a subject, never an id.
import { emissionIntervalUs } from './gcra.ts';
import type { ChargeTerms, Limit, LimitCharge, PlanLimits } from './limit.ts';

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
 * id is the rest of the text: the key id, the company id, or for company_operation
 * `<length of the company id>|<company id>|<operation>`, so that no two pairs make the same text; for the source of
 * a named limit `<emission interval in µs>|<burst>|<source bucket>`, for one of the sidecar's own the bucket alone.
 *
 * Calls that take turns under two definitions must not share a counter: it is lowered to what the definition at hand
 * allows (`clampTat`), so that taking turns would admit for ever. A key and a company have one plan, and go over to a
 * changed definition once, which keeps their counter; an address is shared by companies of different plans.
 */
export type CounterId = string;

/** Terms of a base limit, at cost 1. */
export function baseTerms(limit: Limit): ChargeTerms {
  return termsOf(limit, 1, true);
}

/** Terms of a policy's limit at this cost, 1..burst. */
export function namedTerms(limit: Limit, cost: number): ChargeTerms {
  return termsOf(limit, cost, false);
}

function termsOf(limit: Limit, cost: number, base: boolean): ChargeTerms {
  const { name, subject, burst } = limit;
  return { name, subject, emissionIntervalUs: emissionIntervalUs(limit), burst, cost, base };
}

/**
 * The plan that lets a key do least at once and over time: what a company is charged by whose own plan is not
 * among them. Null when there is none.
 */
export function strictestPlan(plans: Iterable<PlanLimits>): PlanLimits | null {
  let strictest: PlanLimits | null = null;
  for (const plan of plans) if (strictest === null || isStricter(plan.key, strictest.key)) strictest = plan;
  return strictest;
}

function isStricter(one: ChargeTerms, other: ChargeTerms): boolean {
  if (one.emissionIntervalUs !== other.emissionIntervalUs) {
    return one.emissionIntervalUs > other.emissionIntervalUs;
  }
  return one.burst < other.burst;
}

/** The base limits of a plan. */
export function planLimits(limits: { readonly key: Limit; readonly company: Limit }): PlanLimits {
  const key = baseTerms(limits.key);
  const company = baseTerms(limits.company);
  return { key, company, base: [key, company] };
}

/** Base charges, in the order of their terms. A plan's limits count by key and by company, and by nothing else. */
export function baseCharges(
  base: readonly ChargeTerms[],
  { keyId, companyId }: Pick<ChargeSubjects, 'keyId' | 'companyId'>,
): readonly LimitCharge[] {
  if (base.length === 0) return NO_CHARGES;
  const subjects = { keyId, companyId, operation: '', sourceBucket: '' };
  return base.map((terms) => chargeOf('b', terms, subjects));
}

/** Named charges of a policy's answer. */
export function namedCharges(
  limits: readonly ChargeTerms[],
  subjects: ChargeSubjects,
): readonly LimitCharge[] {
  if (limits.length === 0) return NO_CHARGES;
  return limits.map((terms) => chargeOf('n', terms, subjects));
}

const NO_CHARGES: readonly LimitCharge[] = [];

function chargeOf(kind: 'b' | 'n', terms: ChargeTerms, subjects: ChargeSubjects): LimitCharge {
  const { subject, name } = terms;
  return { terms, counterId: `${kind}|${subject}|${name}|${counterSubject(terms, subjects)}` };
}

/** The charge for failed authentications of a source, at cost 1. */
export function sourceFailureCharge(
  definition: { readonly count: number; readonly periodMs: number; readonly burst: number },
  sourceBucket: string,
): LimitCharge {
  const terms = baseTerms({ name: 'source_failures', subject: 'source', ...definition });
  return { terms, counterId: `s|source|source_failures|${sourceBucket}` };
}

function counterSubject(terms: ChargeTerms, subjects: ChargeSubjects): string {
  switch (terms.subject) {
    case 'key':
      return subjects.keyId;
    case 'company':
      return subjects.companyId;
    case 'source':
      return `${terms.emissionIntervalUs}|${terms.burst}|${subjects.sourceBucket}`;
    case 'company_operation':
      return `${subjects.companyId.length}|${subjects.companyId}|${subjects.operation}`;
  }
}
