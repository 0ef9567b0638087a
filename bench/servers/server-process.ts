// Starts servers under test and ends them: each by its own process id, in every case, also when the benchmark
// fails or is interrupted. What they print is kept for the message when they do not start.
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { Address } from '../driver/socket-input.ts';

const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 15_000;
const OUTPUT_CHARS_MAX = 4_000;
const PROBE_MS = 2;

const running = new Set<ChildProcess>();

/** For the end of the benchmark, whatever ended it. */
export function killServers(): void {
  for (const child of running) child.kill('SIGKILL');
}

export interface StartOptions {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly address: Address;
  /** Whether it serves now. False, or a rejection, means not yet. */
  readonly isReady: (address: Address) => Promise<boolean>;
}

export interface RunningServer {
  readonly pid: number;
  readonly address: Address;
  /** From exec until it said that it serves. */
  readonly startToReadyMs: number;
  /** The end of what it printed, and how it ended if it did. */
  lastWords(): string;
  stop(): Promise<void>;
}

/** Resolves when the server serves; rejects with what it printed when it ends before. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const startedMs = performance.now();
  const child = spawn(options.command, options.arguments, {
    cwd: options.directory,
    env: { ...inherited(), ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-OUTPUT_CHARS_MAX);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? code}`));
  }).then((how) => {
    running.delete(child);
    return how;
  });
  const stop = () => end(child, ended);
  const ready = await Promise.race([untilReady(options, startedMs), ended]);
  if (ready !== null) {
    await stop();
    throw new Error(`${options.command} ${options.arguments[0] ?? ''} is not ready: ${ready}\n${output}`);
  }
  return {
    pid: child.pid ?? 0,
    address: options.address,
    startToReadyMs: performance.now() - startedMs,
    lastWords() {
      const how = child.signalCode ?? child.exitCode;
      return how === null ? output : `${output}it ended with ${how}`;
    },
    stop,
  };
}

/** What is set for the shell must not change what is measured, and `POSTERN_BENCH_…` is no setting of the sidecar. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('POSTERN_')));
}

/** Null when it is ready, else why not. */
async function untilReady({ isReady, address }: StartOptions, startedMs: number): Promise<string | null> {
  while (performance.now() - startedMs < READY_MS_MAX) {
    if (await isReady(address).catch(() => false)) return null;
    await pause(PROBE_MS);
  }
  return `it did not serve within ${READY_MS_MAX} ms`;
}

async function end(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await ended;
  clearTimeout(timer);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** A loopback address that was free a moment ago. */
export function freeAddress(): Promise<Address> {
  const host = '127.0.0.1';
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve({ host, port }));
    });
  });
}
