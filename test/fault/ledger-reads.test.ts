// The ledger while its database cannot be read or opened: it fails closed, goes on by itself when it can,
// and never takes what it cannot read for empty.
import { existsSync, renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Ledger } from '../../src/storage/ledger.ts';
import { sqliteError } from '../support/faulty-database.ts';
import {
  call,
  companyTerms,
  keyTerms,
  type LedgerWorld,
  openSeeded,
  reasonsOf,
  settle,
  settleRequests,
} from '../support/ledger-world.ts';
import { readLog, recordsOf } from '../support/read-log.ts';

const SECOND_US = 1_000_000;

/** A ledger opened again, so that no counter is in memory. */
function openSpent(): { readonly world: LedgerWorld; readonly ledger: Ledger } {
  const { world, ledger } = openSeeded();
  settle(ledger, spending(), spending());
  ledger.close();
  return { world, ledger: world.open() };
}

/** Passes twice. */
const spending = () => call({ base: [keyTerms(2), companyTerms({ name: 'company', burst: 2 })] });

test.for(['tat_us, last_used_us FROM key_use', 'tat_us FROM counters'])(
  'a counter that cannot be read (%s) is not an empty one',
  (read) => {
    const { world, ledger } = openSpent();
    world.faults.read = (sql) => {
      if (sql.includes(read)) throw sqliteError('SQLITE_IOERR_READ');
    };
    expect(reasonsOf(settle(ledger, spending()))).toEqual(['failed']);
    expect(world.control.writable()).toBe(false);
    delete world.faults.read;
    world.pass(200_000);
    expect(reasonsOf(settle(ledger, spending()))).toEqual(['base_limit_exceeded']);
    expect(recordsOf(world.dataDirectory, 'recovered')).toMatchObject([{ cause: 'sqlite_ioerr_read' }]);
    expect(world.control.writable()).toBe(true);
    ledger.close();
  },
);

test('a row whose version cannot be read fails the call and does not let it pass', () => {
  const { world, ledger } = openSpent();
  world.faults.read = (sql) => {
    if (sql.includes('SELECT version FROM keys')) throw sqliteError('SQLITE_IOERR_READ');
  };
  expect(reasonsOf(settle(ledger, call({ epoch: -1 })))).toEqual(['failed']);
  delete world.faults.read;
  expect(reasonsOf(settle(ledger, call({ epoch: -1, base: [] })))).toEqual(['allowed']);
  ledger.close();
});

test('damage that a read finds stops the ledger for good', () => {
  const { world, ledger } = openSpent();
  world.faults.read = () => {
    throw sqliteError('SQLITE_CORRUPT');
  };
  const damaged = [{ kind: 'failed', code: 'storage_damaged' }];
  expect(ledger.settle(settleRequests(spending()))).toEqual(damaged);
  delete world.faults.read;
  world.pass(SECOND_US);
  ledger.tick();
  expect(ledger.settle(settleRequests(spending()))).toEqual(damaged);
  expect(world.events.map((event) => event.kind)).toEqual(['damaged']);
  expect(world.control.writable()).toBe(false);
  ledger.close();
});

test('a database that is not there is waited for, never made anew', () => {
  const { world, ledger } = openSpent();
  world.faults.before = () => {
    throw sqliteError('SQLITE_IOERR_WRITE');
  };
  settle(ledger, spending());
  world.faults.before = () => {};
  const aside = `${world.path}.aside`;
  renameSync(world.path, aside);
  for (let group = 0; group < 5; group++) {
    expect(reasonsOf(settle(ledger, spending()))).toEqual(['failed']);
    world.pass(150_000);
    ledger.tick();
  }
  expect(existsSync(world.path)).toBe(false);
  renameSync(aside, world.path);
  world.pass(150_000);
  expect(reasonsOf(settle(ledger, spending(), call({ base: [] })))).toEqual([
    'base_limit_exceeded',
    'allowed',
  ]);
  ledger.close();
  readLog(world.dataDirectory);
});
