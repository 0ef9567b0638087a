// What the core or the engine would refuse at run time, or could never be granted, is found in the data files:
// each at the place where it is written, once, with what to do. By any release of OPA.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyOfPolicies, DEFAULT_POLICIES } from '../../../test/support/policy/policy-directory.ts';
import { checkPolicies } from './check-policies.ts';
import { compilePolicies } from './compile-policies.ts';
import { findOpa } from './opa-binary.ts';

const opa = await findOpa({ pinned: true });
const sourceOf = (path: string) => readFileSync(join(DEFAULT_POLICIES, path), 'utf8');
const PLANS = sourceOf('plans/data.json');
const OPERATIONS = sourceOf('operations/data.json');

/** Findings with the line's own text instead of its number. */
async function findingsIn(files: Readonly<Record<string, string | null>>): Promise<string[]> {
  const findings = await checkPolicies(copyOfPolicies(files), { opa });
  return findings.map(({ file, line, message }) => {
    const text = files[file]?.split('\n')[line - 1]?.trim() ?? '';
    return `${file} ${text} → ${message}`;
  });
}

/** The text with its first occurrence replaced. */
function edited(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`there is no ${from}`);
  return text.replace(from, to);
}

const POLL = '"polling": { "subject": "key", "count": 60, "period_ms": 60000, "burst": 10, "cost": 1 }';

test.each([
  [
    'the name of a plan',
    edited(PLANS, '"premium": {', '"Gold Plan": {'),
    '"Gold Plan": {',
    'Gold Plan: is not the name of a plan: use a lower-case letter',
  ],
  [
    'a rate over decades in a named limit',
    edited(
      PLANS,
      POLL,
      '"polling": { "subject": "key", "count": 1, "period_ms": 31622400000, "burst": 1000000 }',
    ),
    '"polling": { "subject": "key", "count": 1, "period_ms": 31622400000, "burst": 1000000 },',
    'standard.limits.polling: a full burst at this rate stands for more than 35 years: lower burst',
  ],
  [
    'a rate over decades in a base limit',
    edited(
      PLANS,
      '"key": { "count": 600, "period_ms": 60000, "burst": 60 }',
      '"key": { "count": 1, "period_ms": 31622400000, "burst": 60 }',
    ),
    '"key": { "count": 1, "period_ms": 31622400000, "burst": 60 },',
    'standard.base.key: a full burst at this rate stands for more than 35 years: lower burst',
  ],
  [
    'a cost above the burst of its limit',
    edited(PLANS, POLL, POLL.replace('"cost": 1 }', '"cost": 11 }')),
    POLL.replace('"cost": 1 }', '"cost": 11 },'),
    'standard.limits.polling.cost: must be a whole number from 1 to the burst, 10: no call could ever pass',
  ],
])('%s is told in the plans', async (_name, plans, line, message) => {
  const findings = await findingsIn({ 'plans/data.json': plans });
  expect(findings).toEqual([expect.stringContaining(`plans/data.json ${line} → ${message}`)]);
});

test.each([
  ['results poll', 'results poll: is not the name of an operation, so nobody can ask for it: use up to 128'],
  [
    'r'.repeat(129),
    `${'r'.repeat(129)}: is not the name of an operation, so nobody can ask for it: use up to 128`,
  ],
])('an operation named %j is told', async (name, message) => {
  const operations = edited(OPERATIONS, '"results.poll"', `"${name}"`);
  const findings = await findingsIn({ 'operations/data.json': operations });
  expect(findings).toEqual([expect.stringContaining(`operations/data.json "${name}": { → ${message}`)]);
});

test.each(['*', 'results:*', 'Results:read', 'results', 'results:', `results:${'r'.repeat(121)}`])(
  'the scope %j, which no key can hold, is told',
  async (scope) => {
    const operations = edited(OPERATIONS, '"results:read"', `"${scope}"`);
    expect(await findingsIn({ 'operations/data.json': operations })).toEqual([
      expect.stringMatching(
        /^operations\/data\.json "scope": .* → results\.poll\.scope: is not a scope that a key can/,
      ),
    ]);
  },
);

test('a limit that not every plan defines, and costs that do not fit, are told in the operation', async () => {
  const operations = OPERATIONS.replace('"cost_max": 50', '"cost_max": 61')
    .replace('"limits": ["polling"]', '"limits": ["toString"]')
    .replace('"cost": 5,', '"cost": 5,\n    "cost_max": 4,');
  const plans = edited(PLANS, POLL, POLL.replace('polling', 'Polling'));
  expect(await findingsIn({ 'operations/data.json': operations, 'plans/data.json': plans })).toEqual([
    'operations/data.json "cost_max": 61, → payments.create_batch.cost_max: 61 is above the burst of payment_writes of standard (60): such a call could never pass; lower it, or raise the burst',
    'operations/data.json "limits": ["toString"], → results.poll.limits.0: names the limit toString, which is not defined by premium, standard, unlimited: define it in every plan, or take it out here',
    'operations/data.json "cost_max": 4, → exports.create.cost_max: is below cost, so every call would be refused as cost_too_high: raise it or take it out',
    expect.stringMatching(
      /^plans\/data\.json "Polling": .* → standard\.limits\.Polling: is not the name of a limit: use/,
    ),
  ]);
});

test('a misspelt member is told with those that there may be, and the one that it was meant for is missing', async () => {
  const line = POLL.replace('"burst"', '"brust"');
  expect(await findingsIn({ 'plans/data.json': edited(PLANS, POLL, line) })).toEqual([
    `plans/data.json ${line}, → standard.limits.polling.burst: is missing`,
    `plans/data.json ${line}, → standard.limits.polling.brust: is not known here: there may be subject, count, period_ms, burst, cost`,
  ]);
});

test('what every policy is held to is found without any schema', async () => {
  const without = { 'schemas/plans.json': null, 'schemas/operations.json': null };
  const plans = edited(PLANS, '"burst": 60 }', '"brust": 60 }');
  expect(await findingsIn({ ...without, 'plans/data.json': plans })).toEqual(
    [
      expect.stringContaining('→ standard.base.key.brust: is not known here'),
      expect.stringContaining('→ standard.base.key.burst: must be a whole number from 1 to 1000000'),
    ].toSorted(),
  );
  const none = await checkPolicies(copyOfPolicies({ ...without, 'plans/data.json': null }), { opa });
  expect(none).toEqual([
    { rule: 'data', file: 'plans/data.json', line: 0, message: 'plans: must be an object' },
  ]);
});

test('a place is told in the file where it is written, wherever the data are put together from', async () => {
  const { standard, premium } = JSON.parse(PLANS);
  const files = {
    'plans/data.json': null,
    'plans/standard/data.json': `{\n  "base": ${JSON.stringify({ ...standard.base, day: 1 })},\n  "limits": ${JSON.stringify(standard.limits)}\n}\n`,
    'data.json': `{\n  "plans": {\n    "premium": {\n      "base": ${JSON.stringify({ ...premium.base, day: 1 })},\n      "limits": ${JSON.stringify(premium.limits)}\n    }\n  }\n}\n`,
  };
  const findings = await checkPolicies(copyOfPolicies(files), { opa });
  expect(findings.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([
    'data.json:4 premium.base.day: is not known here: there may be key, company',
    'plans/standard/data.json:2 standard.base.day: is not known here: there may be key, company',
  ]);
});

test('a catalogue that is no object is told, a missing one is empty', async () => {
  const without = { 'operations/data.json': null };
  const found = (files: Readonly<Record<string, string | null>>) =>
    checkPolicies(copyOfPolicies(files), { opa });
  for (const value of ['null', '[]', '7']) {
    expect(await found({ ...without, 'data.json': `{\n  "operations": ${value}\n}` })).toEqual([
      { rule: 'data', file: 'data.json', line: 2, message: 'operations: must be an object' },
    ]);
  }
  expect(await found(without)).toEqual([]);
});

test('two files that say different things of one place are a finding', async () => {
  const [finding] = await checkPolicies(copyOfPolicies({ 'data.json': '{ "plans": { "standard": 7 } }' }), {
    opa,
  });
  expect(finding).toMatchObject({ rule: 'data', message: expect.stringContaining('plans') });
});

test('a build refuses the same', async () => {
  const operations = edited(OPERATIONS, '"results:read"', '"results:*"');
  const built = await compilePolicies(copyOfPolicies({ 'operations/data.json': operations }), { opa });
  expect(built).toMatchObject({ ok: false, problems: [{ file: 'operations/data.json' }] });
});
