/** Gives a line of the shell a command that the machine lacks, or has under another name. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes `name` in a directory mean other words. Returns the line that puts the directory first on the PATH.
 */
export function standInCommand(directory: string, name: string, words: readonly string[]): string {
  const bin = join(directory, 'stand-ins');
  mkdirSync(bin, { recursive: true });
  const quoted = words.map((word) => `'${word}'`).join(' ');
  writeFileSync(join(bin, name), `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  return `PATH='${bin}':"$PATH"\n`;
}
