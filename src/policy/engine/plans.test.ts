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

const NAMED = { subject: 'key', ...KEY };
const limitsWith = (limits: unknown) =>
  dataWith({ standard: { base: { key: KEY, company: COMPANY }, limits } });
const namedWith = (change: object) => limitsWith({ polling: { ...NAMED, ...change } });

test('each plan gives the limit per key and the limit per company', () => {
  const plans = parsePlans(dataWith({ standard: { base: { key: KEY, company: COMPANY }, limits: {} } }));
  const key = { name: 'key_per_minute', subject: 'key', burst: 10, ...AT_ONE_A_SECOND };
  const company = { name: 'company_per_hour', subject: 'company', burst: 100, ...AT_ONE_A_SECOND };
  expect(plans).toEqual(new Map([['standard', { key, company, base: [key, company] }]]));
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
  ['a name that is none', dataWith({ 'a plan': {} }), 'plans.a plan: is not the name of a plan'],
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
    'plans.standard.base.source: is not known here: there may be key, company',
  ],
  [
    'a member more',
    baseWith({ cost: 2 }),
    'plans.standard.base.key.cost: is not known here: there may be count',
  ],
  ['a count of zero', baseWith({ count: 0 }), 'plans.standard.base.key.count: must be a whole number from 1'],
  ['a negative count', baseWith({ count: -1 }), 'plans.standard.base.key.count: must be'],
  ['a fraction', baseWith({ count: 1.5 }), 'plans.standard.base.key.count: must be'],
  ['a text', baseWith({ period_ms: '60000' }), 'plans.standard.base.key.period_ms: must be'],
  ['null', baseWith({ burst: null }), 'plans.standard.base.key.burst: must be'],
  ['a burst above the cap', baseWith({ burst: 1_000_001 }), 'plans.standard.base.key.burst: must be'],
  [
    'a burst that never fills',
    baseWith({ count: 1, period_ms: 86_400_000, burst: 1_000_000 }),
    'plans.standard.base.key: a full burst at this rate stands for more than 35 years',
  ],
  [
    'a limit whose name is none',
    limitsWith({ Polling: NAMED }),
    'limits.Polling: is not the name of a limit',
  ],
  [
    'a subject that is none',
    namedWith({ subject: 'ip' }),
    'limits.polling.subject: must be one of key, company',
  ],
  ['a named limit of zero', namedWith({ count: 0 }), 'limits.polling.count: must be a whole number from 1'],
  [
    'a named limit that never fills',
    namedWith({ count: 1, period_ms: 31_622_400_000, burst: 1_000_000 }),
    'plans.standard.limits.polling: a full burst at this rate stands for more than 35 years',
  ],
  [
    'a cost above the burst',
    namedWith({ cost: 11 }),
    'limits.polling.cost: must be a whole number from 1 to',
  ],
])('%s is refused, and the message says where', (_name, data, message) => {
  expect(() => parsePlans(data)).toThrow(message);
});

test.each([
  ['none at all', undefined],
  ['by operation', { 'payments.create': { polling: NAMED } }],
  ['as a list', [{ name: 'polling', ...NAMED }]],
  ['in words', { Polling: '60 a minute' }],
])('named limits in another shape are the policy’s own: %s', (_name, limits) => {
  expect(parsePlans(limitsWith(limits)).size).toBe(1);
});

test('the plan names constructor and toString are plans like any other', () => {
  const plans = parsePlans(dataWith({ constructor: { base: { key: KEY, company: COMPANY } } }));
  expect(plans.has('constructor')).toBe(true);
  expect(plans.has('to_string')).toBe(false);
});
