// Only what looks like OPA's is taken for a policy, and to look at it runs nothing of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { craftModule } from '../../test/support/crafted-module.ts';
import { DEFAULT_POLICIES } from '../../test/support/policy/policy-directory.ts';
import { type BundleFiles, openBundle } from './bundle.ts';
import { compileModule, prepareEvaluator } from './engine/prepare.ts';
import { compileShaped, FUNCTIONS } from './module-shape.ts';

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const MANIFEST = JSON.stringify({ wasm: [{ entrypoint: 'postern/decision', module: '/policy.wasm' }] });
const PLAN = { count: 1, period_ms: 1, burst: 1 };
const DATA = JSON.stringify({ plans: { standard: { base: { key: PLAN, company: PLAN } } } });

const problemOf = async (wasm: Uint8Array<ArrayBuffer>) => {
  const shaped = await compileShaped(wasm);
  return shaped.ok ? '' : shaped.problem;
};
const bundleOf = (wasm: Uint8Array): BundleFiles => ({
  wasm,
  dataJson: Buffer.from(DATA),
  manifest: Buffer.from(MANIFEST),
});

/** An import section with one function, e.g. `env.opa_abort`: type section, then the import. */
function importing(from: string, name: string): Uint8Array<ArrayBuffer> {
  const text = (value: string) => [value.length, ...Buffer.from(value)];
  const body = [1, ...text(from), ...text(name), 0, 0];
  return Uint8Array.from([...MAGIC, 1, 4, 1, 0x60, 0, 0, 2, body.length, ...body]);
}

test('the default policy has the shape', async () => {
  const wasm = readFileSync(join(DEFAULT_POLICIES, 'bundle/policy.wasm'));
  expect(await problemOf(new Uint8Array(wasm))).toBe('');
});

test('bytes that are no module are refused', async () => {
  for (const bytes of [[], [1, 2, 3], MAGIC.slice(0, 6)]) {
    expect(await problemOf(Uint8Array.from(bytes))).toMatch(/not a WebAssembly module/);
  }
});

test('a module that imports what only a real host has is refused, and it is named', async () => {
  expect(await problemOf(importing('wasi_snapshot_preview1', 'fd_write'))).toMatch(
    /imports wasi_snapshot_preview1\.fd_write/,
  );
  expect(await problemOf(importing('env', 'opa_builtin5'))).toMatch(/imports env\.opa_builtin5/);
  expect(await problemOf(importing('\n\u{7f}', 'x'))).toMatch(/imports \?\?\.x, which/);
});

test('a module that is not OPA’s is refused', async () => {
  expect(await problemOf(Uint8Array.from(MAGIC))).toMatch(
    /does not export builtins, .*: it is no OPA policy/,
  );
  expect(await problemOf(importing('env', 'opa_abort'))).toMatch(/it is no OPA policy/);
});

test('a module with memory that no limit would hold is refused', async () => {
  const message = 'The module brings memory of its own, which could not be bounded: it is no OPA policy.';
  const wasm = craftModule({ ownPages: 1 });
  expect(await compileModule(wasm)).toMatchObject({ ok: false, problems: [{ message }] });
  expect(await openBundle(bundleOf(wasm))).toMatchObject({ ok: false, problems: [{ message }] });
});

test.each(['start', 'entrypoints', 'builtins', 'opa_json_dump'] as const)(
  'a module that is broken in its %s is opened and compiled: nothing of it runs before it is tried',
  async (at) => {
    const wasm = craftModule({ fault: { at, is: 'trap' } });
    expect(await openBundle(bundleOf(wasm))).toMatchObject({ ok: true });
    expect(await compileModule(wasm)).toMatchObject({ ok: true });
  },
);

test.each<readonly [number, number]>([
  [1, 2],
  [2, 3],
])('a module of the ABI %i.%i is refused when it is loaded', async (...abi) => {
  const compiled = await compileModule(craftModule({ abi }));
  assert(compiled.ok);
  const message = `The module has the ABI ${abi.join('.')}; 1.3 or a later 1.x is needed.`;
  const limits = { inputBytesMax: 4_096, memoryBytesMax: 4 << 20, memoryRecycleBytes: 2 << 20 };
  const parts = { module: compiled.module, data: DATA, revision: 'r', generation: 1, limits };
  expect(prepareEvaluator(parts)).toEqual({
    ok: false,
    problems: [{ file: 'policy.wasm', line: 0, message }],
  });
});

test('a module needs the same exports when a bundle is opened and when it is loaded', async () => {
  for (const name of FUNCTIONS) {
    const wasm = craftModule({ without: [name] });
    const message = `The module does not export ${name}: it is no OPA policy.`;
    const refused = { ok: false, problems: [{ file: 'policy.wasm', message }] };
    expect(await openBundle(bundleOf(wasm))).toMatchObject(refused);
    expect(await compileModule(wasm)).toMatchObject(refused);
  }
});
