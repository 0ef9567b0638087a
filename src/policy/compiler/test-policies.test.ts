// A report of Rego tests is good only when tests ran, all passed, and every line was reached.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyOfPolicies, DEFAULT_POLICIES } from '../../../test/support/policy/policy-directory.ts';
import { compilePolicies } from './compile-policies.ts';
import { findOpa } from './opa-binary.ts';
import { testPolicies } from './test-policies.ts';

const opa = await findOpa({ pinned: true });
const run = (changes: Readonly<Record<string, string | null>>) =>
  testPolicies(copyOfPolicies(changes), { opa });
const rego = (...lines: string[]) => `package custom.one_test\n\nimport rego.v1\n\n${lines.join('\n')}\n`;

test('the default policies pass their tests and every line is reached', async () => {
  const report = await testPolicies(DEFAULT_POLICIES, { opa });
  expect(report).toMatchObject({ ok: true, coverage: 100, problems: [] });
  expect(report.tests.length).toBeGreaterThan(35);
  expect(report.tests.every((result) => result.outcome === 'passed')).toBe(true);
});

test('a failing test is reported with its place and what it printed', async () => {
  const report = await run({
    'custom/one_test.rego': rego('test_nothing if {', '\tprint("seen", 7)', '\t1 == 2', '}'),
  });
  expect(report).toMatchObject({ ok: false, coverage: null });
  expect(report.tests.filter((result) => result.outcome !== 'passed')).toEqual([
    {
      name: 'custom.one_test.test_nothing',
      file: 'custom/one_test.rego',
      line: 5,
      outcome: 'failed',
      durationUs: expect.any(Number),
      output: 'seen 7\n',
    },
  ]);
});

test('a skipped test is not a passed one', async () => {
  const report = await run({ 'custom/one_test.rego': rego('todo_test_later if 1 == 2') });
  expect(report.ok).toBe(false);
  expect(report.tests).toContainEqual(expect.objectContaining({ outcome: 'skipped', line: 5 }));
});

test('a line that no test reaches is named, and is too little unless less is asked', async () => {
  const path = join(DEFAULT_POLICIES, 'postern/ownership.rego');
  const text = `${readFileSync(path, 'utf8')}\nunreached if input.key.id == "key_1"\n`;
  const directory = copyOfPolicies({ 'postern/ownership.rego': text });
  const strict = await testPolicies(directory, { opa });
  expect(strict).toMatchObject({ ok: false, problems: [{ file: 'postern/ownership.rego' }] });
  expect(strict.problems[0]?.line).toBe(text.split('\n').length - 1);
  expect(strict.coverage).toBeGreaterThan(90);
  expect(await testPolicies(directory, { opa, coverageMin: 90 })).toMatchObject({ ok: true });
});

test('no tests are no success', async () => {
  const directory = copyOfPolicies({ 'custom/one.rego': 'package custom.one\n\nimport rego.v1\n\na := 1\n' });
  rmSync(join(directory, 'postern'), { recursive: true });
  expect(await testPolicies(directory, { opa })).toMatchObject({
    ok: false,
    problems: [{ message: 'There are no tests.' }],
  });
});

test('data that a build refuses is refused in the same words, and no test runs over it', async () => {
  const plans = readFileSync(join(DEFAULT_POLICIES, 'plans/data.json'), 'utf8');
  const directory = copyOfPolicies({ 'plans/data.json': plans.replace('"burst": 60', '"burst": 0') });
  const built = await compilePolicies(directory, { opa });
  const problems = built.ok ? [] : built.problems;
  expect(problems).toMatchObject([{ file: 'plans/data.json', message: expect.stringMatching(/burst/) }]);
  expect(await testPolicies(directory, { opa })).toEqual({ ok: false, tests: [], coverage: null, problems });
});

test('Rego that does not parse is reported with its place', async () => {
  const report = await run({ 'custom/one_test.rego': rego('test_broken if {') });
  expect(report).toMatchObject({ ok: false, tests: [], problems: [{ file: 'custom/one_test.rego' }] });
});
