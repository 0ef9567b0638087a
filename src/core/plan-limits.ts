// Base limits of each plan, read from the bundle's data (`data.plans`). The core knows them because they
// are charged whatever the policy says. A plan that cannot be read is a problem of the bundle.
import type { Limit, PlanLimits } from './limit.ts';
import { rateProblem } from './limit-bounds.ts';

/** Names of the two base limits in verdicts and counters. */
export const BASE_KEY_LIMIT = 'base_key';
export const BASE_COMPANY_LIMIT = 'base_company';

export type ParsedPlans =
  | { readonly ok: true; readonly plans: ReadonlyMap<string, PlanLimits> }
  /** One sentence for each problem, with its place. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Parses `data.plans`: `{plan: {base: {key, company}, …}}`; other members are the policy's own. */
export function parsePlans(data: unknown): ParsedPlans {
  const plans = new Map<string, PlanLimits>();
  const problems: string[] = [];
  if (!isObject(data)) return { ok: false, problems: ['plans is not an object'] };
  for (const [name, plan] of Object.entries(data)) {
    const base = isObject(plan) ? plan['base'] : undefined;
    if (!isObject(base)) {
      problems.push(`plans.${name}.base is not an object`);
      continue;
    }
    const key = parseBase(base, 'key', `plans.${name}.base.key`, problems);
    const company = parseBase(base, 'company', `plans.${name}.base.company`, problems);
    if (key !== null && company !== null) plans.set(name, { key, company });
  }
  if (plans.size === 0 && problems.length === 0) problems.push('plans is empty');
  return problems.length === 0 ? { ok: true, plans } : { ok: false, problems };
}

function parseBase(
  base: Record<string, unknown>,
  subject: 'key' | 'company',
  place: string,
  problems: string[],
): Limit | null {
  const rate = base[subject];
  if (!isObject(rate)) {
    problems.push(`${place} is not an object`);
    return null;
  }
  const { count, period_ms: periodMs, burst } = rate;
  const problem = rateProblem({ count, periodMs, burst });
  if (problem !== null) {
    problems.push(`${place}: ${problem}`);
    return null;
  }
  const name = subject === 'key' ? BASE_KEY_LIMIT : BASE_COMPANY_LIMIT;
  return { name, subject, count: Number(count), periodMs: Number(periodMs), burst: Number(burst) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
