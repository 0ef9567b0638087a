// All of a transaction or nothing, and the first error is the one that comes out.
import { expect, onTestFinished, test } from 'vitest';
import { sqliteError, type WriteFaults, withFaults } from '../../test/support/faulty-database.ts';
import { thrownBy } from '../../test/support/thrown-by.ts';
import type { SqlDatabase } from './sql-port.ts';
import { openSqlite } from './sqlite.ts';
import { transact } from './transact.ts';

function openTable(): SqlDatabase {
  const database = openSqlite(':memory:', { mode: 'create' });
  onTestFinished(() => database.close());
  database.exec('CREATE TABLE rows(value INTEGER)');
  return database;
}

function add(database: SqlDatabase, value: number): void {
  database.prepare('INSERT INTO rows VALUES (?)').run(value);
}

const valuesOf = (database: SqlDatabase) => database.prepare('SELECT value FROM rows').rows().flat();

test('what was written is there afterwards, and the result comes back', () => {
  const database = openTable();
  const result = transact(database, () => {
    add(database, 1);
    add(database, 2);
    return 'written';
  });
  expect(result).toBe('written');
  expect(valuesOf(database)).toEqual([1, 2]);
});

test('an error leaves nothing written and no transaction open', () => {
  const database = openTable();
  const error = new Error('in the middle');
  const write = () => {
    add(database, 1);
    throw error;
  };
  expect(thrownBy(() => transact(database, write))).toBe(error);
  expect(database.inTransaction).toBe(false);
  expect(valuesOf(database)).toEqual([]);
});

test('the lock is taken before the first write', () => {
  const database = openTable();
  const statements: string[] = [];
  const faults: WriteFaults = { before: (sql) => statements.push(sql), after: () => {} };
  transact(withFaults(database, faults), () => statements.push('write'));
  expect(statements).toEqual(['BEGIN IMMEDIATE', 'write', 'COMMIT']);
});

test('a rollback that fails too hides nothing', () => {
  const database = openTable();
  const before = (sql: string) => {
    if (sql === 'COMMIT') throw sqliteError('SQLITE_FULL');
    if (sql === 'ROLLBACK') throw sqliteError('SQLITE_IOERR');
  };
  const faulty = withFaults(database, { before, after: () => {} });
  expect(thrownBy(() => transact(faulty, () => add(faulty, 1)))).toMatchObject({ code: 'SQLITE_FULL' });
});

test('a transaction neither nests nor waits', () => {
  const database = openTable();
  const nested = () => transact(database, () => transact(database, () => add(database, 1)));
  expect(thrownBy(nested)).toMatchObject({ message: expect.stringContaining('nest') });
  const waiting = () =>
    transact(database, async () => {
      add(database, 1);
    });
  expect(thrownBy(waiting)).toMatchObject({ message: expect.stringContaining('wait') });
  expect(valuesOf(database)).toEqual([]);
});
