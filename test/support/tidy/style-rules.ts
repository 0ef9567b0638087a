/**
 * Names, headers, exports and escapes (STYLE). A rule says what is wrong, in words that tell what to do.
 */
import { type Finding, nameOf, type SourceFile, type SyntaxNode, walk } from './source-file.ts';

const BANNED_PATH_WORD = /^(utils?|helpers?|common|types?|managers?|misc|index)$/;
const BANNED_VERB = /^(process|handle|manage|do)(?![a-z])/;
const BANNED_CLASS = /(Manager|Helpers?|Utils?)$/;
/** Split, so that the file that bans the word does not use it. */
const BANNED_WORD = new RegExp(`ten${'ant'}`, 'i');
const LEFT_FOR_LATER = /\b(TODO|FIXME|XXX|HACK)\b/;
const SILENCER = /@ts-(ignore|nocheck|expect-error)|biome-ignore|eslint-disable/;
const HEADER_LINES_MAX = 5;

const isFunction = (node: unknown) =>
  /^(FunctionExpression|ArrowFunctionExpression)$/.test(String(Reflect.get(Object(node), 'type')));

/** The name under which a node declares a function, or an empty string. */
function declaredFunction(node: SyntaxNode): string {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
      return nameOf(node['id']);
    case 'VariableDeclarator':
      return isFunction(node['init']) ? nameOf(node['id']) : '';
    case 'MethodDefinition':
    case 'TSMethodSignature':
      return nameOf(node['key']);
    case 'Property':
    case 'PropertyDefinition':
      return isFunction(node['value']) ? nameOf(node['key']) : '';
    case 'TSPropertySignature': {
      const annotation: unknown = Reflect.get(Object(node['typeAnnotation']), 'typeAnnotation');
      return Reflect.get(Object(annotation), 'type') === 'TSFunctionType' ? nameOf(node['key']) : '';
    }
    default:
      return '';
  }
}

function nodeRules(node: SyntaxNode): string[] {
  const rules: string[] = [];
  const name = declaredFunction(node);
  if (BANNED_VERB.test(name)) rules.push(`${name}: say what it does; the verb says nothing`);
  if (node.type === 'ClassDeclaration' && BANNED_CLASS.test(nameOf(node['id']))) {
    rules.push(`${nameOf(node['id'])}: name the concept`);
  }
  if (node.type === 'TSAnyKeyword') rules.push('no any');
  if (node.type === 'TSNonNullExpression') rules.push('no non-null !');
  if (node.type === 'ExportDefaultDeclaration') rules.push('named exports only');
  return rules;
}

/** Whether the file does nothing but pass on what others export. */
function isBarrel(file: SourceFile): boolean {
  const body = file.program['body'];
  if (!Array.isArray(body) || body.length === 0) return false;
  return body.every((statement: SyntaxNode) => statement.type.startsWith('Export') && statement['source']);
}

function headerRule(file: SourceFile): string | null {
  const firstLine = file.text.startsWith('#!') ? 2 : 1;
  const header = file.comments.filter(({ start }) => !file.text.startsWith('#!', start));
  const first = header.find(({ line }) => line === firstLine);
  if (first === undefined) return 'a header comment says why the file exists and what it must never do';
  const isBlock = file.text.startsWith('/*', first.start);
  let last = first.line;
  if (!isBlock) for (const { line } of header) if (line === last + 1) last = line;
  const lines = isBlock
    ? first.text.split('\n').filter((line) => /\w/.test(line)).length
    : last - first.line + 1;
  return lines > HEADER_LINES_MAX ? `the header has ${lines} lines, at most ${HEADER_LINES_MAX}` : null;
}

function pathRules(path: string): string[] {
  const words = path.replace(/\.\w+$/, '').split(/[/.-]/);
  const banned = words.filter(
    (word, at) => BANNED_PATH_WORD.test(word) && !(word === 'index' && at < words.length - 1),
  );
  const base = path.slice(path.lastIndexOf('/') + 1);
  const isKebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*$/.test(base);
  return [
    ...banned
      .filter((word) => word !== 'index' || base.startsWith('index.'))
      .map((word) => `${word}: name the concept`),
    ...(isKebab ? [] : ['file names are lower-case words joined by hyphens']),
  ];
}

function textRules(file: SourceFile): Finding[] {
  const atLine = (line: number, rule: string) => ({ path: file.path, line, rule });
  const comments = file.comments.flatMap(({ text, line }) => [
    ...(LEFT_FOR_LATER.test(text) ? [atLine(line, 'nothing is left for later in a comment')] : []),
    ...(SILENCER.test(text) ? [atLine(line, 'no finding is silenced')] : []),
  ]);
  const words = file.text
    .split('\n')
    .flatMap((text, at) => (BANNED_WORD.test(text) ? [atLine(at + 1, 'the word is company')] : []));
  return [...comments, ...words];
}

/** Findings of any code file. Tool configurations and declarations of packages must export a default. */
export function styleFindings(file: SourceFile): Finding[] {
  const findings: Finding[] = textRules(file);
  const add = (line: number, rule: string) => findings.push({ path: file.path, line, rule });
  for (const rule of pathRules(file.path)) add(1, rule);
  const header = headerRule(file);
  if (header !== null) add(1, header);
  if (isBarrel(file)) add(1, 'no barrels: import from where it is defined');
  const mayExportDefault = /(^|\/)\w+\.config\.ts$|\.d\.ts$/.test(file.path);
  walk(file.program, (node) => {
    for (const rule of nodeRules(node)) {
      if (!(mayExportDefault && rule === 'named exports only')) add(file.lineAt(node.start), rule);
    }
  });
  return findings;
}
