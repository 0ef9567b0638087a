// Opens the databases of the data directory with the settings that the promises rest on. Creating one
// is whole or not at all: it is made under another name and renamed when complete.
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { PosternError } from '../core/error.ts';
import { databaseExists } from './database-file.ts';
import { checkVersion, type MigrationPlan, migrate, newestVersion } from './migrate.ts';
import { isDamage } from './sql-error.ts';
import type { SqlDatabase } from './sql-port.ts';
import { openSqlite } from './sqlite.ts';

/** `disk`: an answered commit survives a power cut (an fsync each); `process`: a crash of the process. */
export type Durability = 'disk' | 'process';

/**
 * Pages in the WAL that start a passive checkpoint, which runs within a commit: 4 or 8 MB take some 8 ms.
 * Nothing is copied more often for it: since the journal of charges, few pages are written again and again.
 */
const CHECKPOINT_PAGES = 1_024;

/** A WAL that grew behind a long reader is cut back to this. A recycled WAL syncs faster: no smaller. */
const WAL_BYTES_MAX = 64 * 1_024 * 1_024;

/** What is not in here is still in the system's cache, a short copy away; each connection fills its own. */
const WRITER_CACHE_KIB = 4_096;
const READER_CACHE_KIB = 2_048;

export interface WriterOptions {
  readonly path: string;
  readonly plan: MigrationPlan;
  readonly durability: Durability;
  readonly cacheKib?: number;
}

/**
 * Opens a database for its only writer and brings it to the newest version. The file must exist.
 * @throws PosternError storage_damaged, or storage_unavailable (newer version, no permission, ...).
 */
export function openWriter(options: WriterOptions): SqlDatabase {
  return opened(
    options.path,
    () => openSqlite(options.path, { mode: 'write' }),
    (database) => {
      checkVersion(database, options.plan);
      applyWriterPragmas(database, options);
      migrate(database, options.plan);
    },
  );
}

/** Opens a database for reading. Its version must be this program's: the writer brings it there. */
export function openReader(options: {
  readonly path: string;
  readonly plan: MigrationPlan;
  readonly cacheKib?: number;
}): SqlDatabase {
  return opened(
    options.path,
    () => openSqlite(options.path, { mode: 'read' }),
    (database) => {
      const found = checkVersion(database, options.plan);
      if (found !== newestVersion(options.plan)) {
        throw new PosternError(
          'storage_unavailable',
          `${options.plan.name} was not brought to this version yet.`,
          { facts: { problem: 'database_older' } },
        );
      }
      database.pragma(`cache_size = -${options.cacheKib ?? READER_CACHE_KIB}`);
      database.pragma('query_only = ON');
    },
  );
}

/**
 * Creates a database unless it exists: made as `<path>.new`, filled, closed, then renamed, so that a
 * crash leaves none rather than half of one. Returns whether it was created.
 */
export function createDatabase(options: WriterOptions, fill: (database: SqlDatabase) => void): boolean {
  if (databaseExists(options.path)) return false;
  const draft = `${options.path}.new`;
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true });
  const database = opened(
    draft,
    () => openSqlite(draft, { mode: 'create' }),
    (created) => {
      created.pragma(`page_size = ${options.plan.pageBytes}`);
      applyWriterPragmas(created, { durability: 'disk' });
      migrate(created, options.plan);
      fill(created);
    },
  );
  database.close();
  renameSync(draft, options.path);
  syncDirectory(dirname(options.path));
  return true;
}

/** Makes a rename or a new file in the directory survive a power cut. */
export function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function applyWriterPragmas(
  database: SqlDatabase,
  { durability, cacheKib = WRITER_CACHE_KIB }: Pick<WriterOptions, 'durability' | 'cacheKib'>,
): void {
  if (database.pragma('journal_mode = WAL') !== 'wal') {
    throw new PosternError(
      'storage_unavailable',
      'The file system of the data directory does not support WAL.',
      {
        facts: { problem: 'wal_unsupported' },
      },
    );
  }
  database.pragma(`synchronous = ${durability === 'disk' ? 'FULL' : 'NORMAL'}`);
  database.pragma(`journal_size_limit = ${WAL_BYTES_MAX}`);
  database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  database.pragma(`cache_size = -${cacheKib}`);
  database.pragma('trusted_schema = OFF');
}

/** Opens and prepares; a failure closes what was opened and comes out as a PosternError. */
function opened(
  path: string,
  open: () => SqlDatabase,
  prepare: (database: SqlDatabase) => void,
): SqlDatabase {
  let database: SqlDatabase | null = null;
  try {
    database = open();
    // Reads the schema: a file that is not a database, or is cut in its first pages, fails here.
    database.prepare('SELECT count(*) FROM sqlite_schema').row();
    prepare(database);
    return database;
  } catch (error) {
    closeQuietly(database);
    throw asOpenError(error, basename(path));
  }
}

function closeQuietly(database: SqlDatabase | null): void {
  try {
    database?.close();
  } catch {
    // The error that led here is the one to report.
  }
}

function asOpenError(error: unknown, name: string): PosternError {
  if (error instanceof PosternError) return error;
  if (isDamage(error)) {
    return new PosternError(
      'storage_damaged',
      `${name} is damaged. Restore the data directory from a backup; nothing was changed.`,
      { cause: error, facts: { problem: 'database_damaged' } },
    );
  }
  return new PosternError('storage_unavailable', `${name} cannot be opened.`, {
    cause: error,
    facts: { problem: 'database_unopened' },
  });
}
