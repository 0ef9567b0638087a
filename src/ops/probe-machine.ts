// Looks at what a sidecar needs of its machine: the runtime, room on the disk and how fast it is, and
// whether the clock can be believed. It leaves nothing behind.
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { Finding } from './finding.ts';

const MEBIBYTE = 1_048_576;
const FREE_FAIL_MB = 64;
const FREE_WARN_MB = 1_024;
const FREE_INODES_WARN = 1_000;
const FSYNC_TRIES = 15;
const FSYNC_WARN_MS = 20;
/** A few seconds either way are no news. */
const FUTURE_WARN_MS = 5_000;

/** Node, platform and processors. The launcher has refused other versions before this runs. */
export function probeRuntime(): Finding {
  const { version, platform, arch } = process;
  return {
    name: 'runtime',
    state: 'ok',
    detail: `Node ${version} on ${platform}-${arch}, ${availableParallelism()} processors`,
  };
}

/** The nearest directory that exists: the data directory may still be to come. */
function existingParent(directory: string): string {
  let at = directory;
  while (statSync(at, { throwIfNoEntry: false }) === undefined && dirname(at) !== at) at = dirname(at);
  return at;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function probeRoom(directory: string): Finding {
  const { bavail, bsize, files, ffree } = statfsSync(existingParent(directory));
  const freeMb = Math.floor((bavail * bsize) / MEBIBYTE);
  const isShortOfInodes = files > 0 && ffree < FREE_INODES_WARN;
  const state = freeMb < FREE_FAIL_MB ? 'fail' : freeMb < FREE_WARN_MB || isShortOfInodes ? 'warn' : 'ok';
  return {
    name: 'disk',
    state,
    detail: `${freeMb} MiB free${isShortOfInodes ? `, only ${ffree} inodes` : ''}`,
  };
}

/** Times of appending a record's worth and bringing it to the disk, in milliseconds, sorted. */
function timeSyncs(path: string): number[] {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    const bytes = Buffer.alloc(1_024);
    return Array.from({ length: FSYNC_TRIES }, () => {
      const startMs = performance.now();
      writeSync(descriptor, bytes);
      fsyncSync(descriptor);
      return performance.now() - startMs;
    }).sort((a, b) => a - b);
  } finally {
    closeSync(descriptor);
    rmSync(path, { force: true });
  }
}

function probeSync(directory: string): Finding {
  const times = timeSyncs(join(directory, `.doctor-${process.pid}`));
  const medianMs = times[Math.floor(times.length / 2)] ?? 0;
  const state = medianMs > FSYNC_WARN_MS ? 'warn' : 'ok';
  return {
    name: 'disk sync',
    state,
    detail: `an fsync takes ${medianMs.toFixed(2)} ms (median of ${FSYNC_TRIES})`,
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

/** Room and speed of the data directory's disk. */
export function probeDisk(dataDirectory: string): readonly Finding[] {
  const findings: Finding[] = [];
  try {
    findings.push(probeRoom(dataDirectory));
    if (isDirectory(dataDirectory)) findings.push(probeSync(dataDirectory));
  } catch (error) {
    findings.push({
      name: 'disk',
      state: 'fail',
      detail: `${dataDirectory} cannot be used (${codeOf(error)})`,
    });
  }
  return findings;
}

/** Whether the machine's time is behind what it wrote itself. */
export function probeClock(dataDirectory: string): Finding {
  const nowMs = Date.now();
  const times = isDirectory(dataDirectory)
    ? readdirSync(dataDirectory).map(
        (name) => statSync(join(dataDirectory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
      )
    : [];
  const aheadMs = Math.max(0, ...times) - nowMs;
  if (aheadMs > FUTURE_WARN_MS) {
    const detail = `the machine’s time is ${Math.round(aheadMs / 1_000)} s behind files of the data directory: it was set back`;
    return { name: 'clock', state: 'warn', detail };
  }
  return { name: 'clock', state: 'ok', detail: new Date(nowMs).toISOString() };
}
