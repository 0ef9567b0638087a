// The only way to write: everything between BEGIN IMMEDIATE and COMMIT happens or does not. Whoever
// calls it merges what it computed into memory only after this returned.
import { assert } from '../core/assert.ts';
import type { SqlDatabase } from './sql-port.ts';

/**
 * Runs `write` in one transaction. On any error it rolls back as well as it can (a rollback on a full
 * disk can itself fail) and throws the first error; the connection must then be closed, because a
 * failed commit must not be tried again on it.
 */
export function transact<T>(database: SqlDatabase, write: () => T): T {
  assert(!database.inTransaction, 'transactions do not nest');
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = write();
    assert(!(result instanceof Promise), 'a transaction cannot wait');
    database.exec('COMMIT');
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

function rollBack(database: SqlDatabase): void {
  try {
    if (database.inTransaction) database.exec('ROLLBACK');
  } catch {
    // The first error is the one to report; closing the connection rolls back for certain.
  }
}
