/**
 * The ledger while its database fails: every single write in turn, real full and read-only databases.
 */
import { expect, test } from 'vitest';
import { leafProblems } from '../support/audit-record-schema.ts';
import { sqliteError } from '../support/faulty-database.ts';
import { settleEverything, stateOf, writesOfGroup } from '../support/group-of-everything.ts';
import {
  call,
  failure,
  item,
  keyTerms,
  openSeeded,
  reasonsOf,
  settle,
  settleRequests,
} from '../support/ledger-world.ts';
import { readLog, recordsOf } from '../support/read-log.ts';

const SECOND_US = 1_000_000;
const OWNER = { identity: 'owner', listener: 'admin_unix' } as const;

test('the group under test writes to every table', () => {
  expect(writesOfGroup()).toBeGreaterThan(12);
});

test('when any one write of a group fails, nothing of it happened, and the next is as if it never was', () => {
  const writes = writesOfGroup();
  for (let write = 0; write < writes; write++) {
    const { world, ledger } = openSeeded();
    settle(ledger, call({ base: [keyTerms(100)] }));
    const before = stateOf(world);
    let left = write;
    world.faults.before = () => {
      left -= 1;
      if (left === -1) throw sqliteError('SQLITE_IOERR_WRITE');
    };
    expect(new Set(settleEverything(ledger, 'key_two')), `write ${write}`).toEqual(new Set(['failed']));
    expect(stateOf(world), `write ${write}`).toEqual(before);
    expect(world.control.writable()).toBe(false);
    world.faults.before = () => {};
    const [after] = settle(ledger, call({ base: [keyTerms(100)] }));
    expect(after, `write ${write}`).toMatchObject({
      state: 'settled',
      items: [{ verdicts: [{ remaining: 98 }] }],
    });
    expect(recordsOf(world.dataDirectory, 'recovered')).toMatchObject([
      { cause: 'sqlite_ioerr_write', log_size: '4' },
    ]);
    expect(world.control.writable()).toBe(true);
    ledger.close();
    readLog(world.dataDirectory);
  }
});

test('a commit that fails although it took effect leaves records without answers, never the reverse', () => {
  const { world, ledger } = openSeeded();
  world.faults.after = (sql) => {
    if (sql === 'COMMIT') throw sqliteError('SQLITE_IOERR_FSYNC');
  };
  const results = settle(ledger, call({ base: [keyTerms(3)] }), call({ base: [keyTerms(3)] }));
  expect(reasonsOf(results)).toEqual(['failed', 'failed']);
  world.faults.after = () => {};
  const [after] = settle(ledger, call({ base: [keyTerms(3)] }));
  // The counter agrees with the records, not with the answers.
  expect(after).toMatchObject({ items: [{ verdicts: [{ remaining: 0 }] }] });
  expect(recordsOf(world.dataDirectory, 'decision')).toHaveLength(3);
  ledger.close();
  readLog(world.dataDirectory);
});

test('a failed commit is never tried again on the same connection', () => {
  const { world, ledger } = openSeeded();
  const commits: string[] = [];
  world.faults.before = (sql) => {
    if (sql === 'COMMIT' || sql.startsWith('BEGIN')) commits.push(sql);
    if (sql === 'COMMIT') throw sqliteError('SQLITE_IOERR_FSYNC');
  };
  settle(ledger, call());
  expect(commits).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
  ledger.close();
});

test('a rollback that fails too changes nothing about it', () => {
  const { world, ledger } = openSeeded();
  world.faults.before = (sql) => {
    if (sql === 'COMMIT' || sql === 'ROLLBACK') throw sqliteError('SQLITE_FULL');
  };
  expect(reasonsOf(settle(ledger, call()))).toEqual(['failed']);
  world.faults.before = () => {};
  expect(reasonsOf(settle(ledger, call()))).toEqual(['allowed']);
  ledger.close();
  expect(recordsOf(world.dataDirectory, 'decision')).toHaveLength(1);
});

test.for([
  [sqliteError('SQLITE_FULL'), 'sqlite_full'],
  [sqliteError('SQLITE_IOERR_FSYNC'), 'sqlite_ioerr_fsync'],
  [sqliteError('UNKNOWN_SQLITE_ERROR_9999'), 'write_failed'],
  [new Error('at 192.0.2.7: no such bank'), 'write_failed'],
] as const)('the record of a recovery names %s as the schema allows', ([error, cause]) => {
  const { world, ledger } = openSeeded();
  world.faults.before = () => {
    throw error;
  };
  settle(ledger, call());
  world.faults.before = () => {};
  world.pass(SECOND_US);
  ledger.tick();
  ledger.close();
  const [recovered] = recordsOf(world.dataDirectory, 'recovered');
  expect(recovered).toMatchObject({ cause, at: String(world.wallUs) });
  expect(leafProblems(Buffer.from(recovered?.leaf ?? ''))).toBe('');
});

test('windows that were open when a group was lost are closed with what was answered, and others open', () => {
  const { world, ledger } = openSeeded();
  const throttled = settle(ledger, ...Array.from({ length: 8 }, () => failure()));
  expect(reasonsOf(throttled).slice(5)).toEqual(Array(3).fill('source_throttled'));
  world.faults.before = (sql) => {
    if (sql === 'COMMIT') throw sqliteError('SQLITE_FULL');
  };
  expect(reasonsOf(settle(ledger, failure(), failure()))).toEqual(['failed', 'failed']);
  world.faults.before = () => {};
  expect(reasonsOf(settle(ledger, failure()))).toEqual(['source_throttled']);
  ledger.close();
  expect(recordsOf(world.dataDirectory, 'window_closed')).toMatchObject([
    { because: 'recovered', total: 3 },
    { because: 'stop', total: 1 },
  ]);
  expect(recordsOf(world.dataDirectory, 'window_opened')).toHaveLength(2);
});

test('while it stays broken everything fails, opening is not tried for every group, and a tick recovers it', () => {
  const { world, ledger } = openSeeded();
  let begins = 0;
  world.faults.before = (sql) => {
    if (sql.startsWith('BEGIN')) begins += 1;
    throw sqliteError('SQLITE_FULL');
  };
  for (let group = 0; group < 100; group++) {
    expect(reasonsOf(settle(ledger, call()))).toEqual(['failed']);
    world.pass(10_000);
  }
  // The first group, then at most one attempt in each tenth of a second.
  expect(begins).toBeGreaterThan(5);
  expect(begins).toBeLessThanOrEqual(12);
  world.faults.before = () => {};
  world.pass(SECOND_US);
  ledger.tick();
  expect(world.control.writable()).toBe(true);
  expect(world.events.map((event) => event.kind)).toEqual(['write_failed', 'recovered']);
  ledger.close();
});

test('a database that is really full fails closed, and goes on once there is room', () => {
  const { world, ledger } = openSeeded();
  world.pageCountMax = Number(world.rows('PRAGMA page_count')[0]?.[0]) + 8;
  ledger.close();
  const bounded = world.open();
  const big = () => call({ base: [keyTerms(1_000_000)], items: Array.from({ length: 100 }, () => item()) });
  let settled = 0;
  let results = settle(bounded, big());
  while (results[0]?.state === 'settled') {
    settled += 1;
    results = settle(bounded, big());
  }
  expect(reasonsOf(results)).toEqual(['failed']);
  expect(world.events).toContainEqual({ kind: 'write_failed', cause: 'SQLITE_FULL' });
  expect(world.control.writable()).toBe(false);
  expect(recordsOf(world.dataDirectory, 'decision')).toHaveLength(settled * 100);
  world.pageCountMax = null;
  world.pass(SECOND_US);
  const [after] = settle(bounded, call({ base: [keyTerms(1_000_000)] }));
  expect(after).toMatchObject({ items: [{ verdicts: [{ remaining: 1_000_000 - settled * 100 }] }] });
  bounded.close();
  readLog(world.dataDirectory);
});

test('a database that became read-only fails closed, and goes on when it can be written again', () => {
  const { world, ledger } = openSeeded();
  world.isReadOnly = true;
  ledger.close();
  const readOnly = world.open();
  expect(reasonsOf(settle(readOnly, call()))).toEqual(['failed']);
  expect(world.events.map((event) => event.kind)).toContain('write_failed');
  world.isReadOnly = false;
  world.pass(SECOND_US);
  expect(reasonsOf(settle(readOnly, call()))).toEqual(['allowed']);
  readOnly.close();
});

test('a request that cannot be planned fails alone, without touching the database', () => {
  const { world, ledger } = openSeeded();
  const poison = { kind: 'create_company', companyId: 'cmp_poison', plan: 'p', label: '\ud800' } as const;
  const answers = ledger.settle([
    ...settleRequests(call()),
    { kind: 'admin', command: poison, actor: OWNER },
    ...settleRequests(call()),
  ]);
  // Each is settled by itself then, and none writes over what was answered before it.
  const log = readLog(world.dataDirectory);
  const settled = (index: number) => ({
    result: { state: 'settled', items: [{ index, leaf: Buffer.from(log[index]?.leaf ?? '') }] },
  });
  expect(answers).toMatchObject([settled(3), { kind: 'failed', code: 'internal' }, settled(4)]);
  expect(world.control.writable()).toBe(true);
  expect(world.events).toMatchObject([{ kind: 'request_failed' }]);
  expect(recordsOf(world.dataDirectory, 'recovered')).toEqual([]);
  ledger.close();
});
