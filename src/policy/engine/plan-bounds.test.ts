// One set of bounds: what the policies' schemas accept is what the core counts with.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  LIMIT_BURST_MAX,
  LIMIT_COUNT_MAX,
  LIMIT_PERIOD_MS_MAX,
  rateProblem,
} from '../../core/limit-bounds.ts';
import { parsePlans } from './plans.ts';

const BOUNDS = { count: LIMIT_COUNT_MAX, period_ms: LIMIT_PERIOD_MS_MAX, burst: LIMIT_BURST_MAX };
type Bounded = keyof typeof BOUNDS;
const NAMES = Object.keys(BOUNDS) as Bounded[];

/** Every definition of a limit in a schema: objects with a count, a period and a burst. */
function limitsIn(schema: unknown): Record<Bounded, { minimum: number; maximum: number }>[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const below = Object.values(schema).flatMap(limitsIn);
  return NAMES.every((name) => name in schema) ? [schema as never, ...below] : below;
}

test.each([
  ['plans', 3],
  ['output', 1],
])('schemas/%s.json has the bounds of the core', (name, definitions) => {
  const limits = limitsIn(JSON.parse(readFileSync(`policies/schemas/${name}.json`, 'utf8')));
  expect(limits).toHaveLength(definitions);
  for (const limit of limits) {
    for (const bounded of NAMES) {
      expect(limit[bounded]).toMatchObject({ type: 'integer', minimum: 1, maximum: BOUNDS[bounded] });
    }
  }
});

/** A limit whose other members are harmless beside an extreme one. */
const around = (name: Bounded, value: number) => ({
  count: 1_000,
  period_ms: 1_000,
  burst: 1,
  [name]: value,
});

test.each(NAMES)('base and named limits have the same greatest %s', (name) => {
  const named = (value: number) => {
    const { count, period_ms: periodMs, burst } = around(name, value);
    return rateProblem({ count, periodMs, burst });
  };
  const base = (value: number) => {
    const limit = around(name, value);
    return parsePlans(JSON.stringify({ plans: { standard: { base: { key: limit, company: limit } } } }));
  };
  expect(named(BOUNDS[name])).toBeNull();
  expect(base(BOUNDS[name]).size).toBe(1);
  expect(named(BOUNDS[name] + 1)).toContain(`${name} is not`);
  expect(() => base(BOUNDS[name] + 1)).toThrow(`${name}: must be a whole number from 1 to ${BOUNDS[name]}`);
});
