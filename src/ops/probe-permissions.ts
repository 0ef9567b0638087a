// Looks at who may read the data, the secrets and the sockets. Reads names and modes only, never what
// is in a file.
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './finding.ts';

const OTHERS = 0o077;

function look(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

function modeText(stats: Stats): string {
  return (stats.mode & 0o777).toString(8).padStart(4, '0');
}

/** What is wrong with something that its owner alone should reach, or null. */
function exposure(path: string, stats: Stats): string | null {
  if (stats.isSymbolicLink()) return `${path} is a symbolic link`;
  const owner = process.getuid?.();
  if (owner !== undefined && owner !== 0 && stats.uid !== owner) return `${path} belongs to another user`;
  return (stats.mode & OTHERS) === 0 ? null : `${path} has mode ${modeText(stats)}: others can reach it`;
}

function filesIn(directory: string): string[] {
  return look(directory)?.isDirectory() === true
    ? readdirSync(directory).map((name) => join(directory, name))
    : [];
}

/** What is wrong with who can reach the secrets; empty while there are none. */
export function exposedSecrets(dataDirectory: string): readonly string[] {
  const directory = join(dataDirectory, 'secrets');
  return [directory, ...filesIn(directory)].flatMap((path) => {
    const stats = look(path);
    return stats === null ? [] : (exposure(path, stats) ?? []);
  });
}

/** Who can reach a directory that its owner alone should. */
export function probeDirectory(name: string, path: string): Finding {
  const stats = look(path);
  if (stats === null)
    return { name, state: 'ok', detail: `${path} is not there yet: the first start makes it` };
  if (!stats.isDirectory()) return { name, state: 'fail', detail: `${path} is no directory` };
  const problem = exposure(path, stats);
  return problem === null
    ? { name, state: 'ok', detail: `${path} is its owner’s only` }
    : { name, state: 'warn', detail: problem };
}
