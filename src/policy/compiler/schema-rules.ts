/**
 * Compares data with a JSON Schema (draft 7). By Ajv, not by OPA's `json.match_schema`: what that one enforces
 * depends on the release (0.70 ignores `pattern`, in names as well), and a rule that nobody enforces is found
 * by a partner. A keyword that Ajv does not know is an error, never ignored.
 */
import type { ErrorObject } from 'ajv';
import type { DataProblem } from '../data-problem.ts';

/** Says what is wrong with the data at this place: at most one problem for each place in it. */
export type SchemaJudge = (data: unknown, path: readonly string[]) => DataProblem[];

/** Rejects with a message when the schema itself cannot be used. */
export async function openSchema(schema: object): Promise<SchemaJudge> {
  // Loaded only where policies are checked or compiled: a running sidecar holds what it loads for ever.
  const { Ajv } = await import('ajv');
  const validate = new Ajv({ allErrors: true, verbose: true, strictTypes: false, logger: false }).compile(
    schema,
  );
  return (data, path) => (validate(data) ? [] : problemsOf(validate.errors ?? [], path));
}

/** Keywords that tell less than another at the same place: than what the alternative or the name fails by. */
const GENERAL: readonly string[] = ['anyOf', 'oneOf', 'propertyNames'];

function problemsOf(errors: readonly ErrorObject[], root: readonly string[]): DataProblem[] {
  const told = new Map<string, { readonly error: ErrorObject; readonly problem: DataProblem }>();
  for (const error of errors) {
    const problem = { path: [...root, ...placeOf(error)], message: messageOf(error) };
    const key = JSON.stringify(problem.path);
    const other = told.get(key);
    if (other === undefined || rankOf(error) > rankOf(other.error)) told.set(key, { error, problem });
  }
  return [...told.values()].map(({ problem }) => problem);
}

/** A type alone comes last: where several are allowed, each would complain of the others. */
function rankOf({ keyword }: ErrorObject): number {
  if (keyword === 'type') return 0;
  return GENERAL.includes(keyword) ? 1 : 2;
}

/** A member that is missing, unknown or misnamed is the place, not the object around it. */
function placeOf({ instancePath, keyword, params, propertyName }: ErrorObject): string[] {
  const names = instancePath.split('/').slice(1);
  const place = names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const member: unknown =
    propertyName ??
    (keyword === 'required' ? params['missingProperty'] : undefined) ??
    params['additionalProperty'] ??
    params['propertyName'];
  return typeof member === 'string' ? [...place, member] : place;
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function messageOf({ keyword, params, parentSchema, message }: ErrorObject): string {
  switch (keyword) {
    case 'type':
      return `must be ${TYPES[String(params['type'])] ?? params['type']}`;
    case 'required':
      return 'is missing';
    case 'additionalProperties':
      return `is not known here: there may be ${Object.keys(Object(parentSchema?.['properties'])).join(', ')}`;
    case 'enum':
      return `must be one of ${[params['allowedValues']].flat().join(', ')}`;
    case 'minimum':
      return `must be at least ${params['limit']}`;
    case 'maximum':
      return `must be at most ${params['limit']}`;
    case 'maxItems':
      return `must have at most ${params['limit']} entries`;
    case 'uniqueItems':
      return 'must not have an entry twice';
    case 'pattern':
      return `must match ${params['pattern']}`;
    case 'anyOf':
      return `is none of what the schema allows here. ${parentSchema?.['description'] ?? ''}`.trimEnd();
    default:
      return message ?? `does not fit \`${keyword}\` of the schema`;
  }
}
