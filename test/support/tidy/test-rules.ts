/**
 * What a test must not do (STYLE): be left out, be repeated until it passes, sleep, or be unable to fail.
 */
import { type Finding, nameOf, type SourceFile, type SyntaxNode, walk } from './source-file.ts';

const SUITE = /^(test|it|describe|suite)$/;
const LEFT_OUT = /^(skip|only|todo|fails|skipIf|runIf)$/;
const SLEEP = /^(setTimeout|sleep)$/;
const TIMERS = /^(node:)?timers(\/promises)?$/;

function rootOf(node: unknown): string {
  let at: unknown = node;
  for (;;) {
    const inner: unknown = Reflect.get(Object(at), 'object') ?? Reflect.get(Object(at), 'callee');
    if (inner === undefined) return nameOf(at);
    at = inner;
  }
}

function isLiteral(node: unknown): boolean {
  return Reflect.get(Object(node), 'type') === 'Literal';
}

/** `expect(1).toBe(1)`: both sides are literals. */
function comparesLiterals(call: SyntaxNode): boolean {
  const callee = Object(call['callee']);
  const expectCall = Object(Reflect.get(callee, 'object'));
  const [actual] = Object(Reflect.get(expectCall, 'arguments') ?? []);
  const [expected] = Object(call['arguments'] ?? []);
  return nameOf(Reflect.get(expectCall, 'callee')) === 'expect' && isLiteral(actual) && isLiteral(expected);
}

function nodeRule(node: SyntaxNode): string | null {
  if (node.type === 'MemberExpression') {
    const property = nameOf(node['property']);
    return LEFT_OUT.test(property) && SUITE.test(rootOf(node)) ? `no ${property}: a test always runs` : null;
  }
  if (node.type === 'Property' && nameOf(node['key']) === 'retry') {
    return nameOf(node['value']) === '' && Reflect.get(Object(node['value']), 'value') === 0
      ? null
      : 'no retries';
  }
  if (node.type !== 'CallExpression') return null;
  const called = nameOf(node['callee']) || nameOf(Reflect.get(Object(node['callee']), 'property'));
  if (SLEEP.test(called)) return 'no sleeping: wait for what the test is about';
  return comparesLiterals(node) ? 'the assertion cannot fail' : null;
}

/** Findings of a file under test/ or beside its source. */
export function testFindings(file: SourceFile): Finding[] {
  const findings: Finding[] = file.imports
    .filter(({ target }) => TIMERS.test(target))
    .map(({ line }) => ({ path: file.path, line, rule: 'no sleeping: wait for what the test is about' }));
  walk(file.program, (node) => {
    const rule = nodeRule(node);
    if (rule !== null) findings.push({ path: file.path, line: file.lineAt(node.start), rule });
  });
  return findings;
}
