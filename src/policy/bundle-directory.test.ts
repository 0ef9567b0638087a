// A bundle loads only as it was built: what is damaged, foreign, unlisted or too large is refused by name.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_POLICIES, temporaryDirectory } from '../../test/support/policy/policy-directory.ts';
import type { BundleResult } from './bundle.ts';
import { loadBundleArchive, loadBundleDirectory, writeBundle } from './bundle-directory.ts';

const loaded = await loadBundleDirectory(join(DEFAULT_POLICIES, 'bundle'));
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
const { bundle } = loaded;

async function written(): Promise<string> {
  const directory = temporaryDirectory();
  await writeBundle(directory, bundle);
  return directory;
}

/** Loads a copy of the default bundle after this change of its files. */
async function loadChanged(change: (directory: string) => void): Promise<BundleResult> {
  const directory = await written();
  change(directory);
  return loadBundleDirectory(directory);
}

const refused = (file: string, message: RegExp) => ({
  ok: false,
  problems: [{ file, line: 0, message: expect.stringMatching(message) }],
});

test('what is written is loaded again, byte for byte', async () => {
  const directory = await written();
  expect(readdirSync(directory).sort()).toEqual(['.manifest', 'data.json', 'policy.wasm']);
  const again = await loadBundleDirectory(directory);
  expect(again).toMatchObject({ ok: true, bundle: { manifest: bundle.manifest, dataJson: bundle.dataJson } });
  expect(again.ok && Buffer.compare(again.bundle.wasm, bundle.wasm)).toBe(0);
});

test('a bundle can be written over an older one', async () => {
  const directory = await written();
  const revision = 'another-revision';
  await writeBundle(directory, { ...bundle, revision, manifest: { ...bundle.manifest, revision } });
  expect(await loadBundleDirectory(directory)).toMatchObject({ ok: true, bundle: { revision } });
});

test.each(['policy.wasm', 'data.json'])('one changed byte in %s is noticed', async (name) => {
  const result = await loadChanged((directory) => {
    const bytes = readFileSync(join(directory, name));
    bytes[bytes.length - 2] = (bytes[bytes.length - 2] ?? 0) ^ 1;
    writeFileSync(join(directory, name), bytes);
  });
  expect(result).toEqual(refused('.manifest', /not what was built: its digest is sha256:[0-9a-f]{64}/));
});

test('a truncated file is noticed', async () => {
  const result = await loadChanged((directory) => truncateSync(join(directory, 'policy.wasm'), 1_000));
  expect(result).toEqual(refused('.manifest', /not what was built/));
});

test.each(['policy.wasm', 'data.json', '.manifest'])('a bundle without %s is refused', async (name) => {
  const directory = temporaryDirectory();
  const whole = await written();
  for (const kept of readdirSync(whole).filter((file) => file !== name)) {
    writeFileSync(join(directory, kept), readFileSync(join(whole, kept)));
  }
  expect(await loadBundleDirectory(directory)).toEqual(refused(name, /missing/));
});

test('a file that no bundle has is refused, a mounted ConfigMap is not', async () => {
  const stranger = await loadChanged((directory) => writeFileSync(join(directory, 'extra.json'), '{}'));
  expect(stranger).toEqual(refused('extra.json', /no bundle has/));
  const mounted = await loadChanged((directory) => {
    mkdirSync(join(directory, '..2030_01_01'));
    symlinkSync('..2030_01_01', join(directory, '..data'));
  });
  expect(mounted.ok).toBe(true);
});

test('a signed bundle is refused rather than loaded unverified', async () => {
  const result = await loadChanged((directory) => writeFileSync(join(directory, '.signatures.json'), '{}'));
  expect(result).toEqual(refused('.signatures.json', /cannot be verified yet/));
});

test('files above their caps are refused unread', async () => {
  for (const [name, bytes] of [
    ['policy.wasm', 16],
    ['data.json', 4],
    ['.manifest', 1],
  ] as const) {
    const result = await loadChanged((directory) =>
      truncateSync(join(directory, name), bytes * 1024 * 1024 + 1),
    );
    expect(result).toEqual(refused(name, /larger than/));
  }
});

test('a directory that is not there is refused', async () => {
  expect(await loadBundleDirectory(join(temporaryDirectory(), 'none'))).toEqual(refused('', /ENOENT/));
  expect(await loadBundleArchive(join(temporaryDirectory(), 'none'))).toEqual(refused('', /missing/));
});

test('a bundle half written is never taken for a whole one', async () => {
  const directory = await written();
  // As if the writer had ended after its first file.
  writeFileSync(join(directory, 'data.json'), '{"operations":{},"plans":{}}');
  writeFileSync(join(directory, '..policy.wasm.new'), 'half');
  expect(await loadBundleDirectory(directory)).toEqual(refused('.manifest', /not what was built/));
  expect(existsSync(join(directory, 'policy.wasm'))).toBe(true);
});
