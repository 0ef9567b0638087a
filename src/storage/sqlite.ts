// The door to better-sqlite3: the only file that imports it. Must not know what is stored.
import Sqlite from 'better-sqlite3';
import { PosternError } from '../core/error.ts';
import type { SqlDatabase, SqlRow, SqlStatement, SqlValue } from './sql-port.ts';

/** 3.51.3 mends a bug by which a WAL reset beside a checkpoint could lose committed pages. */
const SQLITE_VERSION_MIN = [3, 51, 3] as const;

/** The ledger is the only writer, so locks are held by checkpoints and recovery only, and shortly. */
const BUSY_TIMEOUT_MS = 2_000;

/** Opens a connection. Errors of SQLite come through. The file must exist unless `create` is set. */
export function openSqlite(
  path: string,
  options: { readonly mode: 'read' | 'write' | 'create'; readonly busyTimeoutMs?: number },
): SqlDatabase {
  const sqlite = new Sqlite(path, {
    readonly: options.mode === 'read',
    fileMustExist: options.mode !== 'create',
    timeout: options.busyTimeoutMs ?? BUSY_TIMEOUT_MS,
  });
  const database = wrap(sqlite);
  try {
    assertVersion(sqliteVersion(database));
  } catch (error) {
    sqlite.close();
    throw error;
  }
  return database;
}

/** Version of SQLite that is linked in, e.g. `3.54.1`. */
export function sqliteVersion(database: SqlDatabase): string {
  return String(database.prepare('SELECT sqlite_version()').row()?.[0]);
}

function assertVersion(version: string): void {
  const parts = version.split('.').map(Number);
  for (const [place, least] of SQLITE_VERSION_MIN.entries()) {
    const part = parts[place] ?? 0;
    if (part > least) return;
    if (part < least) {
      throw new PosternError(
        'storage_unavailable',
        `SQLite ${SQLITE_VERSION_MIN.join('.')} or newer is needed; this is ${version}.`,
        { facts: { problem: 'sqlite_too_old' } },
      );
    }
  }
}

function wrap(sqlite: Sqlite): SqlDatabase {
  return {
    prepare: (sql) => wrapStatement(sqlite, sql),
    exec: (sql) => {
      sqlite.exec(sql);
    },
    pragma: (source) => (sqlite.pragma(source, { simple: true }) ?? null) as SqlValue,
    get inTransaction() {
      return sqlite.open && sqlite.inTransaction;
    },
    close: () => {
      sqlite.close();
    },
  };
}

function wrapStatement(sqlite: Sqlite, sql: string): SqlStatement {
  const statement = sqlite.prepare(sql);
  // Only statements that return rows can be told to return them as arrays.
  if (/^\s*(SELECT|WITH|PRAGMA)\b/i.test(sql)) statement.raw(true);
  return {
    run: (...values) => statement.run(...values).changes,
    row: (...values) => (statement.get(...values) ?? null) as SqlRow | null,
    rows: (...values) => statement.all(...values) as SqlRow[],
  };
}

/** The same without a database at hand. */
export function linkedSqliteVersion(): string {
  const database = openSqlite(':memory:', { mode: 'create' });
  try {
    return sqliteVersion(database);
  } finally {
    database.close();
  }
}
