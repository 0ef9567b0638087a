/**
 * All that can be said about policy sources without running them: format, parse and type errors in
 * strict mode against the schemas, banned and unknown builtins, data against its schemas. Each
 * finding names its place and what to do. Writes nothing.
 */
import type { PolicyProblem } from '../../pdp/admin-port.ts';
import { problemsInCapabilities } from './check-capabilities.ts';
import { problemsInData } from './check-data.ts';
import { problemsInFormat } from './check-format.ts';
import { problemsInRego } from './check-rego.ts';
import type { CompileOptions } from './compile-policies.ts';
import { findOpa } from './opa-binary.ts';
import { readPolicySources } from './policy-sources.ts';
import { withStage } from './staged-sources.ts';

/** Which check found something. */
export type FindingRule = 'sources' | 'capabilities' | 'format' | 'rego' | 'data';

export interface PolicyFinding extends PolicyProblem {
  readonly rule: FindingRule;
}

/** Checks a directory. Empty: nothing to say. Throws OpaUnavailable without a compiler. */
export async function checkPolicies(
  directory: string,
  options: CompileOptions = {},
): Promise<PolicyFinding[]> {
  const [sources, opa] = await Promise.all([readPolicySources(directory), options.opa ?? findOpa()]);
  const early = [
    ...named('sources', sources.problems),
    ...named('capabilities', problemsInCapabilities(sources)),
  ];
  if (early.length > 0) return early;
  return withStage(sources.files, async (stage) => {
    const rego = named('rego', await problemsInRego(stage, sources, opa, { strict: true }));
    const data = named('data', await problemsInData(stage, sources, opa));
    // What does not parse cannot be formatted, and would be reported twice.
    const format = rego.length > 0 ? [] : named('format', await problemsInFormat(stage, sources, opa));
    return [...rego, ...data, ...format];
  });
}

function named(rule: FindingRule, problems: readonly PolicyProblem[]): PolicyFinding[] {
  return problems.map((problem) => ({ rule, ...problem }));
}
