/**
 * Compares the data files with their JSON Schemas, with OPA's own validator: `schemas/plans.json`
 * describes `data.plans`. A slip in a plan must be found at build time, not by a refused partner.
 */
import { posix } from 'node:path';
import type { PolicyProblem } from '../../pdp/admin-port.ts';
import { lineOfPath } from './json-line.ts';
import type { OpaBinary } from './opa-binary.ts';
import { problemsFromOpa } from './opa-problems.ts';
import type { PolicySource, PolicySources } from './policy-sources.ts';
import { runOpa } from './run-opa.ts';
import { STAGE } from './staged-sources.ts';

/** These describe what goes in and out, not data. */
const NOT_DATA: ReadonlySet<string> = new Set(['input', 'output']);

interface SchemaError {
  readonly field: string;
  readonly desc: string;
}

/** Differences between the data and its schemas, each at its file and line. */
export async function problemsInData(
  stage: string,
  sources: PolicySources,
  opa: OpaBinary,
): Promise<PolicyProblem[]> {
  const malformed = sources.files.flatMap((file) => (file.kind === 'data' ? problemsOfJson(file) : []));
  if (malformed.length > 0) return malformed;
  const schemas = sources.files.filter((file) => file.kind === 'schema' && !NOT_DATA.has(nameOf(file)));
  if (schemas.length === 0) return [];

  const input = Object.fromEntries(
    schemas.map((file) => [nameOf(file), JSON.parse(textOf(file)) as unknown]),
  );
  const query =
    '{name: found | some name, schema in input; found := json.match_schema(object.get(data, name, {}), schema)}';
  const args = ['eval', '--format', 'json', '--import', 'rego.v1', '--stdin-input'];
  const run = await runOpa(opa.path, [...args, '--bundle', STAGE.data, query], {
    cwd: stage,
    stdin: JSON.stringify(input),
  });
  if (run.status !== 0) return problemsFromOpa(run);
  return Object.entries(matchesIn(run.stdout)).flatMap(([name, [, errors]]) =>
    errors.map((error) => problemAt(sources, name, error)),
  );
}

function matchesIn(stdout: string): Readonly<Record<string, readonly [boolean, readonly SchemaError[]]>> {
  const answer = JSON.parse(stdout) as { result: [{ expressions: [{ value: never }] }] };
  return answer.result[0].expressions[0].value;
}

function problemAt(sources: PolicySources, name: string, error: SchemaError): PolicyProblem {
  const files = sources.files.filter((file) => file.kind === 'data');
  const own = files.find((file) => file.path === `${name}/data.json`);
  const file = own ?? files.find((candidate) => candidate.path === 'data.json');
  const field = error.field === '(root)' ? '' : error.field;
  const path = own === undefined ? [name, field].filter((part) => part !== '').join('.') : field;
  const line = file === undefined ? 0 : lineOfPath(textOf(file), path);
  return { file: file?.path ?? '', line, message: `${field === '' ? name : field}: ${error.desc}` };
}

function problemsOfJson(file: PolicySource): PolicyProblem[] {
  try {
    const parsed: unknown = JSON.parse(textOf(file));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return [];
    return [{ file: file.path, line: 1, message: 'The file is not a JSON object.' }];
  } catch (error) {
    const told = error instanceof Error ? error.message : '';
    const position = /line (\d+)/.exec(told)?.[1];
    return [{ file: file.path, line: Number(position ?? 0), message: `The file is not JSON: ${told}` }];
  }
}

function nameOf(file: PolicySource): string {
  return posix.basename(file.path, '.json');
}

function textOf(file: PolicySource): string {
  return Buffer.from(file.bytes).toString('utf8');
}
