// Each finding names its file, its line and what to do; the default policies have none.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyOfPolicies, DEFAULT_POLICIES } from '../../../test/support/policy/policy-directory.ts';
import { checkPolicies } from './check-policies.ts';
import { findOpa } from './opa-binary.ts';

const opa = await findOpa({ pinned: true });
const check = (changes: Readonly<Record<string, string | null>>) =>
  checkPolicies(copyOfPolicies(changes), { opa });
const sourceOf = (path: string) => readFileSync(join(DEFAULT_POLICIES, path), 'utf8');

const RULE = ['package custom.one', '', 'import rego.v1', ''];
const rego = (...lines: string[]) => `${[...RULE, ...lines].join('\n')}\n`;

test('the default policies have no findings', async () => {
  expect(await checkPolicies(DEFAULT_POLICIES, { opa })).toEqual([]);
});

test('a file that is not formatted is named with the first line that differs', async () => {
  expect(await check({ 'custom/one.rego': rego('a := 1', '', 'b   :=   2') })).toEqual([
    {
      rule: 'format',
      file: 'custom/one.rego',
      line: 7,
      message: 'Not formatted: run `opa fmt --write custom/one.rego`.',
    },
  ]);
});

test('a misspelt member of the input is found through the schema', async () => {
  const text = `${sourceOf('postern/ownership.rego')}\nmisspelt if input.key.statuss == "active"\n`;
  expect(await check({ 'postern/ownership.rego': text })).toEqual([
    {
      rule: 'rego',
      file: 'postern/ownership.rego',
      line: text.split('\n').length - 1,
      message: expect.stringContaining('input.key.statuss'),
    },
  ]);
});

test('strict mode finds an import that nothing uses, in tests too', async () => {
  const unused = 'package custom.one\n\nimport rego.v1\n\nimport data.plans\n\na := 1\n';
  const expected = { rule: 'rego', line: 5, message: expect.stringContaining('unused') };
  expect(await check({ 'custom/one.rego': unused })).toMatchObject([
    { ...expected, file: 'custom/one.rego' },
  ]);
  expect(await check({ 'custom/one_test.rego': unused })).toMatchObject([
    { ...expected, file: 'custom/one_test.rego' },
  ]);
});

test('a test may use a builtin that a policy may not', async () => {
  const line = 'a := sprintf("%d", [1])';
  expect(await check({ 'custom/one_test.rego': rego(line) })).toEqual([]);
  expect(await check({ 'custom/one.rego': rego(line) })).toMatchObject([
    { rule: 'rego', file: 'custom/one.rego', line: 5, message: expect.stringContaining('use') },
  ]);
});

test('findings in Rego and in data are told together', async () => {
  const findings = await check({
    'custom/one.rego': rego('a := b'),
    'operations/data.json': '{}\n',
    'plans/data.json': '{\n  "standard": {\n    "base": {},\n    "limits": {}\n  }\n}\n',
  });
  expect(findings.map(({ rule, file, line }) => `${rule} ${file}:${line}`)).toEqual([
    'rego custom/one.rego:5',
    'data plans/data.json:3',
    'data plans/data.json:3',
  ]);
});

test('data at the top is compared with the schema of its member', async () => {
  const findings = await check({
    'plans/data.json': null,
    'operations/data.json': null,
    'data.json': `{\n  "plans": {\n    "standard": ${JSON.stringify({ base: 7, limits: {} })}\n  }\n}\n`,
  });
  expect(findings).toMatchObject([{ rule: 'data', file: 'data.json', line: 3 }]);
});

test('a banned builtin in capabilities.json is a finding', async () => {
  const text = sourceOf('capabilities.json').replace('"name": "abs"', '"name": "http.send"');
  expect(await check({ 'capabilities.json': text })).toMatchObject([{ rule: 'capabilities', line: 4 }]);
});
