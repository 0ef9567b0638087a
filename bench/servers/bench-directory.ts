// Directories of one run, below one directory that is removed at the end. They must be on a disk: below the
// repository, because the system's temporary directory may be memory. $POSTERN_BENCH_DIRECTORY names another.
import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { percentile } from '../report/statistics.ts';

const CACHE = fileURLToPath(new URL('../../.cache/', import.meta.url));

let root: string | null = null;
let count = 0;

function rootDirectory(): string {
  if (root !== null) return root;
  const parent = process.env['POSTERN_BENCH_DIRECTORY'] ?? CACHE;
  mkdirSync(parent, { recursive: true });
  root = mkdtempSync(join(parent, 'bench-run-'));
  return root;
}

/** A new, empty directory. */
export function newDirectory(name: string): string {
  count += 1;
  const path = join(rootDirectory(), `${count}-${name}`);
  mkdirSync(path, { mode: 0o700 });
  return path;
}

export function removeDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

export function removeDirectories(): void {
  if (root !== null) removeDirectory(root);
  root = null;
}

const SYNCS = 200;
const PAGE_BYTES = 4_096;

/**
 * Median time of an fdatasync of this disk after one page of a file was written over, in milliseconds: what a
 * commit waits for at least. A file that grows would take longer.
 */
export function measureFsyncMs(): number {
  const path = join(rootDirectory(), 'fsync');
  const file = openSync(path, 'w');
  const bytes = Buffer.alloc(PAGE_BYTES, 1);
  const tookMs: number[] = [];
  try {
    for (let sync = 0; sync <= SYNCS; sync += 1) {
      writeSync(file, bytes, 0, PAGE_BYTES, 0);
      const beforeMs = performance.now();
      fdatasyncSync(file);
      // The first one made the file.
      if (sync > 0) tookMs.push(performance.now() - beforeMs);
    }
  } finally {
    closeSync(file);
    rmSync(path);
  }
  tookMs.sort((a, b) => a - b);
  return percentile(tookMs, 0.5);
}
