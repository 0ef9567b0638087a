/**
 * Runs `opa check` over staged sources: parse and type errors, the input and data schemas, the
 * capabilities. The tests are checked too, but may use builtins that a compiled policy may not.
 */
import type { PolicyProblem } from '../../pdp/admin-port.ts';
import type { OpaBinary } from './opa-binary.ts';
import { problemsFromOpa } from './opa-problems.ts';
import type { PolicySources, SourceKind } from './policy-sources.ts';
import { runOpa } from './run-opa.ts';
import { STAGE } from './staged-sources.ts';

export interface RegoCheck {
  /** With OPA's strict mode, the schemas and the tests; without, only what keeps a policy from compiling. */
  readonly strict: boolean;
}

/** All problems that `opa check` finds, each with its place. */
export async function problemsInRego(
  stage: string,
  sources: PolicySources,
  opa: OpaBinary,
  { strict }: RegoCheck,
): Promise<PolicyProblem[]> {
  const capabilities = ['--capabilities', STAGE.capabilities];
  const schemas = strict && hasSchemas(sources) ? ['--strict', '--schema', STAGE.schemas] : [];
  const main = await check(stage, opa, [
    ...capabilities,
    ...schemas,
    ...paths(sources, STAGE.main, ['rego']),
  ]);
  if (!strict || main.length > 0) return main;
  return check(stage, opa, ['--strict', ...paths(sources, STAGE.all, ['rego', 'test'])]);
}

async function check(stage: string, opa: OpaBinary, args: readonly string[]): Promise<PolicyProblem[]> {
  const run = await runOpa(opa.path, ['check', '--format', 'json', '--max-errors', '0', ...args], {
    cwd: stage,
  });
  return run.status === 0 ? [] : problemsFromOpa(run);
}

function hasSchemas(sources: PolicySources): boolean {
  return sources.files.some((file) => file.kind === 'schema');
}

function paths(sources: PolicySources, place: string, kinds: readonly SourceKind[]): string[] {
  return sources.files.filter((file) => kinds.includes(file.kind)).map((file) => `${place}/${file.path}`);
}
