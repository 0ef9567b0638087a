// Looks at who may read the data, the secrets and the sockets. Reads names and modes only, never what
// is in a file.
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finding } from './finding.ts';

const OTHERS = 0o077;

export interface PermissionPlace {
  readonly dataDirectory: string;
  /** Path of the admin socket. */
  readonly adminSocket: string;
}

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

function probeSecrets(dataDirectory: string): Finding {
  const directory = join(dataDirectory, 'secrets');
  const paths = [directory, ...filesIn(directory)];
  const problems = paths.flatMap((path) => {
    const stats = look(path);
    return stats === null ? [] : (exposure(path, stats) ?? []);
  });
  if (problems.length > 0) return { name: 'secrets', state: 'fail', detail: problems.join('; ') };
  const detail =
    look(directory) === null ? 'none yet: the first start makes them' : 'readable by their owner only';
  return { name: 'secrets', state: 'ok', detail };
}

function probeDirectory(name: string, path: string, whenMissing: string): Finding {
  const stats = look(path);
  if (stats === null) return { name, state: 'ok', detail: whenMissing };
  if (!stats.isDirectory()) return { name, state: 'fail', detail: `${path} is no directory` };
  const problem = exposure(path, stats);
  return problem === null
    ? { name, state: 'ok', detail: `${path} is its owner’s only` }
    : { name, state: 'warn', detail: problem };
}

/** Permissions of data, secrets and the admin socket's directory. */
export function probePermissions({ dataDirectory, adminSocket }: PermissionPlace): readonly Finding[] {
  try {
    return [
      probeDirectory('data directory', dataDirectory, `${dataDirectory} is not there yet`),
      probeSecrets(dataDirectory),
      probeDirectory('admin directory', dirname(adminSocket), 'not there yet'),
    ];
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return [{ name: 'permissions', state: 'fail', detail: `${dataDirectory} cannot be looked at (${code})` }];
  }
}
