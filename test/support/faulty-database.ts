// A real database connection on which any write, commit or read can be made to fail, a write before it took
// effect or after: the ledger must not be able to tell, and must not need to.
import type { SqlDatabase } from '../../src/storage/sql-port.ts';

/** Called around everything that changes the database: row writes, BEGIN, COMMIT, ROLLBACK. */
export interface WriteFaults {
  /** Throws to make the write fail without an effect. */
  before(sql: string): void;
  /** Throws to make the write fail although it took effect. */
  after(sql: string): void;
  /** Throws to make a read fail. */
  read?(sql: string): void;
}

/** An error as SQLite raises it. */
export function sqliteError(code: string): Error {
  return Object.assign(new Error(code), { name: 'SqliteError', code });
}

export function withFaults(database: SqlDatabase, faults: WriteFaults): SqlDatabase {
  const around = <T>(sql: string, write: () => T): T => {
    faults.before(sql);
    const result = write();
    faults.after(sql);
    return result;
  };
  return {
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        run: (...values) => around(sql, () => statement.run(...values)),
        row: (...values) => {
          faults.read?.(sql);
          return statement.row(...values);
        },
        rows: (...values) => {
          faults.read?.(sql);
          return statement.rows(...values);
        },
      };
    },
    exec: (sql) => around(sql, () => database.exec(sql)),
    pragma: (source) => database.pragma(source),
    get inTransaction() {
      return database.inTransaction;
    },
    close: () => database.close(),
  };
}
