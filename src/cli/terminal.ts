// The terminal that a command runs in. Everything a command reads or writes goes through it, so that
// commands can be run in tests without touching the process.
import type { Readable } from 'node:stream';

/** Where text goes. */
export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Aborts at the first interrupt (Ctrl-C) after the call. */
  readonly untilInterrupted: () => AbortSignal;
}

/**
 * The process's own terminal. A closed reader (`… | head`) ends the process quietly; `onBroken` is told when
 * standard output cannot be written otherwise.
 */
export function ownTerminal(onBroken: (error: Error) => void): Terminal {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    onBroken(error);
  });
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    workingDirectory: process.cwd(),
    untilInterrupted() {
      const controller = new AbortController();
      process.once('SIGINT', () => controller.abort());
      return controller.signal;
    },
  };
}
