// The data directory: made private to its owner, and held by one process at a time. The lock is a
// transaction that is never ended, so the operating system releases it when the process dies, however
// it dies. Nothing else may open the lock's file: closing it anywhere in the process drops the lock.
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PosternError } from '../core/error.ts';
import { isBusy, sqlErrorCode } from './sql-error.ts';
import type { SqlDatabase } from './sql-port.ts';
import { openSqlite } from './sqlite.ts';

const LOCK_FILE = 'lock.db';
const HOLDER_FILE = 'lock.pid';

/** The directory, held for as long as this process lives or until it is released. */
export interface HeldDirectory {
  readonly path: string;
  release(): void;
}

/**
 * Creates the directory (0700) unless it exists and takes it for this process.
 * @throws PosternError storage_unavailable: facts.problem is `directory_unwritable` or `directory_in_use` (facts.pid).
 */
export function holdDataDirectory(path: string): HeldDirectory {
  createDirectory(path);
  const lock = openLock(path);
  try {
    lock.exec('BEGIN EXCLUSIVE');
    writeFileSync(join(path, HOLDER_FILE), `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    lock.close();
    throw isBusy(error) ? inUse(path) : unwritable(path, error);
  }
  return { path, release: () => lock.close() };
}

/** Process id of who holds the directory, `unknown` when it did not say, null when nobody does. Only looks. */
export function holderOfDirectory(path: string): string | null {
  let lock: SqlDatabase | null = null;
  try {
    lock = openSqlite(join(path, LOCK_FILE), { mode: 'read', busyTimeoutMs: 0 });
    lock.prepare('SELECT count(*) FROM sqlite_schema').row();
    return null;
  } catch (error) {
    return isBusy(error) ? holder(path) : null;
  } finally {
    lock?.close();
  }
}

/** Does the work while nobody can take the directory. Leaves it when somebody holds it, or nobody ever has. */
export function whileNobodyHolds(path: string, work: () => void): void {
  let lock: SqlDatabase | null = null;
  try {
    lock = openSqlite(join(path, LOCK_FILE), { mode: 'write', busyTimeoutMs: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    work();
  } catch (error) {
    // A lock that cannot be had, or files that cannot be written, are no reason to fail for who only reads.
    if (sqlErrorCode(error) === '' && !isSystemError(error)) throw error;
  } finally {
    lock?.close();
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function createDirectory(path: string): void {
  try {
    makeDirectories(resolve(path));
    requireAccess(path);
  } catch (error) {
    throw unwritable(path, error);
  }
}

function requireAccess(path: string): void {
  // Opened as a directory, which a file of that name refuses by its own code.
  readdirSync(path);
  accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
}

/** The nearest one that exists: a missing directory is made in it. */
function existingParent(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) || parent === path ? parent : existingParent(parent);
}

/**
 * Whether the directory exists, and one that does not could be made. Makes and holds nothing.
 * @throws PosternError storage_unavailable: facts.problem is `directory_unwritable`.
 */
export function dataDirectoryExists(path: string): boolean {
  const absolute = resolve(path);
  const exists = existsSync(absolute);
  try {
    if (exists) requireAccess(absolute);
    // The dot refuses a file by the code for it.
    else accessSync(`${existingParent(absolute)}/.`, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(path, error);
  }
  return exists;
}

/** Not `recursive`: under /proc, where nothing can be made, Node 24 then tries for ever. */
function makeDirectories(path: string): void {
  if (existsSync(path)) return;
  makeDirectories(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

function openLock(path: string): SqlDatabase {
  try {
    return openSqlite(join(path, LOCK_FILE), { mode: 'create', busyTimeoutMs: 0 });
  } catch (error) {
    if (error instanceof PosternError) throw error;
    // Opening reads the file already, which the holder's lock forbids to other processes.
    throw isBusy(error) ? inUse(path) : unwritable(path, error);
  }
}

/** What the system's own codes mean here; for any other it is a matter of permissions. */
const OTHER_REASONS: Readonly<Record<string, string>> = {
  ENOTDIR: 'a file is in its place, or in that of a directory above it',
  ENAMETOOLONG: 'its path is longer than the system allows',
  ENOSPC: 'the disk is full',
};

function unwritable(path: string, cause: unknown): PosternError {
  const reason = OTHER_REASONS[String(Reflect.get(Object(cause), 'code'))];
  return new PosternError(
    'storage_unavailable',
    reason === undefined
      ? `The data directory ${path} cannot be written. It must belong to the user that runs Postern, on a file system that is not read-only.`
      : `The data directory ${path} cannot be used: ${reason}. Choose another one (setting data.directory).`,
    { cause, facts: { problem: 'directory_unwritable' } },
  );
}

function inUse(path: string): PosternError {
  const pid = holder(path);
  return new PosternError(
    'storage_unavailable',
    `The data directory ${path} is in use by process ${pid}. One directory serves one process: stop the other one, or choose another directory.`,
    { facts: { problem: 'directory_in_use', pid } },
  );
}

function holder(path: string): string {
  try {
    return /^\d+/.exec(readFileSync(join(path, HOLDER_FILE), 'utf8'))?.[0] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
