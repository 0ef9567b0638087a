// Lays the sources of settings over each other, checks the result against the schema, and words what
// is wrong. After a mistake the other settings are still checked: all are to be told at once.
import type { z } from 'zod';
import { closestName } from './closest-name.ts';
import type { SettingsFromFile } from './from-file.ts';
import type { ConfigProblem } from './problem.ts';
import { type Settings, settingsSchema } from './schema.ts';
import { SETTINGS } from './setting-list.ts';

/** The file below, single values (of the environment, then of the command line) above. */
export interface SettingsLayer {
  readonly file: SettingsFromFile | null;
  readonly values: readonly {
    readonly path: readonly string[];
    readonly origin: string;
    readonly value: unknown;
    /** It yields to what the file or an earlier value says. */
    readonly isDefault?: boolean;
  }[];
}

export interface ParsedSettings {
  /** Defaults stand in for settings that have problems. */
  readonly settings: Settings;
  readonly problems: readonly ConfigProblem[];
  /** Where the value of a setting came from. */
  readonly originOf: (path: string) => string;
}

type Branch = Record<PropertyKey, unknown>;

function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null;
}

function setAt(root: Branch, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  if (rest.length === 0) {
    root[name] = value;
    return;
  }
  const inner = root[name];
  // A section that is not one is reported by the schema; a value from outside must not hide that.
  if (inner !== undefined && inner !== null && !isBranch(inner)) return;
  const branch = isBranch(inner) ? inner : {};
  root[name] = branch;
  setAt(branch, rest, value);
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((branch, step) => (isBranch(branch) ? branch[step] : undefined), root);
}

function removeAt(root: unknown, path: readonly PropertyKey[]): void {
  const last = path.at(-1);
  const branch = valueAt(root, path.slice(0, -1));
  if (last !== undefined && isBranch(branch)) {
    if (Array.isArray(branch)) branch.splice(Number(last), 1);
    else delete branch[last];
  }
}

/** Names that are known in a section. */
function namesIn(section: readonly PropertyKey[]): string[] {
  const inside = SETTINGS.filter(({ path }) => section.every((step, depth) => path[depth] === step));
  return [...new Set(inside.flatMap(({ path }) => path[section.length] ?? []))];
}

function wordingOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `must be one of ${issue.values.map((value) => `\`${String(value)}\``).join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' ? 'must not be empty' : `must be at least ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'string') return `must have at most ${issue.maximum} characters`;
      return issue.origin === 'array'
        ? `must have at most ${issue.maximum} entries`
        : `must be at most ${issue.maximum}`;
    case 'invalid_type':
      return `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
    default:
      return issue.message;
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a whole number',
  string: 'text',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'a section with settings of its own',
};

/** One mistake as zod tells it: its path, and what to leave out so that the rest can be judged. */
function mistakesOf(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string }[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: wordingOf(issue) }];
  return issue.keys.map((key) => {
    const close = closestName(key, namesIn(issue.path));
    const hint = close === null ? '' : `; did you mean \`${close}\`?`;
    return { path: [...issue.path, key], message: `is not a setting${hint}` };
  });
}

/** An empty section in YAML (`ledger:`) is null and means its defaults. */
function dropEmptySections(root: Branch): void {
  for (const [name, value] of Object.entries(root)) {
    if (value === null) delete root[name];
    else if (isBranch(value) && !Array.isArray(value)) dropEmptySections(value);
  }
}

/** Merges, checks, and words every mistake. */
export function parseSettings(layer: SettingsLayer): ParsedSettings {
  const fromFile = layer.file?.values;
  const root: Branch = isBranch(fromFile) && !Array.isArray(fromFile) ? structuredClone(fromFile) : {};
  dropEmptySections(root);
  const applied = layer.values.filter(({ path, value, isDefault }) => {
    if (isDefault === true && valueAt(root, path) !== undefined) return false;
    setAt(root, path, value);
    return true;
  });
  const originOf = (path: string): string => {
    const set = applied.findLast((one) => one.path.join('.') === path);
    if (set !== undefined) return set.origin;
    return layer.file === null ? 'default' : layer.file.originOf(path.split('.'));
  };
  const problems: ConfigProblem[] = [];
  if (fromFile !== undefined && (!isBranch(fromFile) || Array.isArray(fromFile))) {
    problems.push({ path: '', origin: originOf(''), message: 'the file must be a mapping of settings' });
  }
  const parsed = settingsSchema.safeParse(root);
  if (parsed.success) return { settings: parsed.data, problems, originOf };
  const mistakes = parsed.error.issues.flatMap(mistakesOf);
  for (const { path, message } of mistakes) {
    const name = path.map(String).join('.');
    problems.push({ path: name, origin: originOf(name), message });
  }
  // From the last to the first, so that places in a list stay what they are.
  for (const { path } of mistakes.toReversed()) removeAt(root, path);
  return { settings: settingsSchema.parse(root), problems, originOf };
}
