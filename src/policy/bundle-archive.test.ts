// A crafted archive neither escapes, exhausts nor smuggles; one that OPA or tar wrote loads.
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { commandsOf } from '../../test/support/markdown-page.ts';
import {
  copyOfPolicies,
  DEFAULT_POLICIES,
  temporaryDirectory,
} from '../../test/support/policy/policy-directory.ts';
import { type TarEntry, tarGz } from '../../test/support/policy/tar-archive.ts';
import { readBundleArchive } from './bundle-archive.ts';
import { loadBundleArchive } from './bundle-directory.ts';
import { findOpa } from './compiler/opa-binary.ts';
import { runOpa } from './compiler/run-opa.ts';

const read = (name: string) => readFileSync(join(DEFAULT_POLICIES, 'bundle', name));
const FILES: readonly TarEntry[] = ['/data.json', '/policy.wasm', '/.manifest'].map((name) => ({
  name,
  bytes: read(name.slice(1)),
}));
const withEntry = (entry: TarEntry) => () => readBundleArchive(tarGz([...FILES, entry]));

test('the three files of a bundle are taken out as they are', () => {
  const files = readBundleArchive(tarGz(FILES));
  expect(Buffer.compare(files.wasm, read('policy.wasm'))).toBe(0);
  expect(Buffer.compare(files.dataJson, read('data.json'))).toBe(0);
  expect(Buffer.compare(files.manifest, read('.manifest'))).toBe(0);
});

test('what opa build writes loads, with the Rego left aside', async () => {
  const opa = await findOpa({ pinned: true });
  const cwd = copyOfPolicies();
  const output = join(temporaryDirectory(), 'bundle.tar.gz');
  const args = ['build', '-t', 'wasm', '-e', 'postern/decision', '-r', 'pipeline-7', '-o', output, '-b', '.'];
  expect(await runOpa(opa.path, [...args, '--ignore', '*_test.rego,schemas'], { cwd })).toMatchObject({
    status: 0,
  });
  expect(await loadBundleArchive(output)).toMatchObject({
    ok: true,
    bundle: { revision: 'pipeline-7', manifest: { entrypoints: ['postern/decision'] } },
  });
});

test('what the page’s tar command writes of a bundle’s directory loads', async () => {
  const [command] = commandsOf('docs/security-team.md').filter((line) => line.startsWith('tar '));
  const cwd = copyOfPolicies();
  cpSync(join(DEFAULT_POLICIES, 'bundle'), join(cwd, 'policies/bundle'), { recursive: true });
  execFileSync('sh', ['-c', command ?? 'false'], { cwd });
  const loaded = await loadBundleArchive(join(cwd, 'bundle.tar.gz'));
  expect(loaded).toMatchObject({ ok: true, bundle: { manifest: { entrypoints: ['postern/decision'] } } });
});

test('an archive on disk is checked like a directory', async () => {
  const path = join(temporaryDirectory(), 'bundle.tar.gz');
  writeFileSync(
    path,
    tarGz(FILES.map((file) => (file.name === '/data.json' ? { ...file, bytes: Buffer.from('{}') } : file))),
  );
  expect(await loadBundleArchive(path)).toMatchObject({ ok: false, problems: [{ file: '.manifest' }] });
});

test.each([
  '../policy.wasm',
  '/../../escape.rego',
  'a/../../b.rego',
  '././a.rego',
  './../a.rego',
  './/a.rego',
  'a/./b.rego',
  'a//b.rego',
  'a\\b.rego',
  '',
])('the path %j leads elsewhere and is refused', (name) => {
  expect(withEntry({ name })).toThrow(/leads elsewhere/);
});

test.each(['./', './sub/', 'sub'])('the directory %j is passed over', (name) => {
  const files = readBundleArchive(tarGz([{ name, type: '5' }, ...FILES]));
  expect(Buffer.compare(files.wasm, read('policy.wasm'))).toBe(0);
});

test.each(['../', 'a/../b/', './../', 'a//', '/../'])(
  'the directory %j leads elsewhere and is refused',
  (name) => {
    expect(withEntry({ name, type: '5' })).toThrow(/leads elsewhere/);
  },
);

test('a directory with content is refused', () => {
  const bytes = Buffer.from('hidden');
  expect(withEntry({ name: 'sub', type: '5', bytes })).toThrow(/more than plain files/);
});

test.each(['1', '2', '3', 'x', 'g', 'L'])('an entry of type %s is refused', (type) => {
  expect(withEntry({ name: 'a.rego', type })).toThrow(/more than plain files/);
});

test('a file that no bundle has, or one given twice, is refused', () => {
  expect(withEntry({ name: 'run.sh' })).toThrow(/no bundle has/);
  expect(withEntry({ name: 'sub/data.json' })).toThrow(/no bundle has/);
  for (const name of ['constructor', 'toString', '__proto__', 'valueOf']) {
    expect(withEntry({ name })).toThrow(/no bundle has/);
  }
  expect(withEntry({ name: 'policy.wasm' })).toThrow(/twice/);
  expect(withEntry({ name: '/.signatures.json' })).toThrow(/cannot be verified yet/);
});

test.each(['/data.json', '/policy.wasm', '/.manifest'])('an archive without %s is refused', (name) => {
  const rest = FILES.filter((file) => file.name !== name);
  expect(() => readBundleArchive(tarGz(rest))).toThrow(/lacks this file/);
});

test('a file above its cap, too many files and a bomb are refused', () => {
  const large = { name: 'data.json', bytes: Buffer.alloc(4 * 1024 * 1024 + 1) };
  expect(() => readBundleArchive(tarGz([large]))).toThrow(/larger than/);
  const many = Array.from({ length: 1_025 }, (_, place) => ({ name: `r${place}.rego` }));
  expect(() => readBundleArchive(tarGz(many))).toThrow(/more than 1024 files/);
  const directories = many.map((entry) => ({ ...entry, type: '5' }));
  expect(() => readBundleArchive(tarGz(directories))).toThrow(/more than 1024 files/);
  expect(() => readBundleArchive(gzipSync(Buffer.alloc(64 * 1024 * 1024)))).toThrow(/not gzip of at most/);
});

test('a damaged or truncated archive is refused', () => {
  const tar = (change: (bytes: Buffer) => Buffer) => {
    const blocks = Buffer.concat([Buffer.alloc(512), Buffer.alloc(1_024)]);
    return () => readBundleArchive(gzipSync(change(blocks)));
  };
  expect(() => readBundleArchive(Buffer.from('not gzip'))).toThrow(/not gzip/);
  expect(() => readBundleArchive(tarGz(FILES).subarray(0, 2_000))).toThrow(/not gzip/);
  expect(tar((blocks) => blocks.fill(0x41, 0, 512))).toThrow(/damaged/);
  const flipped = gunzipSync(tarGz(FILES));
  flipped[1] = (flipped[1] ?? 0) ^ 1;
  expect(() => readBundleArchive(gzipSync(flipped))).toThrow(/archive is damaged/);
  expect(tar(() => Buffer.alloc(0))).toThrow(/no end/);
  expect(withEntry({ name: 'a.rego', sizeBytes: 1_000_000 })).toThrow(/ends within this file/);
});
