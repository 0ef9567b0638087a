// Settings from one YAML file, with the line of each, so that a mistake can be found. It must never
// run or include anything: YAML's core schema only, no custom tags, no repeated keys.
import { readFileSync } from 'node:fs';
import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import type { ConfigProblem } from './problem.ts';

/** Far above any sensible file. */
const FILE_BYTES_MAX = 1_048_576;

/** Nested ones multiply: so few cannot fill the memory. */
const ALIASES_MAX = 10;

/** A read file. */
export interface SettingsFromFile {
  /** The root mapping; empty when the file has problems of its own. */
  readonly values: unknown;
  readonly problems: readonly ConfigProblem[];
  /** `file:line` of a setting (or of the nearest one around it). */
  readonly originOf: (path: readonly PropertyKey[]) => string;
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const step of path) {
    if (!isCollection(node)) break;
    const pair = isMap(node)
      ? node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step)
      : undefined;
    const key = pair?.key;
    const next: unknown = pair === undefined ? node.get(step, true) : pair.value;
    if (pair === undefined && next === undefined) break;
    offset = (isNode(key) ? key.range?.[0] : isNode(next) ? next.range?.[0] : undefined) ?? offset;
    node = next;
  }
  return lines.linePos(offset).line;
}

function readText(file: string): string | ConfigProblem {
  const fault = (message: string): ConfigProblem => ({ path: '', origin: file, message });
  try {
    const bytes = readFileSync(file);
    if (bytes.byteLength > FILE_BYTES_MAX) return fault('the file is above 1 MiB');
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return fault('the file is not UTF-8 text');
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return fault(code === 'ENOENT' ? 'the file does not exist' : `the file cannot be read (${code})`);
  }
}

/** An alias is resolved only when the values are made, which throws for one that cannot be. */
function aliasProblems(document: Document, originAt: (offset: number) => string): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  let count = 0;
  visit(document, {
    Alias(_key, alias, ancestors) {
      count += 1;
      const target = alias.resolve(document);
      const message =
        target === undefined
          ? `the alias *${alias.source} has no anchor before it`
          : ancestors.includes(target)
            ? `the alias *${alias.source} stands within what it stands for`
            : count === ALIASES_MAX + 1
              ? `more than ${ALIASES_MAX} aliases`
              : '';
      if (message === '') return;
      problems.push({
        path: '',
        origin: originAt(alias.range?.[0] ?? 0),
        message: `not valid YAML: ${message}`,
      });
    },
  });
  return problems;
}

/** Reads and parses; never throws for what is in the file. */
export function settingsFromFile(file: string): SettingsFromFile {
  const text = readText(file);
  if (typeof text !== 'string') return { values: {}, problems: [text], originOf: () => file };
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: 'core',
    uniqueKeys: true,
  });
  const originAt = (offset: number) => `${file}:${lines.linePos(offset).line}`;
  const faults: ConfigProblem[] = [...document.errors, ...document.warnings].map((error) => ({
    path: '',
    origin: originAt(error.pos[0]),
    message: `not valid YAML: ${error.message.split('\n')[0] ?? ''}`,
  }));
  const problems = faults.length > 0 ? faults : aliasProblems(document, originAt);
  const originOf = (path: readonly PropertyKey[]) => `${file}:${lineOf(document, lines, path)}`;
  if (problems.length > 0) return { values: {}, problems, originOf };
  return { values: document.toJS({ maxAliasCount: -1 }) ?? {}, problems: [], originOf };
}
