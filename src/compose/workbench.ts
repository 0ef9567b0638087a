// The policy compiler as the command line uses it. What it built is tried as a sidecar will try it, so that
// its author hears of what would be refused before anybody loads it.
import type { PolicyWorkbench } from '../cli/ports.ts';
import { fleetingOf, INPUT_LEAVES } from '../core/input-leaves.ts';
import type { PolicyProblem } from '../pdp/admin-port.ts';
import type { Bundle } from '../policy/bundle.ts';
import { writeBundle } from '../policy/bundle-directory.ts';
import { checkPolicies } from '../policy/compiler/check-policies.ts';
import { compilePolicies } from '../policy/compiler/compile-policies.ts';
import { findOpa } from '../policy/compiler/opa-binary.ts';
import { testPolicies } from '../policy/compiler/test-policies.ts';
import { compileModule } from '../policy/engine/prepare.ts';
import { ENTRY } from './entry.ts';
import { tryCandidate } from './trial-host.ts';

/** As wide as the configuration allows: how much memory a sidecar gives is not known here. */
const LIMITS = { inputBytesMax: 65_536, memoryBytesMax: 512 << 20, memoryRecycleBytes: 256 << 20 } as const;

/** Every method rejects with OpaUnavailable when there is no compiler. */
export const workbench: PolicyWorkbench = {
  async build(directory, output) {
    const compiled = await compilePolicies(directory, { opa: await findOpa({ pinned: true }) });
    const refused = compiled.ok ? await tryBundle(compiled.bundle) : compiled.problems;
    if (!compiled.ok || refused.length > 0) {
      return { revision: '', output, evaluatedBecauseOf: [], problems: refused };
    }
    const { revision, manifest } = compiled.bundle;
    // Without what it reads the compiler did not understand its own output: then all of it may be read.
    const evaluatedBecauseOf = fleetingOf(manifest.reads ?? INPUT_LEAVES).map((leaf) => `input.${leaf}`);
    await writeBundle(output, compiled.bundle);
    return { revision, output, evaluatedBecauseOf, problems: [] };
  },
  check: (directory) => checkPolicies(directory),
  test: (directory, coverageMin) => testPolicies(directory, { coverageMin }),
};

async function tryBundle({ wasm, dataJson, manifest, revision }: Bundle): Promise<readonly PolicyProblem[]> {
  const compiled = await compileModule(wasm);
  if (!compiled.ok) return compiled.problems;
  const payload = { module: compiled.module, data: dataJson, reads: manifest.reads };
  return tryCandidate({ payload, revision, limits: LIMITS }, { entry: ENTRY, keepsProcess: true });
}
