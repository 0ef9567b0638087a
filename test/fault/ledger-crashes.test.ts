/**
 * The ledger's process dies between any two writes, or a change of the registry is committed and reported
 * as failed: what was answered is in force afterwards, and what is in force is seen.
 */
import { expect, test } from 'vitest';
import { sqliteError } from '../support/faulty-database.ts';
import { settleEverything, writesOfGroup } from '../support/group-of-everything.ts';
import {
  apply,
  call,
  keyTerms,
  type LedgerWorld,
  openSeeded,
  reasonsOf,
  settle,
} from '../support/ledger-world.ts';
import { readLog, recordsOf, tatOf } from '../support/read-log.ts';
import { storedCharges } from '../support/stored-charges.ts';

test('after a crash between any two writes the log is whole and counters agree with it', () => {
  const writes = writesOfGroup();
  for (let write = 0; write <= writes; write++) {
    const { world, ledger } = openSeeded();
    settle(ledger, call({ base: [keyTerms(5)] }));
    let left = write;
    let copy: LedgerWorld | null = null;
    world.faults.before = () => {
      left -= 1;
      if (left === -1) copy = world.crash();
    };
    settleEverything(ledger, 'key_two');
    const crashed = copy ?? world.crash();
    const again = crashed.open();
    const decisions = recordsOf(crashed.dataDirectory, 'decision');
    expect(decisions.length > 1, `write ${write}`).toBe(write === writes);
    const [tatUs] = storedCharges(crashed).uses.get(1) ?? [];
    expect(tatUs, `write ${write}`).toBe(tatOf(decisions, 'key_second'));
    again.close();
    ledger.close();
    readLog(crashed.dataDirectory);
  }
});

test('a crash with the database open loses no answered decision', () => {
  const { world, ledger } = openSeeded();
  for (let group = 1; group <= 20; group++) {
    settle(ledger, call({ base: [keyTerms(100)] }));
    const copy = world.crash();
    const again = copy.open();
    const [next] = settle(again, call({ base: [keyTerms(100)] }));
    expect(next).toMatchObject({ items: [{ verdicts: [{ remaining: 99 - group }] }] });
    again.close();
  }
  ledger.close();
});

test('a revocation that could not be written is not in force, and one that was answered is, after a crash', () => {
  const { world, ledger } = openSeeded();
  const revoke = { kind: 'set_key_status', keyId: 'key_one', status: 'revoked', why: '' } as const;
  world.faults.before = (sql) => {
    if (sql === 'COMMIT') throw sqliteError('SQLITE_FULL');
  };
  expect(apply(ledger, revoke)).toEqual({ kind: 'failed', code: 'storage_unavailable' });
  expect(world.control.epoch()).toBe(0);
  world.faults.before = () => {};
  expect(reasonsOf(settle(ledger, call({ epoch: -1 })))).toEqual(['allowed']);
  const epoch = world.control.epoch();
  expect(apply(ledger, revoke)).toMatchObject({ result: { ok: true } });
  expect(world.control.epoch()).toBe(epoch + 1);
  const copy = world.crash();
  const again = copy.open();
  expect(reasonsOf(settle(again, call({ epoch: -1 })))).toEqual(['moved']);
  again.close();
  ledger.close();
});

test('a revocation that took effect although its commit failed is in force once it is repeated', () => {
  const { world, ledger } = openSeeded();
  const revoke = { kind: 'set_key_status', keyId: 'key_one', status: 'revoked', why: '' } as const;
  const epoch = world.control.epoch();
  world.faults.after = (sql) => {
    if (sql === 'COMMIT') throw sqliteError('SQLITE_IOERR_FSYNC');
  };
  expect(apply(ledger, revoke)).toMatchObject({ kind: 'failed' });
  world.faults.after = () => {};
  expect(apply(ledger, revoke)).toMatchObject({ result: { ok: true, result: { key: { version: 2 } } } });
  // An evaluator that cached the row before must not go on with it.
  expect(world.control.epoch()).toBeGreaterThan(epoch);
  expect(reasonsOf(settle(ledger, call({ epoch })))).toEqual(['moved']);
  ledger.close();
});
