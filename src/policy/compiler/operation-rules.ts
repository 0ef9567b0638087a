/**
 * What a JSON Schema cannot say of `data.operations`: that the host can ask for a name, that a key can hold the
 * scope, and that the plans have room for what a call costs. An operation that fails here would be refused to
 * everybody. Judges only what has the documented shape; the schemas say what that is.
 */
import { isCount, LIMIT_BURST_MAX } from '../../core/limit-bounds.ts';
import { SCOPE_CHARS_MAX } from '../../core/parse-admin.ts';
import { COST_MAX, OPERATION_CHARS_MAX } from '../../core/request.ts';
import { isOperationName, isOperationScope } from '../../core/text-rules.ts';
import { type DataProblem, membersOf } from '../data-problem.ts';

type Members = Readonly<Record<string, unknown>>;

const NOT_AN_OPERATION = `is not the name of an operation, so nobody can ask for it: use up to ${OPERATION_CHARS_MAX} letters, digits, \`.\`, \`_\`, \`:\`, \`-\``;
const NOT_A_SCOPE = `is not a scope that a key can hold: write area:action in lower case, at most ${SCOPE_CHARS_MAX} characters and no wildcard (those are for keys), or null where every valid key may`;
const BELOW_COST = 'is below cost, so every call would be refused as cost_too_high: raise it or take it out';

/** All that is wrong with `data.operations`, each at its place, given what the plans define. */
export function problemsInOperations(operations: unknown, plans: unknown): DataProblem[] {
  const named = limitsByPlan(plans);
  return Object.entries(membersOf(operations) ?? {}).flatMap(([name, entry]) => {
    const path = ['operations', name];
    const isName = name.length <= OPERATION_CHARS_MAX && isOperationName(name);
    const operation = membersOf(entry);
    return [
      ...(isName ? [] : [{ path, message: NOT_AN_OPERATION }]),
      ...(operation === null ? [] : problemsInOperation(operation, named, path)),
    ];
  });
}

function problemsInOperation(
  operation: Members,
  plans: ReadonlyMap<string, Members>,
  path: readonly string[],
): DataProblem[] {
  const { scope, limits, cost, cost_max: costMax } = operation;
  const isScope = typeof scope !== 'string' || (scope.length <= SCOPE_CHARS_MAX && isOperationScope(scope));
  const isBelow = isCount(cost, COST_MAX) && isCount(costMax, COST_MAX) && costMax < cost;
  const names: readonly unknown[] = Array.isArray(limits) ? limits : [];
  return [
    ...(isScope ? [] : [{ path: [...path, 'scope'], message: NOT_A_SCOPE }]),
    ...(isBelow ? [{ path: [...path, 'cost_max'], message: BELOW_COST }] : []),
    ...names.flatMap((name, place) => problemsInName(name, plans, [...path, 'limits', String(place)])),
    ...problemsInCost(operation, names, plans, path),
  ];
}

function problemsInName(
  name: unknown,
  plans: ReadonlyMap<string, Members>,
  path: readonly string[],
): DataProblem[] {
  if (typeof name !== 'string') return [];
  const lacking = [...plans].filter(([, limits]) => !Object.hasOwn(limits, name)).map(([plan]) => plan);
  if (lacking.length === 0) return [];
  const message = `names the limit ${name}, which is not defined by ${lacking.join(', ')}: define it in every plan, or take it out here`;
  return [{ path, message }];
}

/** The most that a call may cost must fit into the burst of each limit that gives no cost of its own. */
function problemsInCost(
  { cost, cost_max: costMax }: Members,
  names: readonly unknown[],
  plans: ReadonlyMap<string, Members>,
  path: readonly string[],
): DataProblem[] {
  const most = costMax ?? cost;
  if (!isCount(most, COST_MAX)) return [];
  const small = [...plans].flatMap(([plan, limits]) =>
    names.flatMap((name) => {
      const limit = typeof name === 'string' ? membersOf(limits[name]) : null;
      if (limit === null || Object.hasOwn(limit, 'cost')) return [];
      const { burst } = limit;
      return isCount(burst, LIMIT_BURST_MAX) && most > burst ? [`${name} of ${plan} (${burst})`] : [];
    }),
  );
  if (small.length === 0) return [];
  const message = `${most} is above the burst of ${small.join(', ')}: such a call could never pass; lower it, or raise the burst`;
  return [{ path: [...path, costMax === undefined ? 'cost' : 'cost_max'], message }];
}

/** Plans whose limits are no object are left out: their schema says so. Absent limits are none. */
function limitsByPlan(plans: unknown): ReadonlyMap<string, Members> {
  return new Map(
    Object.entries(membersOf(plans) ?? {}).flatMap(([name, plan]) => {
      const limits = membersOf(membersOf(plan)?.['limits'] ?? {});
      return limits === null ? [] : [[name, limits] as const];
    }),
  );
}
