/**
 * One source file as the tidy rules see it: its text, its syntax tree, and where what stands in it.
 * It must not judge anything; the rules do.
 */
import { parseSync } from 'rolldown/utils';

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
}

export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export interface ImportFact {
  /** As written, or the path from the repository's root when it is relative. */
  readonly target: string;
  readonly isRelative: boolean;
  readonly isReexport: boolean;
  readonly line: number;
}

export interface CommentFact {
  readonly text: string;
  readonly start: number;
  readonly line: number;
  readonly lines: number;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly lineCount: number;
  readonly comments: readonly CommentFact[];
  readonly imports: readonly ImportFact[];
  readonly program: SyntaxNode;
  readonly lineAt: (offset: number) => number;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string';
}

/** The children of a node, in the order of the text. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return Object.values(node).flat().filter(isNode);
}

/** Calls `visit` for every node under `node`, with its ancestors, nearest last. */
export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, ancestors: readonly SyntaxNode[]) => void,
  ancestors: readonly SyntaxNode[] = [],
): void {
  visit(node, ancestors);
  const below = [...ancestors, node];
  for (const child of childrenOf(node)) walk(child, visit, below);
}

/** The name of an identifier, a private name or a string key, else an empty string. */
export function nameOf(node: unknown): string {
  if (!isNode(node)) return '';
  const name = node['name'] ?? node['value'];
  return typeof name === 'string' ? name : '';
}

function createLineIndex(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? Infinity) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

function resolveTarget(path: string, specifier: string): string {
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}

/** Parses one file. `path` is relative to the repository's root. Throws on a syntax error. */
export function parseSource(path: string, text: string): SourceFile {
  const { program, module, comments, errors } = parseSync(path, text, { lang: 'ts', sourceType: 'module' });
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`);
  const lineAt = createLineIndex(text);
  const importFact = (specifier: string, start: number, isReexport: boolean): ImportFact => {
    const isRelative = specifier.startsWith('.');
    const target = isRelative ? resolveTarget(path, specifier) : specifier;
    return { target, isRelative, isReexport, line: lineAt(start) };
  };
  const unquote = (span: { start: number; end: number }) => text.slice(span.start + 1, span.end - 1);
  const reexports = module.staticExports.flatMap(({ start, entries }) =>
    entries.flatMap((entry) =>
      entry.moduleRequest ? [importFact(entry.moduleRequest.value, start, true)] : [],
    ),
  );
  return {
    path,
    text,
    lineCount: text.replace(/\n$/, '').split('\n').length,
    comments: comments.map(({ value, start, end }) => ({
      text: value,
      start,
      line: lineAt(start),
      lines: lineAt(end) - lineAt(start) + 1,
    })),
    imports: [
      ...module.staticImports.map((one) => importFact(one.moduleRequest.value, one.start, false)),
      ...module.dynamicImports.map((one) => importFact(unquote(one.moduleRequest), one.start, false)),
      ...reexports,
    ],
    program: program as unknown as SyntaxNode,
    lineAt,
  };
}
