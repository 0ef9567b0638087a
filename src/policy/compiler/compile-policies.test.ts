// What is compiled is what the sources say: same bytes everywhere, every fault with its place.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  copyOfPolicies,
  DEFAULT_POLICIES,
  temporaryDirectory,
} from '../../../test/support/policy/policy-directory.ts';
import type { PolicyProblem } from '../../pdp/admin-port.ts';
import type { Bundle } from '../bundle.ts';
import { loadBundleDirectory } from '../bundle-directory.ts';
import { compilePolicies } from './compile-policies.ts';
import { findOpa } from './opa-binary.ts';

const opa = await findOpa({ pinned: true });

async function compiled(directory: string): Promise<Bundle> {
  const result = await compilePolicies(directory, { opa });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.bundle;
}

async function problemsOf(
  changes: Readonly<Record<string, string | null>>,
): Promise<readonly PolicyProblem[]> {
  const result = await compilePolicies(copyOfPolicies(changes), { opa });
  return result.ok ? [] : result.problems;
}

const sourceOf = (path: string) => readFileSync(join(DEFAULT_POLICIES, path), 'utf8');

test('the same sources give the same bytes from any directory', async () => {
  const one = await compiled(copyOfPolicies());
  const other = copyOfPolicies();
  const elsewhere = join(temporaryDirectory(), 'a directory with another name');
  renameSync(other, elsewhere);
  const two = await compiled(elsewhere);
  expect(Buffer.compare(one.wasm, two.wasm)).toBe(0);
  expect(one.dataJson).toBe(two.dataJson);
  expect(one.manifest).toEqual(two.manifest);
});

test('the committed bundle is what the committed sources give', async () => {
  const committed = await loadBundleDirectory(join(DEFAULT_POLICIES, 'bundle'));
  const { manifest, dataJson, wasm } = await compiled(DEFAULT_POLICIES);
  expect(committed).toMatchObject({ ok: true, bundle: { manifest, dataJson } });
  expect(committed.ok && Buffer.compare(committed.bundle.wasm, wasm)).toBe(0);
});

test('a bundle says what it was built with and where it is entered', async () => {
  const { revision, manifest, data } = await compiled(DEFAULT_POLICIES);
  expect(revision).toMatch(/^[0-9a-f]{64}$/);
  expect(manifest).toMatchObject({ revision, entrypoints: ['postern/decision'], builtWith: 'opa 0.70.0' });
  expect(Object.keys(data).sort()).toEqual(['operations', 'plans']);
});

test('the revision moves with Rego, data and capabilities, not with tests and schemas', async () => {
  const { revision, wasm } = await compiled(copyOfPolicies());
  const revisionWith = async (path: string, text: string) =>
    (await compiled(copyOfPolicies({ [path]: text }))).revision;

  const withoutTests = await compiled(copyOfPolicies({ 'postern/data_test.rego': null }));
  expect(withoutTests.revision).toBe(revision);
  expect(Buffer.compare(withoutTests.wasm, wasm)).toBe(0);
  expect(await revisionWith('schemas/output.json', '{}')).toBe(revision);

  for (const path of ['postern/limits.rego', 'plans/data.json', 'capabilities.json']) {
    expect(await revisionWith(path, `${sourceOf(path)}\n`)).not.toBe(revision);
  }
});

test('broken Rego is reported with file and line', async () => {
  const text = `${sourceOf('postern/limits.rego')}\nbroken if {\n`;
  const problems = await problemsOf({ 'postern/limits.rego': text });
  expect(problems).toEqual([
    {
      file: 'postern/limits.rego',
      line: text.split('\n').length,
      message: expect.stringContaining('unexpected eof'),
    },
  ]);
});

test('faults in two files are reported both', async () => {
  const problems = await problemsOf({
    'custom/one.rego': 'package custom.one\n\nimport rego.v1\n\na := b\n',
    'custom/two.rego': 'package custom.two\n\nimport rego.v1\n\n\na := c\n',
  });
  expect(problems.map(({ file, line }) => `${file}:${line}`).sort()).toEqual([
    'custom/one.rego:5',
    'custom/two.rego:6',
  ]);
});

test('a banned builtin is refused with its place, the reason and what to use instead', async () => {
  const problems = await problemsOf({
    'custom/one.rego': 'package custom.one\n\nimport rego.v1\n\na := time.now_ns()\n',
  });
  expect(problems).toEqual([
    {
      file: 'custom/one.rego',
      line: 5,
      message: expect.stringMatching(
        /undefined function time\.now_ns: .*replayed; use input\.request\.time_us/,
      ),
    },
  ]);
});

test('a builtin that would run outside the module is refused', async () => {
  const problems = await problemsOf({
    'custom/one.rego': 'package custom.one\n\nimport rego.v1\n\na := units.parse("1K")\n',
  });
  expect(problems).toEqual([
    {
      file: 'custom/one.rego',
      line: 5,
      message: expect.stringContaining('not among the functions in capabilities.json'),
    },
  ]);
});

/** The default capabilities and these builtins of OPA's besides. */
function widened(names: readonly string[]): string {
  const capabilities = JSON.parse(sourceOf('capabilities.json')) as { builtins: unknown[] };
  const decl = { type: 'function', args: [{ type: 'number' }], result: { type: 'any' } };
  const more = names.map((name) => ({ name, decl }));
  return JSON.stringify({ ...capabilities, builtins: [...capabilities.builtins, ...more] }, null, 2);
}

test('widening capabilities.json by a banned builtin is refused, used or not', async () => {
  const text = widened(['rand.intn']);
  const line = text.split('\n').findIndex((row) => row.includes('"rand.intn"')) + 1;
  expect(await problemsOf({ 'capabilities.json': text })).toEqual([
    { file: 'capabilities.json', line, message: expect.stringContaining('must not use rand.intn') },
  ]);
});

test('data that does not fit its schema is refused with file and line', async () => {
  const plans = sourceOf('plans/data.json').replace(
    '"subject": "company_operation"',
    '"subject": "everybody"',
  );
  const operations = sourceOf('operations/data.json').replace('"cost_max": 50', '"cost_maximum": 50');
  const lineOf = (text: string, part: string) =>
    text.split('\n').findIndex((line) => line.includes(part)) + 1;
  const problems = await problemsOf({ 'plans/data.json': plans, 'operations/data.json': operations });
  expect(problems).toEqual([
    {
      file: 'operations/data.json',
      line: lineOf(operations, '"cost_maximum"'),
      message: expect.stringMatching(/^payments\.create_batch\.cost_maximum: is not known here/),
    },
    {
      file: 'plans/data.json',
      line: lineOf(plans, '"everybody"'),
      message: expect.stringMatching(/^standard\.limits\.expensive\.subject: /),
    },
  ]);
});

test('data that is not JSON is refused with file and line', async () => {
  const [problem] = await problemsOf({ 'plans/data.json': '{\n  "standard": {,\n}\n' });
  expect(problem).toMatchObject({ file: 'plans/data.json', message: expect.stringContaining('not JSON') });
  expect(problem?.line).toBe(2);
});

test('a missing entrypoint is refused', async () => {
  const text = sourceOf('postern/decision.rego').replaceAll('decision := {', 'verdict := {');
  const problems = await problemsOf({ 'postern/decision.rego': text, 'postern/decision_test.rego': null });
  expect(problems.length).toBe(1);
  expect(problems[0]?.message).toContain('decision');
});

test('a directory without capabilities or without Rego is refused', async () => {
  expect(await problemsOf({ 'capabilities.json': null })).toMatchObject([{ file: 'capabilities.json' }]);
  const directory = copyOfPolicies();
  rmSync(join(directory, 'postern'), { recursive: true });
  const result = await compilePolicies(directory, { opa });
  expect(result).toMatchObject({ ok: false, problems: [{ message: 'The directory has no .rego file.' }] });
});

test('data in YAML is refused, because it would be left out silently', async () => {
  expect(await problemsOf({ 'custom/data.yaml': 'a: 1\n' })).toMatchObject([{ file: 'custom/data.yaml' }]);
});

test('hidden files and a built bundle beside the sources are no sources', async () => {
  const directory = copyOfPolicies({ '.cache/x.rego': 'broken', 'bundle/data.json': '{"operations": 1}' });
  writeFileSync(join(directory, '.swap.rego'), 'broken');
  expect((await compiled(directory)).revision).toBe((await compiled(DEFAULT_POLICIES)).revision);
});
