// The sidecar as it ships: compiled and laid out as in the image, without sources. From the work tree the
// same program would run src/.
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newDirectory } from './bench-directory.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = join('bin', 'postern.mjs');

let built: string | null = null;

/** Path of the program. Builds it the first time; throws when it does not compile. */
export function posternProgram(fromSource: boolean): string {
  if (fromSource) return join(ROOT, PROGRAM);
  built ??= build();
  return built;
}

/** What the image sets for the process, such as malloc's arenas; of the sidecar's own settings nothing. */
export function imageEnvironment(): Record<string, string> {
  const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').matchAll(/^ENV (\w+)=(.*)$/gm);
  const all = [...lines].map(([, name = '', value = '']) => [name, value] as const);
  return Object.fromEntries(all.filter(([name]) => !name.startsWith('POSTERN_')));
}

function build(): string {
  const directory = newDirectory('program');
  const words = [join(ROOT, 'scripts/build-dist.ts'), join(directory, 'dist')];
  if (spawnSync(process.execPath, words, { cwd: ROOT, stdio: 'inherit' }).status !== 0) {
    throw new Error('the sidecar does not compile (--source runs it from src/)');
  }
  for (const part of ['bin', 'package.json', join('policies', 'bundle')]) {
    cpSync(join(ROOT, part), join(directory, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  return join(directory, PROGRAM);
}
