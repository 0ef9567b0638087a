// The checks that every bundle passes, wherever it came from.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_POLICIES } from '../../test/support/policy/policy-directory.ts';
import { type BundleFiles, contentDigest, openBundle } from './bundle.ts';

const read = (name: string) => readFileSync(join(DEFAULT_POLICIES, 'bundle', name));
const built: BundleFiles = {
  wasm: read('policy.wasm'),
  dataJson: read('data.json'),
  manifest: read('.manifest'),
};

const resolver = { entrypoint: 'postern/decision', module: '/policy.wasm' };
const manifestOf = (manifest: unknown) => Buffer.from(JSON.stringify(manifest));
const withManifest = (manifest: unknown) => openBundle({ ...built, manifest: manifestOf(manifest) });

const refused = (file: string, message: RegExp) => ({
  ok: false,
  problems: [{ file, line: 0, message: expect.stringMatching(message) }],
});

test('a pipeline that records neither revision nor digest gets the content digest as revision', async () => {
  const digest = contentDigest(built);
  const result = await withManifest({ wasm: [resolver] });
  expect(result).toMatchObject({
    ok: true,
    bundle: { revision: digest, manifest: { digest: null, builtWith: null } },
  });
});

test('the digest covers the module and the data, each in its place', () => {
  const digests = [
    built,
    { ...built, dataJson: Buffer.from('{}') },
    { ...built, wasm: new Uint8Array(8) },
    { wasm: built.dataJson, dataJson: built.wasm },
  ].map(contentDigest);
  expect(new Set(digests).size).toBe(4);
});

test.each([
  ['[]', /not a JSON object/],
  ['{', /not JSON/],
  ['{"revision": 7}', /revision/],
  ['{"revision": "two words"}', /revision/],
  [`{"revision": "${'r'.repeat(129)}"}`, /revision/],
  ['{"roots": "a"}', /roots/],
  ['{"metadata": []}', /metadata/],
  ['{"metadata": {"postern": "x"}}', /metadata/],
  ['{}', /name \/policy\.wasm/],
  ['{"wasm": []}', /name \/policy\.wasm/],
  ['{"wasm": [7]}', /name \/policy\.wasm/],
  ['{"wasm": [{"entrypoint": "postern/decision", "module": "/other.wasm"}]}', /name \/policy\.wasm/],
])('the manifest %s is refused', async (text, message) => {
  expect(await openBundle({ ...built, manifest: Buffer.from(text) })).toEqual(refused('.manifest', message));
});

test('a digest that is no text is refused, not skipped', async () => {
  const manifest = { wasm: [resolver], metadata: { postern: { digest: 7 } } };
  expect(await withManifest(manifest)).toEqual(refused('.manifest', /digest must be a text/));
});

test('data that is not a JSON object in UTF-8 is refused', async () => {
  const manifest = manifestOf({ wasm: [resolver] });
  for (const [dataJson, message] of [
    [Buffer.from('[1]'), /not a JSON object/],
    [Buffer.from('nonsense'), /not JSON/],
    [Buffer.from([0x7b, 0xff, 0x7d]), /not UTF-8/],
  ] as const) {
    expect(await openBundle({ ...built, manifest, dataJson })).toEqual(refused('data.json', message));
  }
});

test('a module in a pooled buffer is copied out of it', async () => {
  const pool = Buffer.concat([Buffer.alloc(100), built.wasm, Buffer.alloc(100)]);
  const wasm = pool.subarray(100, 100 + built.wasm.length);
  const result = await openBundle({ ...built, wasm });
  expect(result.ok && result.bundle.wasm.buffer.byteLength).toBe(built.wasm.length);
});
