// The base limits of each plan, read from the bundle's data (`data.plans`). The core charges them also
// when the policy denies or fails, so a plan that is not exactly right is refused at load, never guessed.
import type { Limit, PlanLimits } from '../../core/limit.ts';
import { planLimits } from '../../core/limit-charges.ts';
import { membersOf } from '../data-problem.ts';
import { problemsInPlans } from '../plan-rules.ts';
import { PolicyRefused } from './opa-abi.ts';

interface Rate {
  readonly count: number;
  readonly period_ms: number;
  readonly burst: number;
}

/** A plan without problems. */
interface Plan {
  readonly base: { readonly key: Rate; readonly company: Rate };
}

/** Parses `data.plans` of a bundle's data (JSON text). Throws PolicyRefused naming the first fault. */
export function parsePlans(data: string): ReadonlyMap<string, PlanLimits> {
  const members = membersOf(parse(data));
  if (members === null) throw new PolicyRefused('data.json', 'data: must be an object');
  const [problem] = problemsInPlans(members['plans']);
  if (problem !== undefined) {
    throw new PolicyRefused('data.json', `${problem.path.join('.')}: ${problem.message}`);
  }
  const plans = Object.entries(members['plans'] as Readonly<Record<string, Plan>>);
  return new Map(
    plans.map(([name, { base }]) => [
      name,
      planLimits({
        key: limitOf(base.key, { name: 'key_per_minute', subject: 'key' }),
        company: limitOf(base.company, { name: 'company_per_hour', subject: 'company' }),
      }),
    ]),
  );
}

function limitOf(rate: Rate, identity: Pick<Limit, 'name' | 'subject'>): Limit {
  const { count, period_ms: periodMs, burst } = rate;
  return { ...identity, count, periodMs, burst };
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new PolicyRefused('data.json', 'The data is not JSON.', cause);
  }
}
