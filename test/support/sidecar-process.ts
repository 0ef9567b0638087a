/**
 * The program as a process of its own, started through its launcher: collects what it says, tells when it
 * has said something or has ended, and ends it by its own handle only.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileCache } from './compile-cache.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const LAUNCHER = join(ROOT, 'bin/postern.mjs');

/** One line of the log. */
export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly [fact: string]: unknown;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface LaunchOptions {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What is run with the launcher and `args` behind it; default: Node alone. */
  readonly command?: readonly [string, ...string[]];
}

const LAST_CHARS = 4_000;

function parseLine(line: string): LogLine | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return null;
  }
}

/** Starts the program. */
export function launch(options: LaunchOptions): LaunchedProcess {
  const [command, ...before] = options.command ?? [process.execPath];
  const child = spawn(command, [...before, LAUNCHER, ...options.args], {
    cwd: options.cwd,
    env: { ...compileCache(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new LaunchedProcess(child);
}

/** A started program. */
export class LaunchedProcess {
  readonly child: ChildProcess;
  /** Resolves when it has ended and everything it said was read. */
  readonly ended: Promise<ProcessEnd>;
  readonly #lines: LogLine[] = [];
  readonly #listeners = new Set<() => void>();
  #out = '';
  #err = '';
  #partial = '';
  #hasEnded = false;

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#err += text;
    });
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.#hasEnded = true;
        for (const listener of this.#listeners) listener();
        resolve({ code, signal });
      });
    });
  }

  /** Standard output so far. */
  get out(): string {
    return this.#out;
  }

  /** Standard error so far. */
  get err(): string {
    return this.#err;
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Log lines of one event so far. */
  logged(event: string): readonly LogLine[] {
    return this.#lines.filter((line) => line.event === event);
  }

  /** The first log line of an event that fits, past or to come. Rejects when the process ends without it. */
  async untilLogged(event: string, fits: (line: LogLine) => boolean = () => true): Promise<LogLine> {
    const find = () => this.logged(event).find(fits);
    await this.untilSaid(() => find() !== undefined);
    return find() ?? Promise.reject(new Error('the line is gone'));
  }

  /** Resolves when it has said something. Rejects when it ends without. */
  untilSaid(isSaid: (out: string) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const isDone = isSaid(this.#out);
        if (!isDone && !this.#hasEnded) return;
        this.#listeners.delete(look);
        if (isDone) resolve();
        else reject(new Error(`it did not say what was waited for: ${this.lastWords()}`));
      };
      this.#listeners.add(look);
      look();
    });
  }

  /** How it stands and what it said last, for whoever has to find out why a test failed. */
  lastWords(): string {
    const { exitCode, signalCode } = this.child;
    const state = this.#hasEnded ? `ended with ${exitCode ?? signalCode}` : 'still running';
    return `sidecar ${this.pid}, ${state}:\n${this.#out.slice(-LAST_CHARS)}${this.#err.slice(-LAST_CHARS)}`;
  }

  /** Sends a signal; nothing happens once it has ended. */
  signal(name: NodeJS.Signals): void {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(name);
  }

  #hear(text: string): void {
    this.#out += text;
    this.#partial += text;
    const lines = this.#partial.split('\n');
    this.#partial = lines.pop() ?? '';
    for (const line of lines) {
      const parsed = parseLine(line);
      if (parsed !== null) this.#lines.push(parsed);
    }
    for (const listener of this.#listeners) listener();
  }
}
