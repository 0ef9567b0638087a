/**
 * Sizes of files and functions (STYLE). A function is charged its own lines; functions inside it are
 * counted by themselves, so that a factory of small closures is not one long function.
 */
import { childrenOf, type Finding, nameOf, type SourceFile, type SyntaxNode } from './source-file.ts';

export const FILE_LINES_MAX = 400;
export const FILE_LINES_P90_MAX = 250;
export const FILE_LINES_MEDIAN_MAX = 120;
export const FUNCTION_LINES_MAX = 60;

const FUNCTION = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;

function functionsBelow(node: SyntaxNode): SyntaxNode[] {
  return childrenOf(node).flatMap((child) => (FUNCTION.test(child.type) ? [child] : functionsBelow(child)));
}

function functionFindings(file: SourceFile, node: SyntaxNode): Finding[] {
  const linesOf = ({ start, end }: SyntaxNode) => file.lineAt(end) - file.lineAt(start) + 1;
  return functionsBelow(node).flatMap((one) => {
    const inner = functionsBelow(one).filter((nested) => linesOf(nested) > 1);
    const own = linesOf(one) - inner.reduce((sum, nested) => sum + linesOf(nested), 0);
    const below = functionFindings(file, one);
    if (own <= FUNCTION_LINES_MAX) return below;
    const name = nameOf(one['id']) || 'a function';
    const rule = `${name} has ${own} lines, at most ${FUNCTION_LINES_MAX}`;
    return [{ path: file.path, line: file.lineAt(one.start), rule }, ...below];
  });
}

/** Findings of one file by itself. */
export function sizeFindings(file: SourceFile): Finding[] {
  const rule = `${file.lineCount} lines, at most ${FILE_LINES_MAX}`;
  const tooLong =
    file.lineCount > FILE_LINES_MAX ? [{ path: file.path, line: FILE_LINES_MAX + 1, rule }] : [];
  return [...tooLong, ...functionFindings(file, file.program)];
}

/** Findings of all files together: the median and the ninetieth percentile. */
export function distributionFindings(files: readonly SourceFile[]): Finding[] {
  const sorted = files.toSorted((a, b) => a.lineCount - b.lineCount);
  const limits = [
    { share: 0.5, max: FILE_LINES_MEDIAN_MAX },
    { share: 0.9, max: FILE_LINES_P90_MAX },
  ];
  return limits.flatMap(({ share, max }) => {
    const file = sorted[Math.ceil(sorted.length * share) - 1];
    if (file === undefined || file.lineCount <= max) return [];
    const rule = `${share * 100} % of the files must have at most ${max} lines; here it is ${file.lineCount}`;
    return [{ path: file.path, line: 1, rule }];
  });
}
