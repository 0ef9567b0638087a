/**
 * Who may import whom (DESIGN section 2). The direction is
 * main → compose → {grpc, policy, storage, ops, cli} → pdp → core; adapters never see each other.
 */
import { type Finding, nameOf, type SourceFile, type SyntaxNode, walk } from './source-file.ts';

/** What each layer may import of ours, itself included. */
const ALLOWED: Record<string, readonly string[]> = {
  main: ['compose'],
  compose: ['compose', 'config', 'core', 'pdp', 'policy', 'storage', 'grpc', 'ops', 'cli', 'client', 'gen'],
  config: ['config', 'core'],
  core: ['core'],
  pdp: ['pdp', 'core'],
  policy: ['policy', 'pdp', 'core'],
  storage: ['storage', 'pdp', 'core'],
  grpc: ['grpc', 'gen', 'pdp', 'core'],
  ops: ['ops', 'pdp', 'core'],
  cli: ['cli', 'client', 'gen', 'pdp', 'core'],
  client: ['client', 'gen', 'core'],
  gen: ['gen'],
};

/** Packages that one adapter alone may know. */
const CONFINED: readonly { readonly packages: RegExp; readonly layers: readonly string[] }[] = [
  { packages: /^(better-sqlite3|node:sqlite)$/, layers: ['storage'] },
  { packages: /^(@grpc\/|protobufjs|grpc-health-check)/, layers: ['grpc', 'gen', 'client', 'cli'] },
  { packages: /^(commander|cli-table3)$/, layers: ['cli'] },
  { packages: /^(pino|prom-client|@opentelemetry\/)/, layers: ['ops'] },
];

/** A test may stand at the other end of the wire. */
const ALLOWED_IN_TESTS: Record<string, readonly string[]> = { grpc: ['client'], client: ['grpc'] };

const PURE = new Set(['core', 'pdp']);
const IMPURE_GLOBALS =
  /^(process|performance|setTimeout|setInterval|setImmediate|crypto|fetch|console|Buffer)$/;

/** The layer a path under src/ belongs to; an empty string when it has no place. */
export function layerOf(path: string): string {
  if (path.startsWith('src/grpc/gen/')) return 'gen';
  const name = /^src\/(?:([a-z]+)\/|([a-z]+)(?:\.test)?\.ts$)/.exec(path);
  const layer = name?.[1] ?? name?.[2] ?? '';
  return layer in ALLOWED ? layer : '';
}

const isTest = (path: string) => path.endsWith('.test.ts');

function relativeRule(path: string, layer: string, target: string): string | null {
  if (!target.startsWith('src/')) {
    const mayBeUsed = isTest(path) && target.startsWith('test/support/');
    return mayBeUsed ? null : `${layer} must not import ${target}: outside src/`;
  }
  const other = layerOf(target);
  const allowed = [...(ALLOWED[layer] ?? []), ...(isTest(path) ? (ALLOWED_IN_TESTS[layer] ?? []) : [])];
  if (allowed.includes(other)) return null;
  return `${layer} must not import ${other === '' ? target : other}`;
}

function packageRule(path: string, layer: string, target: string): string | null {
  if (PURE.has(layer) && !isTest(path)) return `${layer} is pure: it must not import ${target}`;
  const confined = CONFINED.find(({ packages }) => packages.test(target));
  if (confined === undefined || confined.layers.includes(layer)) return null;
  return `${target} is for ${confined.layers.join(', ')} only`;
}

/** A use of time, chance or the process, or null. */
function impurityOf(node: SyntaxNode, parent: SyntaxNode | undefined): string | null {
  if (node.type === 'MemberExpression') {
    const member = `${nameOf(node['object'])}.${nameOf(node['property'])}`;
    return member === 'Date.now' || member === 'Math.random' ? member : null;
  }
  if (node.type === 'NewExpression' && nameOf(node['callee']) === 'Date') {
    return Array.isArray(node['arguments']) && node['arguments'].length === 0 ? 'new Date()' : null;
  }
  if (node.type !== 'Identifier' || !IMPURE_GLOBALS.test(nameOf(node))) return null;
  const isMember = parent?.type === 'MemberExpression' && parent['property'] === node && !parent['computed'];
  const isKey = parent?.['key'] === node && parent['shorthand'] !== true;
  return isMember || isKey ? null : nameOf(node);
}

function purityFindings(file: SourceFile, layer: string): Finding[] {
  const findings: Finding[] = [];
  walk(file.program, (node, ancestors) => {
    const impurity = impurityOf(node, ancestors.at(-1));
    if (impurity === null) return;
    findings.push({
      path: file.path,
      line: file.lineAt(node.start),
      rule: `${layer} is pure: it must not use ${impurity}`,
    });
  });
  return findings;
}

const SQL =
  /^\s*(SELECT\s[\s\S]*\sFROM\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|(CREATE|DROP|ALTER)\s+(TABLE|(UNIQUE\s+)?INDEX)\s|PRAGMA\s+\w|BEGIN\s+IMMEDIATE)/;

function confinedTextFindings(file: SourceFile, layer: string): Finding[] {
  const findings: Finding[] = [];
  walk(file.program, (node) => {
    const quasi = node['value'];
    const text = node.type === 'TemplateElement' ? String(Reflect.get(Object(quasi), 'raw')) : quasi;
    if (typeof text !== 'string') return;
    const add = (rule: string) => findings.push({ path: file.path, line: file.lineAt(node.start), rule });
    if (layer !== 'storage' && SQL.test(text)) add('SQL belongs to storage');
    if (layer !== 'policy' && /^opa_\w+$/.test(text)) add("OPA's ABI belongs to policy");
  });
  return findings;
}

/** Findings of one file under src/. */
export function layerFindings(file: SourceFile): Finding[] {
  const layer = layerOf(file.path);
  if (layer === '') return [{ path: file.path, line: 1, rule: 'the file has no place in the layout' }];
  const imports = file.imports.flatMap(({ target, isRelative, line }) => {
    const rule = isRelative ? relativeRule(file.path, layer, target) : packageRule(file.path, layer, target);
    return rule === null ? [] : [{ path: file.path, line, rule }];
  });
  const isPure = PURE.has(layer) && !isTest(file.path);
  const text = isTest(file.path) ? [] : confinedTextFindings(file, layer);
  return [...imports, ...(isPure ? purityFindings(file, layer) : []), ...text];
}
