// Only a module that OPA compiled and that needs nothing of its host is one of ours.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { craftModule } from '../../test/support/crafted-module.ts';
import { DEFAULT_POLICIES } from '../../test/support/policy/policy-directory.ts';
import { compileModule, prepareEvaluator } from './engine/prepare.ts';
import { inspectModule, ModuleRefused } from './inspect-module.ts';
import { FUNCTIONS } from './module-shape.ts';

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** An import section with one function, e.g. `env.opa_abort`: type section, then the import. */
function importing(from: string, name: string): Uint8Array<ArrayBuffer> {
  const text = (value: string) => [value.length, ...Buffer.from(value)];
  const body = [1, ...text(from), ...text(name), 0, 0];
  return Uint8Array.from([...MAGIC, 1, 4, 1, 0x60, 0, 0, 2, body.length, ...body]);
}

test('the default policy says its entrypoint and needs nothing from its host', async () => {
  const contract = await inspectModule(
    new Uint8Array(readFileSync(join(DEFAULT_POLICIES, 'bundle/policy.wasm'))),
  );
  expect([...contract.entrypoints.keys()]).toEqual(['postern/decision']);
  expect(contract.hostBuiltins).toEqual([]);
});

test('bytes that are no module are refused', async () => {
  for (const bytes of [[], [1, 2, 3], MAGIC.slice(0, 6)]) {
    await expect(inspectModule(Uint8Array.from(bytes))).rejects.toThrow(/not a WebAssembly module/);
  }
});

test('a module that imports what only a real host has is refused, and it is named', async () => {
  await expect(inspectModule(importing('wasi_snapshot_preview1', 'fd_write'))).rejects.toThrow(
    /imports wasi_snapshot_preview1\.fd_write/,
  );
  await expect(inspectModule(importing('env', 'opa_builtin5'))).rejects.toThrow(/imports env\.opa_builtin5/);
});

test('a module that is not OPA’s is refused', async () => {
  await expect(inspectModule(Uint8Array.from(MAGIC))).rejects.toThrow(
    /does not export builtins, .*: it is no OPA policy/,
  );
  await expect(inspectModule(importing('env', 'opa_abort'))).rejects.toThrow(ModuleRefused);
});

test.each<readonly [number, number]>([
  [1, 2],
  [2, 3],
])(
  'an ABI is taken or refused alike when a bundle is opened and when it is loaded: %i.%i',
  async (...abi) => {
    const wasm = craftModule({ abi });
    const message = `The module has the ABI ${abi.join('.')}; 1.3 or a later 1.x is needed.`;
    await expect(inspectModule(wasm)).rejects.toThrow(message);
    const compiled = await compileModule(wasm);
    assert(compiled.ok);
    const limits = { inputBytesMax: 4_096, memoryBytesMax: 4 << 20, memoryRecycleBytes: 2 << 20 };
    const plan = { count: 1, period_ms: 1, burst: 1 };
    const data = JSON.stringify({ plans: { standard: { base: { key: plan, company: plan } } } });
    const prepared = prepareEvaluator({
      module: compiled.module,
      data,
      revision: 'r',
      generation: 1,
      limits,
    });
    expect(prepared).toEqual({ ok: false, problems: [{ file: 'policy.wasm', line: 0, message }] });
  },
);

test('a module needs the same exports when a bundle is opened and when it is loaded', async () => {
  for (const name of FUNCTIONS) {
    const wasm = craftModule({ without: [name] });
    const message = `The module does not export ${name}: it is no OPA policy.`;
    await expect(inspectModule(wasm)).rejects.toThrow(message);
    expect(await compileModule(wasm)).toMatchObject({ ok: false, problems: [{ message }] });
  }
});
