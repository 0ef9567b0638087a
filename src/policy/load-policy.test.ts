// A policy loads from wherever it lies, and a compiler is needed only when something was edited.
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  copyOfPolicies,
  DEFAULT_POLICIES,
  temporaryDirectory,
} from '../../test/support/policy/policy-directory.ts';
import { tarGz } from '../../test/support/policy/tar-archive.ts';
import { findOpa, OpaUnavailable } from './compiler/opa-binary.ts';
import { loadPolicy } from './load-policy.ts';

const BUILT = join(DEFAULT_POLICIES, 'bundle');
const noCompiler = { opa: () => findOpa({ env: { PATH: '' }, packageBinary: null }) };
const pinned = { opa: () => findOpa({ pinned: true }) };
const { revision } = JSON.parse(readFileSync(join(BUILT, '.manifest'), 'utf8')) as { revision: string };

/** Sources with their built bundle beside them. */
function sourcesAndBundle(): string {
  const directory = copyOfPolicies();
  cpSync(BUILT, join(directory, 'bundle'), { recursive: true });
  return directory;
}

test('sources whose built bundle fits start without a compiler', async () => {
  expect(await loadPolicy(sourcesAndBundle(), noCompiler)).toMatchObject({ ok: true, bundle: { revision } });
});

test('edited sources are compiled, and without a compiler the error says how to get one', async () => {
  const directory = sourcesAndBundle();
  writeFileSync(join(directory, 'operations/data.json'), '{}\n');
  await expect(loadPolicy(directory, noCompiler)).rejects.toThrow(OpaUnavailable);
  const result = await loadPolicy(directory, pinned);
  expect(result).toMatchObject({ ok: true, bundle: { data: { operations: {} } } });
  expect(result.ok && result.bundle.revision).not.toBe(revision);
});

test('a damaged bundle beside its sources is not used', async () => {
  const directory = sourcesAndBundle();
  writeFileSync(join(directory, 'bundle/data.json'), '{"operations":{},"plans":{}}');
  const result = await loadPolicy(directory, pinned);
  expect(result).toMatchObject({ ok: true, bundle: { revision } });
  expect(result.ok && Object.keys(result.bundle.data['plans'] ?? {})).toContain('standard');
});

test('a bundle beside its sources does not stand in for a directory that could not be read', async () => {
  const directory = sourcesAndBundle();
  symlinkSync(join(DEFAULT_POLICIES, 'postern'), join(directory, 'custom'));
  expect(await loadPolicy(directory, noCompiler)).toMatchObject({
    ok: false,
    problems: [{ file: 'custom' }],
  });
});

test('a bundle that is linked beside its sources is used', async () => {
  const directory = copyOfPolicies();
  symlinkSync(BUILT, join(directory, 'bundle'));
  expect(await loadPolicy(directory, noCompiler)).toMatchObject({ ok: true, bundle: { revision } });
});

test('a built bundle loads as a directory and as an archive, without a compiler', async () => {
  expect(await loadPolicy(BUILT, noCompiler)).toMatchObject({ ok: true, bundle: { revision } });
  const path = join(temporaryDirectory(), 'bundle.tar.gz');
  const names = ['data.json', 'policy.wasm', '.manifest'];
  writeFileSync(path, tarGz(names.map((name) => ({ name, bytes: readFileSync(join(BUILT, name)) }))));
  expect(await loadPolicy(path, noCompiler)).toMatchObject({ ok: true, bundle: { revision } });
});

test('broken sources are refused with their place, a missing path by name', async () => {
  const broken = copyOfPolicies({ 'postern/limits.rego': 'package postern.limits\n\nplan := nothing\n' });
  expect(await loadPolicy(broken, pinned)).toMatchObject({
    ok: false,
    problems: [{ file: 'postern/limits.rego', line: 3 }],
  });
  const none = join(temporaryDirectory(), 'none');
  expect(await loadPolicy(none, noCompiler)).toMatchObject({
    ok: false,
    problems: [{ message: expect.stringContaining(`There is no policy at ${none}:`) }],
  });
  expect(await loadPolicy(temporaryDirectory(), noCompiler)).toMatchObject({ ok: false });
});
