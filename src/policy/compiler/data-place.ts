/**
 * From a place in the data to the file and line where its author wrote it. The data is put together from several
 * files, `a/b/data.json` being `data.a.b`, and one place may lie in any of the directories above it.
 */
import { posix } from 'node:path';
import type { PolicyProblem } from '../../pdp/admin-port.ts';
import type { DataProblem } from '../data-problem.ts';
import { depthOfPath, lineOfPath } from './json-line.ts';
import type { PolicySource } from './policy-sources.ts';

interface Candidate {
  readonly file: string;
  readonly text: string;
  /** What is left of the path inside the file. */
  readonly rest: readonly string[];
  /** How much of the path there is, from the top of the data. */
  readonly depth: number;
}

/** The problem in the file that goes furthest on the way to its place; in the one to be written when none is on it. */
export function placeInFiles({ path, message }: DataProblem, files: readonly PolicySource[]): PolicyProblem {
  const told = `${path.slice(path.length > 1 ? 1 : 0).join('.')}: ${message}`;
  const [nearest] = files
    .flatMap((file) => candidatesOf(file, path))
    .toSorted((one, other) => other.depth - one.depth || one.rest.length - other.rest.length);
  if (nearest === undefined) return { file: `${path[0]}/data.json`, line: 0, message: told };
  return { file: nearest.file, line: lineOfPath(nearest.text, nearest.rest), message: told };
}

function candidatesOf({ path: file, bytes }: PolicySource, path: readonly string[]): Candidate[] {
  const directory = posix.dirname(file);
  const above = directory === '.' ? [] : directory.split('/');
  if (above.some((name, place) => path[place] !== name)) return [];
  const text = Buffer.from(bytes).toString('utf8');
  const rest = path.slice(above.length);
  return [{ file, text, rest, depth: above.length + depthOfPath(text, rest) }];
}
