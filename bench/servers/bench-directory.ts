// Directories of one run, below one temporary directory that is removed at the end. They should be on the
// disk that is to be measured: $POSTERN_BENCH_DIRECTORY names another place than the system's own.
import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentile } from '../report/statistics.ts';

const root = mkdtempSync(join(process.env['POSTERN_BENCH_DIRECTORY'] ?? tmpdir(), 'postern-bench-'));
let count = 0;

/** A new, empty directory. */
export function newDirectory(name: string): string {
  count += 1;
  const path = join(root, `${count}-${name}`);
  mkdirSync(path, { mode: 0o700 });
  return path;
}

export function removeDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

export function removeDirectories(): void {
  removeDirectory(root);
}

const SYNCS = 200;
const APPEND_BYTES = 4_096;

/** Median time of an fdatasync after a small append on this disk, in milliseconds. */
export function measureFsyncMs(): number {
  const path = join(root, 'fsync');
  const file = openSync(path, 'w');
  const bytes = Buffer.alloc(APPEND_BYTES, 1);
  const tookMs: number[] = [];
  try {
    for (let sync = 0; sync < SYNCS; sync += 1) {
      writeSync(file, bytes);
      const beforeMs = performance.now();
      fdatasyncSync(file);
      tookMs.push(performance.now() - beforeMs);
    }
  } finally {
    closeSync(file);
    rmSync(path);
  }
  return percentile(tookMs.sort((a, b) => a - b), 0.5);
}
