// Files that hold a secret: readable by their owner only, whole or not at all.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { UsageError } from './usage-error.ts';

const OWNER_ONLY = 0o600;

/** A new, empty file that waits for its secret. */
export interface PrivateFile {
  readonly path: string;
  fill(text: string): void;
  /** Closes it, and removes it when it was never filled. */
  release(): void;
}

/** Takes a name before there is a secret. Refuses one that exists: it may hold another key. */
export function reservePrivateFile(path: string): PrivateFile {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx', OWNER_ONLY);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new UsageError(
      code === 'EEXIST' ? `${path} exists already` : `${path} cannot be written (${code})`,
    );
  }
  let isFilled = false;
  return {
    path,
    fill(text) {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
      isFilled = true;
    },
    release() {
      closeSync(descriptor);
      if (!isFilled) rmSync(path, { force: true });
    },
  };
}

/** Writes a file in place of whatever has its name. */
export function replacePrivateFile(path: string, text: string): void {
  const fresh = `${path}.${process.pid}`;
  rmSync(fresh, { force: true });
  const file = reservePrivateFile(fresh);
  try {
    file.fill(text);
    renameSync(fresh, path);
  } finally {
    file.release();
  }
}
