/**
 * The files of the repository as the hygiene rules see them: everything that is committed or could be.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface RepositoryFile {
  readonly path: string;
  readonly text: string;
  /** Compiled artefacts are searched for secrets and paths only. */
  readonly isBinary: boolean;
}

export interface Leak {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
}

/** Files that git tracks, and new ones that it does not ignore. */
export function readRepository(root: string): RepositoryFile[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  return listed
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, isBinary: text.includes('\0') };
    });
}

/** One leak for every match of `pattern` that `judge` gives a rule for. */
export function leaksOf(
  file: RepositoryFile,
  pattern: RegExp,
  judge: (match: RegExpExecArray) => string | null,
): Leak[] {
  const leaks: Leak[] = [];
  for (const match of file.text.matchAll(pattern)) {
    const rule = judge(match);
    if (rule === null) continue;
    leaks.push({ path: file.path, line: file.text.slice(0, match.index).split('\n').length, rule });
  }
  return leaks;
}
