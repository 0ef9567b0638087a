// A directory that is gone however the program ends: at its end, at an interrupt, with its terminal, or when the
// reader of its output has left. Only kill -9 leaves it behind.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As a shell tells of a program that a signal ended. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const SIGNAL_NAMES = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

export interface TemporaryRoot {
  readonly path: string;
  remove(): void;
}

export function temporaryRoot(prefix: string): TemporaryRoot {
  const path = mkdtempSync(join(tmpdir(), prefix));
  // Threads that still write may put a file back while it is removed.
  const removeNow = () => rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  const interrupted = (signal: keyof typeof SIGNALS) => process.exit(SIGNALS[signal]);
  process.once('exit', removeNow);
  for (const signal of SIGNAL_NAMES) process.once(signal, interrupted);
  return {
    path,
    remove() {
      process.off('exit', removeNow);
      for (const signal of SIGNAL_NAMES) process.off(signal, interrupted);
      removeNow();
    },
  };
}
