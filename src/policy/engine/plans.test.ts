// Base limits are charged even when the policy fails: what is not exactly right is refused at load.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parsePlans } from './plans.ts';

const KEY = { count: 60, period_ms: 60_000, burst: 10 };
const COMPANY = { count: 3_600, period_ms: 3_600_000, burst: 100 };
const AT_ONE_A_SECOND = { emissionIntervalUs: 1_000_000, cost: 1, base: true };
const dataWith = (plans: unknown) => JSON.stringify({ plans });
const baseWith = (change: object) =>
  dataWith({ standard: { base: { key: { ...KEY, ...change }, company: COMPANY } } });

test('each plan gives the limit per key and the limit per company', () => {
  const plans = parsePlans(dataWith({ standard: { base: { key: KEY, company: COMPANY }, limits: {} } }));
  expect(plans).toEqual(
    new Map([
      [
        'standard',
        {
          key: { name: 'key_per_minute', subject: 'key', burst: 10, ...AT_ONE_A_SECOND },
          company: { name: 'company_per_hour', subject: 'company', burst: 100, ...AT_ONE_A_SECOND },
        },
      ],
    ]),
  );
});

test('the plans of the default policy are accepted', () => {
  const plans = readFileSync(new URL('../../../policies/plans/data.json', import.meta.url), 'utf8');
  expect(parsePlans(`{"plans":${plans}}`).size).toBe(Object.keys(JSON.parse(plans)).length);
});

test.each([
  ['no JSON', '{"plans":', 'The data is not JSON.'],
  ['no object', '[]', 'data: must be an object'],
  ['no plans', '{}', 'plans: must be an object'],
  ['an empty object', dataWith({}), 'plans: there must be at least one'],
  ['a name that is none', dataWith({ 'a plan': {} }), 'plans: a name does not match'],
  ['a plan that is a list', dataWith({ standard: [] }), 'plans.standard: must be an object'],
  ['no base limits', dataWith({ standard: {} }), 'plans.standard.base: must be an object'],
  [
    'no limit per company',
    dataWith({ standard: { base: { key: KEY } } }),
    'plans.standard.base.company: must be',
  ],
  [
    'one base limit more',
    dataWith({ standard: { base: { key: KEY, company: COMPANY, source: KEY } } }),
    'has more than key, company',
  ],
  ['a member more', baseWith({ cost: 2 }), 'plans.standard.base.key: has more than count, period_ms, burst'],
  ['a count of zero', baseWith({ count: 0 }), 'plans.standard.base.key.count: must be a whole number from 1'],
  ['a negative count', baseWith({ count: -1 }), 'plans.standard.base.key.count: must be'],
  ['a fraction', baseWith({ count: 1.5 }), 'plans.standard.base.key.count: must be'],
  ['a text', baseWith({ period_ms: '60000' }), 'plans.standard.base.key.period_ms: must be'],
  ['null', baseWith({ burst: null }), 'plans.standard.base.key.burst: must be'],
  ['a burst above the cap', baseWith({ burst: 1_000_001 }), 'plans.standard.base.key.burst: must be'],
  [
    'a burst that never fills',
    baseWith({ count: 1, period_ms: 86_400_000, burst: 1_000_000 }),
    'takes decades',
  ],
])('%s is refused, and the message says where', (_name, data, message) => {
  expect(() => parsePlans(data)).toThrow(message);
});

test('the plan names constructor and toString are plans like any other', () => {
  const plans = parsePlans(dataWith({ constructor: { base: { key: KEY, company: COMPANY } } }));
  expect(plans.has('constructor')).toBe(true);
  expect(plans.has('to_string')).toBe(false);
});
