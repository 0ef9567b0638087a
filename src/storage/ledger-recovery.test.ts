// A ledger that cannot write again because of a mistake of ours says so: nothing else would ever show why it
// stays closed while the disk is well.
import { expect, test } from 'vitest';
import { sqliteError } from '../../test/support/faulty-database.ts';
import { call, openSeeded, reasonsOf, settle } from '../../test/support/ledger-world.ts';
import { AssertionFailure } from '../core/assert.ts';

const SECOND_US = 1_000_000;

test.each([new AssertionFailure('the row has another shape'), new TypeError('the row has another shape')])(
  'a recovery that fails by %s is told once, goes on being tried, and recovers',
  (mistake) => {
    const { world, ledger } = openSeeded();
    world.faults.before = () => {
      throw sqliteError('SQLITE_FULL');
    };
    expect(reasonsOf(settle(ledger, call()))).toEqual(['failed']);
    world.faults.before = () => {};
    world.faults.read = () => {
      throw mistake;
    };
    world.events.length = 0;
    world.tick(ledger, 50);
    expect(reasonsOf(settle(ledger, call()))).toEqual(['failed']);
    expect(world.events).toEqual([{ kind: 'recovery_failed', problem: 'the row has another shape' }]);
    world.faults.read = () => {};
    world.pass(SECOND_US);
    expect(reasonsOf(settle(ledger, call()))).toEqual(['allowed']);
    expect(world.events.at(-1)).toMatchObject({ kind: 'recovered', cause: 'SQLITE_FULL' });
    ledger.close();
  },
);

test('a disk that is still full is told once, when the writing failed', () => {
  const { world, ledger } = openSeeded();
  world.faults.before = () => {
    throw sqliteError('SQLITE_FULL');
  };
  settle(ledger, call());
  world.tick(ledger, 50);
  expect(world.events).toEqual([{ kind: 'write_failed', cause: 'SQLITE_FULL' }]);
  ledger.close();
});
