// What cannot be read is named, in words that need no knowledge of system calls.
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { mountPolicies } from '../../../test/support/policy/mounted-policies.ts';
import {
  copyOfPolicies,
  DEFAULT_POLICIES,
  temporaryDirectory,
} from '../../../test/support/policy/policy-directory.ts';
import { PosternError } from '../../core/error.ts';
import { checkPolicies } from './check-policies.ts';
import { compilePolicies } from './compile-policies.ts';
import { findOpa } from './opa-binary.ts';
import { readPolicySources } from './policy-sources.ts';
import { testPolicies } from './test-policies.ts';

const opa = await findOpa({ pinned: true });
const BLOCKED = { 'custom/blocked.rego': 'package custom.blocked\n\nis_blocked := true\n' };
const LINKED = /^Linked directories are not read: /;
const linked = (file: string) => [{ file, line: 0, message: expect.stringMatching(LINKED) }];

test('a directory that is not there, and a file in its place, are refused by name', async () => {
  const root = temporaryDirectory();
  writeFileSync(join(root, 'file'), '');
  for (const [name, reason] of [
    ['none', 'it does not exist'],
    ['file', 'it is not a directory'],
  ]) {
    const path = join(root, String(name));
    const error = await readPolicySources(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PosternError);
    expect(error).toMatchObject({ message: `The policies at ${path} cannot be read: ${reason}.` });
  }
});

/** Puts a directory elsewhere, and a link to it in its place. */
function linkAway(directory: string, path: string): void {
  const elsewhere = join(temporaryDirectory(), 'elsewhere');
  renameSync(join(directory, path), elsewhere);
  symlinkSync(elsewhere, join(directory, path));
}

test('a linked directory is named by whatever reads it: without its rules a deny could be missing', async () => {
  const directory = copyOfPolicies(BLOCKED);
  linkAway(directory, 'custom');
  const problems = linked('custom');
  expect(await checkPolicies(directory, { opa })).toMatchObject(problems);
  expect(await compilePolicies(directory, { opa })).toEqual({ ok: false, problems });
  expect(await testPolicies(directory, { opa })).toMatchObject({ ok: false, problems });
});

test.each(['operations', 'custom/deep', 'schemas/more', 'rules.rego'])(
  'a directory that is linked as %s is named by its path',
  async (path) => {
    const directory = copyOfPolicies({ [`${path}/a.rego`]: 'package a\n' });
    linkAway(directory, path);
    const { problems } = await readPolicySources(directory);
    expect(problems).toEqual(linked(path));
  },
);

test('links in a circle and links to nowhere are named, and hidden ones are nobody’s', async () => {
  const directory = copyOfPolicies();
  symlinkSync(directory, join(directory, 'postern/around'));
  symlinkSync(join(directory, 'none'), join(directory, 'shared'));
  symlinkSync('itself', join(directory, 'itself'));
  symlinkSync(DEFAULT_POLICIES, join(directory, '.hidden'));
  const { problems, files } = await readPolicySources(directory);
  const lost = { line: 0, message: 'The link leads nowhere, so what it stood for is missing.' };
  expect(new Set(problems)).toEqual(
    new Set([...linked('postern/around'), { file: 'shared', ...lost }, { file: 'itself', ...lost }]),
  );
  expect(files).toEqual((await readPolicySources(copyOfPolicies())).files);
});

test('a mounted ConfigMap gives what was put into it, in directories as well', async () => {
  const content = copyOfPolicies(BLOCKED);
  const mount = join(temporaryDirectory(), 'mount');
  mountPolicies(content, mount, 'v1');
  expect(await readPolicySources(mount)).toEqual(await readPolicySources(content));
  // A name that is no link of the mount's own, and one within what a link of its own led to.
  symlinkSync('..data/custom', join(mount, 'other'));
  symlinkSync(DEFAULT_POLICIES, join(mount, '..v1/custom/more'));
  const { problems } = await readPolicySources(mount);
  expect(new Set(problems)).toEqual(new Set([...linked('other'), ...linked('custom/more')]));
});

test('links of a mount that lead round in circles end', async () => {
  const mount = copyOfPolicies();
  symlinkSync('.', join(mount, '..data'));
  symlinkSync('..data/custom', join(mount, 'custom'));
  expect((await readPolicySources(mount)).problems).toMatchObject([{ file: 'custom' }]);
});

test('what is nested too deeply is refused, not cut off', async () => {
  const directory = copyOfPolicies();
  const deep = join(directory, ...Array.from({ length: 17 }, () => 'd'), 'a.rego');
  mkdirSync(dirname(deep), { recursive: true });
  writeFileSync(deep, 'package a\n');
  expect((await readPolicySources(directory)).problems).toContainEqual({
    file: '',
    line: 0,
    message: 'The directory has more than 1000 files, or is nested too deeply.',
  });
});
