/**
 * What holds for `data.plans` of every policy, whatever its schemas say: the core counts by base limits even
 * when the policy fails, and refuses an answer with a named limit out of bounds, so that every check that it
 * is meant for would fail. The compiler tells these problems with their line, the engine refuses to load.
 */
import { LIMIT_SUBJECTS } from '../core/limit.ts';
import {
  isCount,
  LIMIT_BURST_MAX,
  LIMIT_COUNT_MAX,
  LIMIT_NAME_PATTERN,
  LIMIT_PERIOD_MS_MAX,
  rateProblem,
} from '../core/limit-bounds.ts';
import { isPlanName } from '../core/text-rules.ts';
import { type DataProblem, membersOf } from './data-problem.ts';

const RATE = { count: LIMIT_COUNT_MAX, period_ms: LIMIT_PERIOD_MS_MAX, burst: LIMIT_BURST_MAX };
const RATE_MEMBERS = Object.keys(RATE);
const NAMED_MEMBERS = ['subject', ...RATE_MEMBERS];
const NOT_AN_OBJECT = 'must be an object';
const NOT_A_PLAN =
  'is not the name of a plan: use a lower-case letter, then up to 63 of lower-case letters, digits, `_`, `-`';
const NOT_A_LIMIT =
  'is not the name of a limit: use a lower-case letter, then up to 63 of lower-case letters, digits, `_`';
const TOO_LONG =
  'a full burst at this rate stands for more than 35 years: lower burst or period_ms, or raise count';

type Members = Readonly<Record<string, unknown>>;

/** All that is wrong with `data.plans`, each at its place. */
export function problemsInPlans(value: unknown): DataProblem[] {
  const path = ['plans'];
  const plans = membersOf(value);
  if (plans === null) return [{ path, message: NOT_AN_OBJECT }];
  if (Object.keys(plans).length === 0) return [{ path, message: 'there must be at least one plan' }];
  return Object.entries(plans).flatMap(([name, plan]) => {
    const place = [...path, name];
    return [
      ...(isPlanName(name) ? [] : [{ path: place, message: NOT_A_PLAN }]),
      ...problemsInObject(plan, place, (members) => [
        ...problemsInBase(members['base'], [...place, 'base']),
        ...problemsInNamed(members['limits'], [...place, 'limits']),
      ]),
    ];
  });
}

function problemsInBase(value: unknown, path: readonly string[]): DataProblem[] {
  const names = ['key', 'company'];
  return problemsInObject(value, path, (base) => [
    ...unknownMembers(base, names, path),
    ...names.flatMap((name) =>
      problemsInObject(base[name], [...path, name], (rate) => [
        ...unknownMembers(rate, RATE_MEMBERS, [...path, name]),
        ...problemsInRate(rate, [...path, name]),
      ]),
    ),
  ]);
}

/** Only what has the documented shape: a policy may keep its named limits elsewhere, or in a shape of its own. */
function problemsInNamed(value: unknown, path: readonly string[]): DataProblem[] {
  return Object.entries(membersOf(value) ?? {}).flatMap(([name, entry]) => {
    const limit = membersOf(entry);
    if (limit === null || !NAMED_MEMBERS.every((member) => Object.hasOwn(limit, member))) return [];
    const place = [...path, name];
    return [
      ...(LIMIT_NAME_PATTERN.test(name) ? [] : [{ path: place, message: NOT_A_LIMIT }]),
      ...problemsInSubject(limit['subject'], [...place, 'subject']),
      ...problemsInRate(limit, place),
      ...problemsInCost(limit, place),
    ];
  });
}

function problemsInSubject(subject: unknown, path: readonly string[]): DataProblem[] {
  if (LIMIT_SUBJECTS.some((each) => each === subject)) return [];
  return [{ path, message: `must be one of ${LIMIT_SUBJECTS.join(', ')}` }];
}

function problemsInRate(rate: Members, path: readonly string[]): DataProblem[] {
  const outside = Object.entries(RATE).filter(([member, max]) => !isCount(rate[member], max));
  if (outside.length > 0) {
    return outside.map(([member, max]) => ({
      path: [...path, member],
      message: `must be a whole number from 1 to ${max}`,
    }));
  }
  const { count, period_ms: periodMs, burst } = rate;
  return rateProblem({ count, periodMs, burst }) === null ? [] : [{ path, message: TOO_LONG }];
}

function problemsInCost({ cost, burst }: Members, path: readonly string[]): DataProblem[] {
  if (cost === undefined || !isCount(burst, LIMIT_BURST_MAX) || isCount(cost, burst)) return [];
  const message = `must be a whole number from 1 to the burst, ${burst}: no call could ever pass`;
  return [{ path: [...path, 'cost'], message }];
}

function problemsInObject(
  value: unknown,
  path: readonly string[],
  judge: (members: Members) => DataProblem[],
): DataProblem[] {
  const members = membersOf(value);
  return members === null ? [{ path, message: NOT_AN_OBJECT }] : judge(members);
}

function unknownMembers(members: Members, known: readonly string[], path: readonly string[]): DataProblem[] {
  const others = Object.keys(members).filter((name) => !known.includes(name));
  return others.map((name) => ({
    path: [...path, name],
    message: `is not known here: there may be ${known.join(', ')}`,
  }));
}
