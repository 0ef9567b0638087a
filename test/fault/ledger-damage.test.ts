// Damage to the ledger's database that is found at a start or while recovering stops the ledger.
import { expect, test } from 'vitest';
import { openSqlite } from '../../src/storage/sqlite.ts';
import { sqliteError } from '../support/faulty-database.ts';
import { call, item, openSeeded, reasonsOf, settle, settleRequests } from '../support/ledger-world.ts';
import { thrownBy } from '../support/thrown-by.ts';

const SECOND_US = 1_000_000;
/** A start hashes the records behind the last multiple of it. */
const VERIFIED_RECORDS = 4_096;

test.for([
  ['the last record was deleted', 'DELETE FROM log WHERE idx = (SELECT max(idx) FROM log)'],
  ['the first record was deleted', 'DELETE FROM log WHERE idx = 0'],
  ['a record near the end was edited', `UPDATE log SET leaf = replace(leaf, 'done', 'gone') WHERE idx = 2`],
  ['a record was appended behind our back', `INSERT INTO log(idx, leaf) VALUES (9999, '{}')`],
  ['the head was deleted', 'DELETE FROM head'],
  ['the size was changed', 'UPDATE head SET size = size - 1'],
  ['the frontier was changed', `UPDATE head SET frontier = X'00'`],
] as const)('at a start it is noticed that %s', ([, edit]) => {
  const { world, ledger } = openSeeded();
  ledger.close();
  world.edit(edit);
  expect(thrownBy(() => world.open())).toMatchObject({
    code: 'storage_damaged',
    facts: { problem: 'log_damaged' },
  });
});

test('at a start it is noticed that the last record of a whole block was deleted', () => {
  const { world, ledger } = openSeeded();
  const items = (length: number) => call({ base: [], items: Array.from({ length }, () => item()) });
  settle(ledger, items(VERIFIED_RECORDS - world.control.logSize()));
  expect(ledger.report().logSize).toBe(VERIFIED_RECORDS);
  ledger.close();
  world.open().close();
  world.edit(`DELETE FROM log WHERE idx = ${VERIFIED_RECORDS - 1}`);
  expect(thrownBy(() => world.open())).toMatchObject({ code: 'storage_damaged' });
});

test('damage found while recovering stops the ledger for good', () => {
  const { world, ledger } = openSeeded();
  world.faults.before = () => {
    throw sqliteError('SQLITE_IOERR_WRITE');
  };
  settle(ledger, call());
  world.faults.before = () => {};
  const sqlite = openSqlite(world.path, { mode: 'write' });
  sqlite.exec('DELETE FROM log WHERE idx = 2');
  sqlite.close();
  expect(reasonsOf(settle(ledger, call()))).toEqual(['failed']);
  expect(ledger.settle(settleRequests(call()))).toEqual([{ kind: 'failed', code: 'storage_damaged' }]);
  world.pass(10 * SECOND_US);
  ledger.tick();
  settle(ledger, call());
  // It was not even looked at again.
  expect(world.events.map((event) => event.kind)).toEqual(['write_failed', 'damaged']);
  expect(world.control.writable()).toBe(false);
  ledger.close();
});
