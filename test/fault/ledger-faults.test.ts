/**
 * The ledger while its database fails: every single write in turn, real full and read-only databases,
 * and crashes between any two writes.
 */
import { expect, test } from 'vitest';
import type { Ledger } from '../../src/storage/ledger.ts';
import { leafProblems } from '../support/audit-record-schema.ts';
import { sqliteError } from '../support/faulty-database.ts';
import {
  apply,
  call,
  charge,
  createKeyCommand,
  failure,
  item,
  keyCharge,
  type LedgerWorld,
  newDecisionId,
  openSeeded,
  reasonsOf,
  report,
  settle,
  settleRequests,
} from '../support/ledger-world.ts';
import { readLog, recordsOf, tatOf } from '../support/read-log.ts';

const SECOND_US = 1_000_000;
const OWNER = { identity: 'owner', listener: 'admin_unix' } as const;

/** A group that writes every table: counters, windows, keys, companies, outcomes, policy. */
function settleEverything(ledger: Ledger, keyId: string): readonly string[] {
  const decisionId = newDecisionId();
  const activation = { revision: keyId, source: 'file', trust: 'unsigned', generation: 0 } as const;
  const answers = ledger.settle([
    ...settleRequests(
      call({ base: [keyCharge(100), charge({ base: true, burst: 100 })], items: [item({ decisionId })] }),
      ...Array.from({ length: 7 }, () => failure()),
      ...Array.from({ length: 6 }, () => call({ base: [keyCharge(1)] })),
    ),
    { kind: 'outcomes', reports: [report(decisionId)] },
    {
      kind: 'admin',
      command: { kind: 'create_company', companyId: `cmp_${keyId}`, plan: 'p', label: '' },
      actor: OWNER,
    },
    { kind: 'admin', command: createKeyCommand(keyId), actor: OWNER },
    { kind: 'admin', command: { kind: 'policy_activated', ...activation }, actor: OWNER },
  ]);
  return answers.map((answer) => answer.kind);
}

/** Everything that is stored, to compare states with. */
function stateOf(world: LedgerWorld): unknown {
  return [
    'log',
    'counters',
    'key_use',
    'keys',
    'companies',
    'windows',
    'window_counts',
    'outcomes',
    'head',
  ].map((table) => world.rows(`SELECT * FROM ${table}`));
}

/** How many writes the group of `settleEverything` makes, COMMIT being the last. */
function writesOfGroup(): number {
  const { world, ledger } = openSeeded();
  let writes = 0;
  world.faults.before = () => {
    writes += 1;
  };
  settleEverything(ledger, 'key_two');
  const writesOfIt = writes;
  ledger.close();
  return writesOfIt;
}

test('the group under test writes to every table', () => {
  expect(writesOfGroup()).toBeGreaterThan(12);
});

test('when any one write of a group fails, nothing of it happened, and the next is as if it never was', () => {
  const writes = writesOfGroup();
  for (let write = 0; write < writes; write++) {
    const { world, ledger } = openSeeded();
    settle(ledger, call({ base: [keyCharge(100)] }));
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
    const [after] = settle(ledger, call({ base: [keyCharge(100)] }));
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
  const results = settle(ledger, call({ base: [keyCharge(3)] }), call({ base: [keyCharge(3)] }));
  expect(reasonsOf(results)).toEqual(['failed', 'failed']);
  world.faults.after = () => {};
  const [after] = settle(ledger, call({ base: [keyCharge(3)] }));
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
  const big = () => call({ base: [keyCharge(1_000_000)], items: Array.from({ length: 100 }, () => item()) });
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
  const [after] = settle(bounded, call({ base: [keyCharge(1_000_000)] }));
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

test('after a crash between any two writes the log is whole and counters agree with it', () => {
  const writes = writesOfGroup();
  for (let write = 0; write <= writes; write++) {
    const { world, ledger } = openSeeded();
    settle(ledger, call({ base: [keyCharge(5)] }));
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
    const [use] = crashed.rows('SELECT tat_us FROM key_use WHERE key_seq = 1');
    expect(use?.[0], `write ${write}`).toBe(tatOf(decisions, 'key_second'));
    again.close();
    ledger.close();
    readLog(crashed.dataDirectory);
  }
});

test('a crash with the database open loses no answered decision', () => {
  const { world, ledger } = openSeeded();
  for (let group = 1; group <= 20; group++) {
    settle(ledger, call({ base: [keyCharge(100)] }));
    const copy = world.crash();
    const again = copy.open();
    const [next] = settle(again, call({ base: [keyCharge(100)] }));
    expect(next).toMatchObject({ items: [{ verdicts: [{ remaining: 99 - group }] }] });
    again.close();
  }
  ledger.close();
});

test('a request that cannot be planned fails alone, without touching the database', () => {
  const { world, ledger } = openSeeded();
  const poison = { kind: 'create_company', companyId: 'cmp_poison', plan: 'p', label: '\ud800' } as const;
  const answers = ledger.settle([
    ...settleRequests(call()),
    { kind: 'admin', command: poison, actor: OWNER },
    ...settleRequests(call()),
  ]);
  expect(answers).toMatchObject([
    { result: { state: 'settled' } },
    { kind: 'failed', code: 'internal' },
    { result: { state: 'settled' } },
  ]);
  expect(world.control.writable()).toBe(true);
  expect(world.events).toMatchObject([{ kind: 'request_failed' }]);
  expect(recordsOf(world.dataDirectory, 'recovered')).toEqual([]);
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
