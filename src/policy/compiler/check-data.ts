/**
 * Judges the data files by all that the core, the engine and their own JSON Schemas will hold them to:
 * `schemas/plans.json` describes `data.plans`. A slip in a plan must be found at build time, not by a refused
 * partner, and whichever release of OPA there is.
 */
import { posix } from 'node:path';
import type { PolicyProblem } from '../../pdp/admin-port.ts';
import { type DataProblem, membersOf } from '../data-problem.ts';
import { problemsInPlans } from '../plan-rules.ts';
import { placeInFiles } from './data-place.ts';
import type { OpaBinary } from './opa-binary.ts';
import { problemsFromOpa } from './opa-problems.ts';
import { problemsInOperations } from './operation-rules.ts';
import type { PolicySource, PolicySources } from './policy-sources.ts';
import { runOpa } from './run-opa.ts';
import { openSchema } from './schema-rules.ts';
import { STAGE } from './staged-sources.ts';

/** These describe what goes in and out, not data. */
const NOT_DATA: ReadonlySet<string> = new Set(['input', 'output']);

/** What is wrong with the data, each at its file and line, in the order of the files. */
export async function problemsInData(
  stage: string,
  sources: PolicySources,
  opa: OpaBinary,
): Promise<PolicyProblem[]> {
  const schemas = sources.files.filter(({ path, kind }) => kind === 'schema' && !NOT_DATA.has(nameOf(path)));
  const files = sources.files.filter(({ kind }) => kind === 'data');
  const malformed = [...files, ...schemas].flatMap(problemsOfJson);
  if (malformed.length > 0) return malformed;

  // OPA itself puts the files together, as it will in the bundle, and says where two contradict each other.
  const args = ['eval', '--format', 'json', '--bundle', STAGE.data, 'data'];
  const run = await runOpa(opa.path, args, { cwd: stage });
  if (run.status !== 0) return problemsFromOpa(run);
  const data = dataIn(run.stdout);

  const problems = [
    ...problemsInPlans(data['plans']),
    ...problemsInOperations(data['operations'], data['plans']),
  ];
  const unusable: PolicyProblem[] = [];
  for (const schema of schemas) {
    const name = nameOf(schema.path);
    const judge = await openSchema(Object(parsed(schema))).catch((error: unknown) => String(error));
    if (typeof judge === 'string') unusable.push(unusableSchema(schema, judge));
    else problems.push(...judge(Object.hasOwn(data, name) ? data[name] : {}, [name]));
  }
  const placed = onePerPlace(problems).map((problem) => placeInFiles(problem, files));
  return [...placed, ...unusable].toSorted(byPlace);
}

function unusableSchema({ path }: PolicySource, told: string): PolicyProblem {
  return {
    file: path,
    line: 0,
    message: `The file is not a JSON Schema (draft 7) that can be used: ${told}`,
  };
}

function dataIn(stdout: string): Readonly<Record<string, unknown>> {
  const answer = JSON.parse(stdout) as { result: [{ expressions: [{ value: unknown }] }] };
  return membersOf(answer.result[0].expressions[0].value) ?? {};
}

/** The rules of the program know what to do instead, so they come first; their schema often finds the same. */
function onePerPlace(problems: readonly DataProblem[]): DataProblem[] {
  const told = new Map<string, DataProblem>();
  for (const problem of problems) {
    const key = JSON.stringify(problem.path);
    if (!told.has(key)) told.set(key, problem);
  }
  return [...told.values()];
}

function byPlace(one: PolicyProblem, other: PolicyProblem): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return one.line - other.line;
}

function problemsOfJson(file: PolicySource): PolicyProblem[] {
  try {
    if (membersOf(parsed(file)) !== null) return [];
    return [{ file: file.path, line: 1, message: 'The file is not a JSON object.' }];
  } catch (error) {
    const told = error instanceof Error ? error.message : '';
    const position = /line (\d+)/.exec(told)?.[1];
    return [{ file: file.path, line: Number(position ?? 0), message: `The file is not JSON: ${told}` }];
  }
}

function nameOf(path: string): string {
  return posix.basename(path, '.json');
}

function parsed(file: Pick<PolicySource, 'bytes'>): unknown {
  return JSON.parse(textOf(file));
}

function textOf({ bytes }: Pick<PolicySource, 'bytes'>): string {
  return Buffer.from(bytes).toString('utf8');
}
