// What counts as a change of a policy source: its content, nothing else.
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestOfSource, scanSource } from './watch-digest.ts';

let directory = '';
const inside = (...names: string[]) => join(directory, ...names);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postern-digest-'));
  await mkdir(inside('postern'));
  await writeFile(inside('postern', 'decision.rego'), 'package postern\n');
  await writeFile(inside('data.json'), '{}');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

test.each<[string, () => Promise<unknown>]>([
  [
    'an edited file of the same length',
    () => writeFile(inside('postern', 'decision.rego'), 'package posterm\n'),
  ],
  ['edited data', () => writeFile(inside('data.json'), '[]')],
  ['a new file', () => writeFile(inside('limits.rego'), '')],
  ['a new file below', () => writeFile(inside('postern', 'data.yaml'), '')],
  ['a manifest', () => writeFile(inside('.manifest'), '{}')],
  ['a removed file', () => rm(inside('data.json'))],
  ['another name', () => rm(inside('data.json')).then(() => writeFile(inside('date.json'), '{}'))],
  ['a linked directory', () => symlink(inside('postern'), inside('linked'))],
  ['a link to nowhere', () => symlink('nowhere', inside('linked'))],
  ['a directory that went away', () => rm(directory, { recursive: true })],
])('%s gives another digest', async (_name, change) => {
  const before = await digestOfSource(directory);
  await change();
  expect(await digestOfSource(directory)).not.toBe(before);
});

test.each<[string, () => Promise<unknown>]>([
  ['the same content written again', () => writeFile(inside('data.json'), '{}')],
  ['another time', () => utimes(inside('data.json'), 1, 1)],
  ['a file that no policy has', () => writeFile(inside('README.md'), 'x')],
  ["an editor's swap file", () => writeFile(inside('.decision.rego.swp'), 'x')],
  ["an editor's backup", () => writeFile(inside('decision.rego~'), 'x')],
  ['a hidden directory', () => mkdir(inside('.git')).then(() => writeFile(inside('.git', 'x.json'), '1'))],
  ['an empty directory', () => mkdir(inside('more'))],
])('%s gives the same digest', async (_name, change) => {
  const before = await digestOfSource(directory);
  await change();
  expect(await digestOfSource(directory)).toBe(before);
});

test('a file by itself is digested whatever its name', async () => {
  const bundle = inside('bundle.tar.gz');
  const absent = await digestOfSource(bundle);
  await writeFile(bundle, 'one');
  const one = await digestOfSource(bundle);
  await writeFile(bundle, 'two');
  expect(new Set([absent, one, await digestOfSource(bundle)]).size).toBe(3);
});

test('links to files are followed, links in circles end', async () => {
  await symlink(inside('data.json'), inside('linked.json'));
  await symlink(directory, inside('postern', 'around'));
  await symlink(inside('nowhere'), inside('broken.json'));
  const before = await digestOfSource(directory);
  await writeFile(inside('data.json'), '{"a":1}');
  const after = await digestOfSource(directory);
  expect(after).not.toBe(before);
});

test('a directory of a mounted ConfigMap is looked into, wherever its link leads', async () => {
  for (const version of ['..v1', '..v2']) {
    await mkdir(inside(version, 'custom'), { recursive: true });
    await writeFile(inside(version, 'custom', 'a.rego'), version);
  }
  await symlink('..v1', inside('..data'));
  await symlink('..data/custom', inside('custom'));
  const before = await scanSource(directory);
  expect(before.directories).toContain(inside('custom'));
  const digest = await digestOfSource(directory);
  await rm(inside('..data'));
  await symlink('..v2', inside('..data'));
  expect(await digestOfSource(directory)).not.toBe(digest);
});

test('content cannot pass for a file of another name', async () => {
  await writeFile(inside('a.json'), '1\nb.json\n2');
  const one = await digestOfSource(directory);
  await writeFile(inside('a.json'), '1');
  await writeFile(inside('b.json'), '2');
  expect(await digestOfSource(directory)).not.toBe(one);
});
