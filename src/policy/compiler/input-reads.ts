/**
 * Which leaves of its input a policy reads, from the syntax of its Rego: everything that a policy learns of its
 * input begins at the variable `input`, which nothing may shadow. What is not understood counts as read.
 */
import { INPUT_LEAVES, type InputLeaf, leavesBelow } from '../../core/input-leaves.ts';
import type { OpaBinary } from './opa-binary.ts';
import type { PolicySources } from './policy-sources.ts';
import { runOpa } from './run-opa.ts';

const PARSE = '[module | file := input[_]; module := rego.parse_module(file.name, file.text)]';

/** Comparing it with null does not read what is in it, and a question always tells whether it is there. */
const NULLABLE = 'request.resource';
const COMPARISONS: readonly unknown[] = ['equal', 'neq', 'eq'];

/** The leaves in their own order, or null when the Rego could not be parsed: the build says why. */
export async function readsOfInput(
  sources: PolicySources,
  opa: OpaBinary,
  stage: string,
): Promise<readonly InputLeaf[] | null> {
  const files = sources.files
    .filter((file) => file.kind === 'rego')
    .map((file) => ({ name: file.path, text: Buffer.from(file.bytes).toString('utf8') }));
  const run = await runOpa(opa.path, ['eval', '--format', 'json', '--stdin-input', PARSE], {
    cwd: stage,
    stdin: JSON.stringify(files),
  });
  const modules = run.status === 0 ? modulesOf(run.stdout) : [];
  if (modules.length !== files.length) return null;
  const read = new Set<InputLeaf>();
  for (const module of modules) visit(module, read);
  return INPUT_LEAVES.filter((leaf) => read.has(leaf));
}

/** A file that cannot be parsed makes the list shorter, and the whole of it `undefined` in newer releases. */
function modulesOf(stdout: string): readonly unknown[] {
  const answer: unknown = JSON.parse(stdout);
  const value = memberOf(
    memberOf(memberOf(memberOf(memberOf(answer, 'result'), 0), 'expressions'), 0),
    'value',
  );
  return Array.isArray(value) ? value : [];
}

function visit(node: unknown, read: Set<InputLeaf>): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    if (!isNullCheck(node)) for (const each of node) visit(each, read);
    return;
  }
  const path = inputPathOf(node);
  if (path === null) {
    for (const each of Object.values(node)) visit(each, read);
    return;
  }
  for (const leaf of leavesBelow(path)) read.add(leaf);
  // What a path is indexed with may read the input as well.
  const rest = memberOf(node, 'value');
  if (Array.isArray(rest)) for (const each of rest.slice(1)) visit(each, read);
}

/** The constant beginning of a path below `input`, or null when the node is not one. */
function inputPathOf(node: object): readonly string[] | null {
  const type = memberOf(node, 'type');
  const value = memberOf(node, 'value');
  if (type === 'var') return value === 'input' ? [] : null;
  if (type !== 'ref' || !Array.isArray(value) || memberOf(value[0], 'value') !== 'input') return null;
  const path: string[] = [];
  for (const term of value.slice(1)) {
    const member = memberOf(term, 'value');
    if (memberOf(term, 'type') !== 'string' || typeof member !== 'string') break;
    path.push(member);
  }
  return path;
}

function isNullCheck(terms: readonly unknown[]): boolean {
  const [operator, one, other] = terms;
  const name = memberOf(memberOf(memberOf(operator, 'value'), 0), 'value');
  if (terms.length !== 3 || !COMPARISONS.includes(name)) return false;
  return (isNullable(one) && isNull(other)) || (isNull(one) && isNullable(other));
}

function isNullable(term: unknown): boolean {
  const value = memberOf(term, 'value');
  if (typeof term !== 'object' || term === null || !Array.isArray(value)) return false;
  const path = inputPathOf(term);
  return path?.join('.') === NULLABLE && value.length === path.length + 1;
}

function isNull(term: unknown): boolean {
  return memberOf(term, 'type') === 'null';
}

function memberOf(value: unknown, name: string | number): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
