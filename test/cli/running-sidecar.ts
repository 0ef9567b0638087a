/**
 * A sidecar in a process of its own, started as a user starts it, over a directory of its own. Ends the
 * process it started, by its own handle, and removes the directory.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileCache } from '../support/compile-cache.ts';
import { LAUNCHER, launch } from '../support/sidecar-process.ts';

const WELCOME_END = '--claim cmp_borealis\n';

/** A place with nothing in it: working directory, data, sockets. */
export interface Place {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  remove(): void;
}

export function newPlace(settings: Readonly<Record<string, string>> = {}): Place {
  const directory = mkdtempSync(join(tmpdir(), 'pst-cli-'));
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    XDG_RUNTIME_DIR: directory,
    ...compileCache(),
    POSTERN_LISTENERS__DECISION__TCP: '127.0.0.1:0',
    POSTERN_LISTENERS__OPS__ADDRESS: '127.0.0.1:0',
    ...settings,
  };
  return { directory, env, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the launcher to its end. */
export function postern(place: Place, args: readonly string[], input = ''): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [LAUNCHER, ...args],
      { cwd: place.directory, env: place.env, maxBuffer: 64 * 1_048_576 },
      (_error, out, err) => resolve({ code: child.exitCode, out, err }),
    );
    child.stdin?.end(input);
  });
}

/** Runs a line of a shell with `npx postern` meaning the launcher. */
export function pasted(place: Place, line: string): Promise<Ended> {
  const script = line.replaceAll('npx postern', `'${process.execPath}' '${LAUNCHER}'`);
  return new Promise((resolve) => {
    const child = execFile(
      'sh',
      ['-c', script],
      { cwd: place.directory, env: place.env },
      (_error, out, err) => resolve({ code: child.exitCode, out, err }),
    );
  });
}

export interface Serving {
  /** Everything on standard output so far. */
  output(): string;
  /** Stops as on SIGTERM, and resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** `npm start`, in effect. Resolves when the welcome was printed. */
export async function serveSample(place: Place, args: readonly string[] = []): Promise<Serving> {
  const started = launch({
    args: ['serve', '--sample', ...args],
    cwd: place.directory,
    env: place.env,
  });
  try {
    await started.untilSaid((text) => text.includes(WELCOME_END));
  } catch (error) {
    started.signal('SIGKILL');
    throw error;
  }
  return {
    output: () => started.out + started.err,
    async stop() {
      started.signal('SIGTERM');
      return (await started.ended).code;
    },
  };
}
