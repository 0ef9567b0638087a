// The policy compiler as the command line uses it.
import type { PolicyWorkbench } from '../cli/ports.ts';
import { fleetingOf, INPUT_LEAVES } from '../core/input-leaves.ts';
import { writeBundle } from '../policy/bundle-directory.ts';
import { checkPolicies } from '../policy/compiler/check-policies.ts';
import { compilePolicies } from '../policy/compiler/compile-policies.ts';
import { findOpa } from '../policy/compiler/opa-binary.ts';
import { testPolicies } from '../policy/compiler/test-policies.ts';

/** Every method rejects with OpaUnavailable when there is no compiler. */
export const workbench: PolicyWorkbench = {
  async build(directory, output) {
    const compiled = await compilePolicies(directory, { opa: await findOpa({ pinned: true }) });
    if (!compiled.ok) {
      return { revision: '', output, evaluatedBecauseOf: [], problems: compiled.problems };
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
