// The base limits of each plan, read from the bundle's data (`data.plans`). The core charges them also
// when the policy denies or fails, so a plan that is not exactly right is refused at load, never guessed.
import { BURST_SPAN_US_MAX } from '../../core/gcra.ts';
import type { ChargeTerms, Limit, PlanLimits } from '../../core/limit.ts';
import { LIMIT_BURST_MAX, LIMIT_COUNT_MAX, LIMIT_PERIOD_MS_MAX } from '../../core/limit-bounds.ts';
import { baseTerms } from '../../core/limit-charges.ts';
import { PolicyRefused } from './opa-abi.ts';

const PLAN_NAME_PATTERN = /^[a-z][a-z0-9_-]{0,63}$/;
const MEMBERS = ['count', 'period_ms', 'burst'] as const;

/** Parses `data.plans` of a bundle's data (JSON text). Throws PolicyRefused naming the first fault. */
export function parsePlans(data: string): ReadonlyMap<string, PlanLimits> {
  const plans = objectOf(objectOf(parse(data), 'data')['plans'], 'plans');
  const parsed = new Map<string, PlanLimits>();
  for (const [name, plan] of Object.entries(plans)) {
    if (!PLAN_NAME_PATTERN.test(name))
      throw refusal(`plans: a name does not match ${PLAN_NAME_PATTERN.source}`);
    const path = `plans.${name}.base`;
    const base = objectOf(objectOf(plan, `plans.${name}`)['base'], path);
    onlyMembers(base, ['key', 'company'], path);
    parsed.set(name, {
      key: parseLimit(base['key'], `${path}.key`, { name: 'key_per_minute', subject: 'key' }),
      company: parseLimit(base['company'], `${path}.company`, {
        name: 'company_per_hour',
        subject: 'company',
      }),
    });
  }
  if (parsed.size === 0) throw refusal('plans: there must be at least one');
  return parsed;
}

function parseLimit(value: unknown, path: string, identity: Pick<Limit, 'name' | 'subject'>): ChargeTerms {
  const object = objectOf(value, path);
  onlyMembers(object, MEMBERS, path);
  const terms = baseTerms({
    ...identity,
    count: integerOf(object['count'], `${path}.count`, LIMIT_COUNT_MAX),
    periodMs: integerOf(object['period_ms'], `${path}.period_ms`, LIMIT_PERIOD_MS_MAX),
    burst: integerOf(object['burst'], `${path}.burst`, LIMIT_BURST_MAX),
  });
  if (terms.burst * terms.emissionIntervalUs > BURST_SPAN_US_MAX) {
    throw refusal(`${path}: at this rate the burst takes decades to fill; lower it`);
  }
  return terms;
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new PolicyRefused('data.json', 'The data is not JSON.', cause);
  }
}

function objectOf(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refusal(`${path}: must be an object`);
  return Object.fromEntries(Object.entries(value));
}

function onlyMembers(
  object: Readonly<Record<string, unknown>>,
  members: readonly string[],
  path: string,
): void {
  const known = members.join(', ');
  if (Object.keys(object).some((name) => !members.includes(name)))
    throw refusal(`${path}: has more than ${known}`);
}

function integerOf(value: unknown, path: string, max: number): number {
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= max) return Number(value);
  throw refusal(`${path}: must be a whole number from 1 to ${max}`);
}

function refusal(message: string): PolicyRefused {
  return new PolicyRefused('data.json', message);
}
