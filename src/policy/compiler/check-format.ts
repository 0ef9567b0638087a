/**
 * Compares each Rego file with what `opa fmt` makes of it and names the first line that differs.
 * Never rewrites a file.
 */
import type { PolicyProblem } from '../../pdp/admin-port.ts';
import type { OpaBinary } from './opa-binary.ts';
import { problemsFromOpa } from './opa-problems.ts';
import type { PolicySources } from './policy-sources.ts';
import { runOpa } from './run-opa.ts';
import { STAGE } from './staged-sources.ts';

/** One problem a file that `opa fmt` would change. */
export async function problemsInFormat(
  stage: string,
  sources: PolicySources,
  opa: OpaBinary,
): Promise<PolicyProblem[]> {
  const listed = await runOpa(opa.path, ['fmt', '--list', STAGE.all], { cwd: stage });
  if (listed.status !== 0) return problemsFromOpa(listed);
  const changed = new Set(listed.stdout.split('\n').filter((line) => line !== ''));
  const problems: PolicyProblem[] = [];
  for (const file of sources.files.filter(({ path }) => changed.has(`${STAGE.all}/${path}`))) {
    const formatted = await runOpa(opa.path, ['fmt', `${STAGE.all}/${file.path}`], { cwd: stage });
    const line = firstDifference(Buffer.from(file.bytes).toString('utf8'), formatted.stdout);
    problems.push({ file: file.path, line, message: `Not formatted: run \`opa fmt --write ${file.path}\`.` });
  }
  return problems;
}

function firstDifference(text: string, formatted: string): number {
  const expected = formatted.split('\n');
  return text.split('\n').findIndex((line, place) => line !== expected[place]) + 1;
}
