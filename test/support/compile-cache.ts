/**
 * Lets the many processes of one test run compile the program once: each start of a sidecar costs half the
 * CPU then. A directory of this run alone, because whoever can write to it chooses what is executed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const VARIABLE = 'NODE_COMPILE_CACHE';

/** Global setup of vitest: every process that it starts afterwards has the variable. Returns the teardown. */
export function setup(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'postern-compile-cache-'));
  process.env[VARIABLE] = directory;
  const remove = () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  // A run that is interrupted, or that gives up waiting for a worker, does not get to its teardown.
  process.once('exit', remove);
  return remove;
}

/** What a program that is started with an environment of its own needs of it. */
export function compileCache(): Readonly<Record<string, string>> {
  const directory = process.env[VARIABLE];
  return directory === undefined ? {} : { [VARIABLE]: directory };
}
