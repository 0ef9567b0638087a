// What `policy build` writes is what a sidecar takes: what it would refuse is said here, to the author; and no other
// `policy` command is content with less.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyOfPolicies, DEFAULT_POLICIES } from '../support/policy/policy-directory.ts';
import { newPlace, postern } from './running-sidecar.ts';

async function build(changes: Readonly<Record<string, string>>) {
  const place = newPlace();
  try {
    const output = join(place.directory, 'bundle');
    const ended = await postern(place, ['policy', 'build', copyOfPolicies(changes), '--output', output]);
    return { ...ended, files: existsSync(output) ? readdirSync(output).sort() : [] };
  } finally {
    place.remove();
  }
}

test('a policy that builds and answers is written', async () => {
  const { code, out, err, files } = await build({});
  expect({ code, err, files }).toEqual({
    code: 0,
    err: '',
    files: ['.manifest', 'data.json', 'policy.wasm'],
  });
  expect(out).toMatch(/^built revision [0-9a-f]{12} into /);
});

test('a plan that no sidecar would take fails its tests too, in the words of check and build', async () => {
  const place = newPlace();
  const plans = readFileSync(join(DEFAULT_POLICIES, 'plans/data.json'), 'utf8');
  const directory = copyOfPolicies({ 'plans/data.json': plans.replace('"burst": 60', '"burst": 0') });
  const told = async (command: string) => {
    const { code, out } = await postern(place, ['policy', command, directory, '--json']);
    const { problems, findings } = JSON.parse(out);
    return { code, problems: (problems ?? findings).map(({ message }: { message: string }) => message) };
  };
  const expected = { code: 1, problems: [expect.stringMatching(/burst.*whole number from 1/)] };
  try {
    for (const command of ['check', 'build', 'test']) expect(await told(command), command).toEqual(expected);
  } finally {
    place.remove();
  }
});

test('a policy that allows whatever it is asked is refused, and nothing is written', async () => {
  const { code, out, files } = await build({
    'postern/decision.rego': 'package postern\n\nimport rego.v1\n\ndecision := {"allow": true}\n',
  });
  expect({ code, files }).toEqual({ code: 1, files: [] });
  expect(out).toContain('policy.wasm The policy allows the input {}.\n');
});

test('widening capabilities.json by a builtin that needs the host is refused once it is used', async () => {
  const sourceOf = (path: string) => readFileSync(join(DEFAULT_POLICIES, path), 'utf8');
  const capabilities = JSON.parse(sourceOf('capabilities.json')) as { builtins: unknown[] };
  const decl = { type: 'function', args: [{ type: 'number' }], result: { type: 'any' } };
  const builtins = [...capabilities.builtins, { name: 'time.weekday', decl }];
  const { code, out, files } = await build({
    'capabilities.json': JSON.stringify({ ...capabilities, builtins }, null, 2),
    'postern/ownership.rego': sourceOf('postern/ownership.rego').replace(
      'company_is_active if input.company.status == "active"',
      'company_is_active if time.weekday(1) == "Thursday"',
    ),
  });
  expect({ code, files }).toEqual({ code: 1, files: [] });
  expect(out).toContain('policy.wasm The module needs builtins that are not offered: time.weekday.\n');
});
