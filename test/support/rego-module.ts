// Compiles Rego of a test with the OPA binary itself, without the checks of our own compiler: tests of the
// engine need modules that those checks refuse. Uses the first OPA that `findOpa` offers.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBundleArchive } from '../../src/policy/bundle-archive.ts';
import { findOpa } from '../../src/policy/compiler/opa-binary.ts';
import { runOpa } from '../../src/policy/compiler/run-opa.ts';

/** Limits under which every policy of the tests fits. */
export const ROOMY = { inputBytesMax: 65_536, memoryBytesMax: 16 << 20, memoryRecycleBytes: 4 << 20 };

/** Data with one plan: the least that a policy may have. */
export const ONE_PLAN = JSON.stringify({
  plans: {
    standard: {
      base: {
        key: { count: 60, period_ms: 60_000, burst: 10 },
        company: { count: 3_600, period_ms: 3_600_000, burst: 100 },
      },
      limits: {},
    },
  },
});

/** Compiles one Rego file (package and all) to the bytes of a WASM module. */
export async function compileRego(
  rego: string,
  entrypoint = 'postern/decision',
): Promise<Uint8Array<ArrayBuffer>> {
  const { path } = await findOpa();
  const directory = await mkdtemp(join(tmpdir(), 'postern-rego-'));
  try {
    await writeFile(join(directory, 'policy.rego'), rego);
    const args = ['build', '-t', 'wasm', '-e', entrypoint, '-o', 'bundle.tar.gz', 'policy.rego'];
    const { status, stdout, stderr } = await runOpa(path, args, { cwd: directory });
    if (status !== 0) throw new Error(`the test's Rego does not compile: ${stdout}${stderr}`);
    return new Uint8Array(readBundleArchive(await readFile(join(directory, 'bundle.tar.gz'))).wasm);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
