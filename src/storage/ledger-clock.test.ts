// The ledger's time over a real database: published, kept across restarts, never back, and a great leap of
// the machine's clock believed only when an admin accepts it.
import { expect, test } from 'vitest';
import { sqliteError } from '../../test/support/faulty-database.ts';
import {
  apply,
  call,
  keyTerms,
  type LedgerWorld,
  openSeeded,
  reasonsOf,
  settle,
} from '../../test/support/ledger-world.ts';
import { recordsOf } from '../../test/support/read-log.ts';
import type { Ledger } from './ledger.ts';

const SECOND_US = 1_000_000;
const HOUR_US = 3_600 * SECOND_US;
const DAY_US = 24 * HOUR_US;
const SPENT = ['allowed', 'allowed', 'base_limit_exceeded'];
const ACCEPT = { kind: 'accept_clock', why: 'the battery was changed' } as const;

const published = (world: LedgerWorld) => world.control.nowUs(world.monoUs);

function settledAt(ledger: Ledger): number {
  const [result] = settle(ledger, call({ base: [] }));
  return result?.state === 'settled' ? result.settledAtUs : Number.NaN;
}

test('the time is published with every tick, and goes on between them', () => {
  const { world, ledger } = openSeeded();
  world.pass(90 * SECOND_US);
  ledger.tick();
  expect(published(world)).toBe(world.wallUs);
  world.pass(250);
  expect(published(world)).toBe(world.wallUs);
  expect(settledAt(ledger)).toBe(world.wallUs);
  ledger.close();
});

test('a great leap of the wall clock is not believed, said aloud, and believed once it is accepted', () => {
  const { world, ledger } = openSeeded();
  const beforeUs = world.wallUs;
  world.wallUs += 30 * DAY_US;
  world.pass(SECOND_US);
  ledger.tick();
  expect(world.control.jumpPending()).toBe(true);
  expect(published(world)).toBe(beforeUs + SECOND_US);
  expect(settledAt(ledger)).toBe(beforeUs + SECOND_US);
  expect(ledger.report().clock).toMatchObject({ jumpPending: true, wallOffsetUs: 30 * DAY_US });
  expect(apply(ledger, ACCEPT)).toMatchObject({ result: { ok: true } });
  expect(world.control.jumpPending()).toBe(false);
  expect(published(world)).toBe(world.wallUs);
  expect(settledAt(ledger)).toBe(world.wallUs);
  expect(recordsOf(world.dataDirectory, 'admin').at(-1)).toMatchObject({
    action: 'accept_clock',
    at: String(beforeUs + SECOND_US),
    details: { why: ACCEPT.why },
  });
  expect(apply(ledger, ACCEPT), 'there is nothing more to accept').toMatchObject({
    result: { refusal: { code: 'state_conflict' } },
  });
  ledger.close();
});

test('a leap that went away by itself is no longer pending', () => {
  const { world, ledger } = openSeeded();
  world.wallUs += DAY_US;
  ledger.tick();
  world.wallUs -= DAY_US;
  ledger.tick();
  expect(world.control.jumpPending()).toBe(false);
  const changes = world.events.map((event) => (event.kind === 'clock' ? event.change : event.kind));
  expect(changes).toEqual(['jump_pending', 'jump_withdrawn']);
  ledger.close();
});

test('an acceptance that could not be written is not in force', () => {
  const { world, ledger } = openSeeded();
  const beforeUs = world.wallUs;
  world.wallUs += DAY_US;
  ledger.tick();
  world.faults.before = (sql) => {
    if (sql === 'COMMIT') throw sqliteError('SQLITE_FULL');
  };
  expect(apply(ledger, ACCEPT)).toEqual({ kind: 'failed', code: 'storage_unavailable' });
  expect(world.control.jumpPending()).toBe(true);
  expect(published(world)).toBe(beforeUs);
  ledger.close();
});

test('time goes on while nothing can be written', () => {
  const { world, ledger } = openSeeded();
  world.faults.before = () => {
    throw sqliteError('SQLITE_FULL');
  };
  settle(ledger, call());
  world.pass(5 * SECOND_US);
  ledger.tick();
  expect(published(world)).toBe(world.wallUs);
  world.wallUs += DAY_US;
  ledger.tick();
  expect(world.control.jumpPending()).toBe(true);
  ledger.close();
});

test('a start behind the last record goes on from it, and never before it', () => {
  const { world, ledger } = openSeeded();
  world.pass(HOUR_US);
  const lastUs = settledAt(ledger);
  ledger.close();
  world.startProcess();
  world.wallUs -= 2 * HOUR_US;
  const again = world.open();
  expect(published(world)).toBe(lastUs);
  expect(settledAt(again)).toBe(lastUs);
  again.close();
});

test('a start after some days goes on with the machine and says so, one after weeks asks', () => {
  const { world, ledger } = openSeeded();
  ledger.close();
  world.wallUs += 6 * DAY_US;
  const later = world.open();
  const lastUs = settledAt(later);
  expect(lastUs).toBe(world.wallUs);
  expect(world.events).toEqual([{ kind: 'clock', change: 'leap_adopted', byUs: 6 * DAY_US }]);
  later.close();
  world.startProcess();
  world.wallUs += 20 * DAY_US;
  const leapt = world.open();
  expect(world.control.jumpPending()).toBe(true);
  expect(settledAt(leapt)).toBe(lastUs);
  expect(apply(leapt, ACCEPT)).toMatchObject({ result: { ok: true } });
  expect(settledAt(leapt)).toBe(world.wallUs);
  leapt.close();
});

test('a limit is not refilled by a start of which the wall clock is weeks ahead', () => {
  const { world, ledger } = openSeeded();
  const spend = () => call({ base: [keyTerms(2)] });
  expect(reasonsOf(settle(ledger, spend(), spend(), spend()))).toEqual(SPENT);
  ledger.close();
  world.startProcess();
  world.wallUs += 20 * DAY_US;
  const leapt = world.open();
  expect(reasonsOf(settle(leapt, spend()))).toEqual(SPENT.slice(-1));
  leapt.close();
  world.startProcess();
  world.wallUs -= 20 * DAY_US;
  const right = world.open();
  expect(settledAt(right), 'the wrong time left nothing behind').toBe(world.wallUs);
  right.close();
});
