// Forward-only migrations by `PRAGMA user_version`. A database from a newer version of Postern is
// refused and never touched: what it means is not known here.
import { PosternError } from '../core/error.ts';
import type { SqlDatabase } from './sql-port.ts';
import { transact } from './transact.ts';

/** One step; versions count up from 1 without gaps and are never changed once released. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

export interface MigrationPlan {
  /** How the database is called in messages: `ledger.db`. */
  readonly name: string;
  readonly applicationId: number;
  /** Page size that the database is created with. */
  readonly pageBytes: 4096 | 8192;
  readonly migrations: readonly Migration[];
}

/** Version that this program writes. */
export function newestVersion(plan: MigrationPlan): number {
  return plan.migrations.at(-1)?.version ?? 0;
}

/**
 * Refuses a database that is not this plan's or is newer than this program.
 * @throws PosternError storage_damaged (another file), storage_unavailable (newer; facts name both versions).
 */
export function checkVersion(database: SqlDatabase, plan: MigrationPlan): number {
  const found = Number(database.pragma('user_version'));
  const newest = newestVersion(plan);
  if (found > newest) {
    throw new PosternError(
      'storage_unavailable',
      `${plan.name} was written by a newer version of Postern: its format is ${found}, this program knows up to ${newest}. Start the newer version, or restore a backup.`,
      { facts: { problem: 'database_newer', found: String(found), newest: String(newest) } },
    );
  }
  if (found > 0 && Number(database.pragma('application_id')) !== plan.applicationId) {
    throw new PosternError('storage_damaged', `${plan.name} is not a database of Postern.`, {
      facts: { problem: 'database_foreign' },
    });
  }
  return found;
}

/** Brings the database to the newest version, each step in a transaction of its own. */
export function migrate(database: SqlDatabase, plan: MigrationPlan): void {
  const found = checkVersion(database, plan);
  for (const migration of plan.migrations) {
    if (migration.version <= found) continue;
    transact(database, () => {
      database.exec(migration.sql);
      database.exec(`PRAGMA application_id = ${plan.applicationId}`);
      database.exec(`PRAGMA user_version = ${migration.version}`);
    });
  }
}
