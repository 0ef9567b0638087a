// Whose counter a limit charges: from resolved facts, and never the same for two different subjects.
import { expect, test } from 'vitest';
import type { LimitSubject } from './limit.ts';
import {
  baseCharges,
  baseTerms,
  namedCharges,
  namedTerms,
  planLimits,
  sourceFailureCharge,
  strictestPlan,
} from './limit-charges.ts';

const SUBJECTS = {
  keyId: 'key_1',
  companyId: 'cmp_aurora',
  operation: 'payments.create',
  sourceBucket: '192.0.2.1',
};
const RATE = { count: 60, periodMs: 60_000, burst: 10 };

function named(subject: LimitSubject, change: Partial<typeof SUBJECTS> = {}): string {
  const limits = [namedTerms({ name: 'writes', subject, ...RATE }, 1)];
  return namedCharges(limits, { ...SUBJECTS, ...change })[0]?.counterId ?? '';
}

test('each subject names its own counter', () => {
  expect(named('key')).toBe('n|key|writes|key_1');
  expect(named('company')).toBe('n|company|writes|cmp_aurora');
  expect(named('source')).toBe('n|source|writes|1000000|10|192.0.2.1');
  expect(named('company_operation')).toBe('n|company_operation|writes|10|cmp_aurora|payments.create');
  expect(sourceFailureCharge(RATE, 'none').counterId).toBe('s|source|source_failures|none');
});

test('a source has a counter for each definition, a key and a company one whatever the definition', () => {
  const idsOf = (subject: LimitSubject) =>
    [RATE, { ...RATE, burst: 11 }, { ...RATE, count: 61 }, { ...RATE, count: 120, periodMs: 120_000 }].map(
      (rate) => namedCharges([namedTerms({ name: 'writes', subject, ...rate }, 1)], SUBJECTS)[0]?.counterId,
    );
  // The last rate is the first in other words.
  expect(new Set(idsOf('source')).size).toBe(3);
  for (const subject of ['key', 'company', 'company_operation'] as const) {
    expect(new Set(idsOf(subject)).size).toBe(1);
  }
});

test('ids that hold separators never share a counter', () => {
  const pairs = [
    ['a', 'b|c'],
    ['a|b', 'c'],
    ['a:b', 'c'],
    ['a', 'b:c'],
    ['1|a', 'b'],
    ['', '1|a|b'],
  ] as const;
  const ids = pairs.map(([companyId, operation]) => named('company_operation', { companyId, operation }));
  expect(new Set(ids).size).toBe(pairs.length);
});

test('a base and a named limit of the same name never share a counter', () => {
  const { base } = planLimits({
    key: { name: 'writes', subject: 'key', ...RATE },
    company: { name: 'writes', subject: 'company', ...RATE },
  });
  const ids = baseCharges(base, SUBJECTS).map((each) => each.counterId);
  expect(new Set([...ids, named('key'), named('company')]).size).toBe(4);
});

test('a limit is charged at its own rate: a base limit at cost 1, a named one at the cost it is given', () => {
  const limit = { name: 'writes', subject: 'key', ...RATE } as const;
  const terms = { name: 'writes', subject: 'key', emissionIntervalUs: 1_000_000, burst: 10 };
  expect(baseTerms(limit)).toEqual({ ...terms, cost: 1, base: true });
  expect(namedTerms(limit, 7)).toEqual({ ...terms, cost: 7, base: false });
  expect(sourceFailureCharge(RATE, 'none').terms).toEqual({
    ...terms,
    name: 'source_failures',
    subject: 'source',
    cost: 1,
    base: true,
  });
});

test('the strictest plan is the one whose keys refill most slowly, then the one with the smallest burst', () => {
  const planOf = (count: number, burst: number) => {
    const rate = { count, periodMs: 60_000, burst };
    return planLimits({
      key: { name: 'key_per_minute', subject: 'key', ...rate },
      company: { name: 'company_per_hour', subject: 'company', ...rate },
    });
  };
  const [fast, slow, slower] = [planOf(600, 1), planOf(60, 20), planOf(60, 10)];
  expect(strictestPlan([fast, slow, slower])).toBe(slower);
  expect(strictestPlan([slower, slow, fast])).toBe(slower);
  expect(strictestPlan([])).toBeNull();
});
