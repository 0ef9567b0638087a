/**
 * Turns what OPA says into problems with file, line and what to do. Knows both of its forms: the
 * JSON of `--format json`, which some releases write to standard error, and plain text.
 */
import type { PolicyProblem } from '../../pdp/admin-port.ts';
import { adviceForBuiltin } from './builtin-rules.ts';
import { STAGE } from './staged-sources.ts';

interface OpaError {
  readonly message?: string;
  readonly location?: { readonly file?: string; readonly row?: number };
}

/** Problems in the output of a failed `opa … --format json`, or of a failed `opa build`. Never empty. */
export function problemsFromOpa(run: { readonly stdout: string; readonly stderr: string }): PolicyProblem[] {
  const listed = [run.stderr, run.stdout].flatMap(errorsInJson).flatMap((error) => {
    const message = error.message ?? 'OPA gave no message.';
    if (error.location?.file === undefined) return problemsInText(message);
    const { file, row } = error.location;
    return [{ file: withoutStage(file), line: row ?? 0, message: withAdvice(message) }];
  });
  if (listed.length > 0) return distinct(listed);
  const told = problemsInText(`${run.stderr}\n${run.stdout}`);
  return told.length > 0 ? distinct(told) : [{ file: '', line: 0, message: 'OPA failed without a message.' }];
}

function errorsInJson(text: string): readonly OpaError[] {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || !('errors' in parsed)) return [];
    const errors: unknown = parsed.errors;
    return Array.isArray(errors) ? errors : [errors as OpaError];
  } catch {
    return [];
  }
}

/** `policies/a.rego:5: rego_parse_error: unexpected eof token` anywhere in a line. */
function problemsInText(text: string): PolicyProblem[] {
  const lines = text.split('\n').map((line) => line.trim());
  const placed = lines.flatMap((line) => {
    const match = /(?:^|\s)(\S+\.(?:rego|json)):(?:(\d+):)?\s*(?:rego_\w+:\s*)?(.+)$/.exec(line);
    if (match === null) return [];
    const [, file = '', row = '0', message = ''] = match;
    return [{ file: withoutStage(file), line: Number(row), message: withAdvice(message) }];
  });
  if (placed.length > 0) return placed;
  const first = lines.find((line) => line !== '');
  return first === undefined ? [] : [{ file: '', line: 0, message: first.replace(/^error: /, '') }];
}

/** The path that the author knows, of a path inside the stage. */
export function withoutStage(file: string): string {
  const relative = file.replace(/^\.?\//, '');
  const place = [STAGE.all, STAGE.data, STAGE.main].find((name) => relative.startsWith(`${name}/`));
  return place === undefined ? relative : relative.slice(place.length + 1);
}

/** OPA calls a builtin that the capabilities lack an undefined function: say why it is not there. */
function withAdvice(message: string): string {
  const name = /undefined function (\S+)/.exec(message)?.[1];
  return name === undefined ? message : `${message}: ${adviceForBuiltin(name)}`;
}

function distinct(problems: readonly PolicyProblem[]): PolicyProblem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
