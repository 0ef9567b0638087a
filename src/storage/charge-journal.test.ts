// Charges stand in a journal before they stand in their tables: whatever happens in between, none is lost,
// none comes back, and whoever asks is told the newest.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { campaignRuns } from '../../test/support/campaign.ts';
import { sqliteError } from '../../test/support/faulty-database.ts';
import {
  call,
  companyTerms,
  failure,
  type LedgerWorld,
  openSeeded,
  reasonsOf,
  START_US,
  settle,
} from '../../test/support/ledger-world.ts';
import { recordsOf } from '../../test/support/read-log.ts';
import { storedCharges } from '../../test/support/stored-charges.ts';
import { thrownBy } from '../../test/support/thrown-by.ts';
import type { KeyUse } from '../pdp/settle-view.ts';
import type { Ledger } from './ledger.ts';
import { UnfoldedCharges } from './unfolded-charges.ts';

const SECOND_US = 1_000_000;
const HOUR_US = 3_600 * SECOND_US;
const NAMES = Array.from({ length: 40 }, (_, number) => `limit_${number}`);

/** Passes once, and then not for hours. */
const spend = (name: string) => call({ base: [companyTerms({ name, ...SCARCE })] });
const SCARCE = { burst: 1, emissionIntervalUs: 100 * HOUR_US } as const;

const spendAll = (ledger: Ledger) => reasonsOf(settle(ledger, ...NAMES.map(spend)));
const ALL_REFUSED = NAMES.map(() => 'base_limit_exceeded');

/** Opens what a killed process left, spends, and tells what was allowed. */
function spendAfter(crashed: LedgerWorld): readonly string[] {
  const ledger = crashed.open();
  const reasons = spendAll(ledger);
  ledger.close();
  return reasons;
}

test('a counter stays spent whenever the process is killed: before, while and after it is folded', () => {
  const { world, ledger } = openSeeded();
  expect(new Set(spendAll(ledger))).toEqual(new Set(['allowed']));
  for (let tick = 0; tick < 80; tick += 1) {
    world.pass(100_000);
    ledger.tick();
    if (tick % 4 === 0) expect(spendAfter(world.crash()), `tick ${tick}`).toEqual(ALL_REFUSED);
  }
  expect(world.rows('SELECT count(*) FROM charge_journal')).toEqual([[0]]);
  expect(world.rows('SELECT count(*) FROM counters')).toEqual([[NAMES.length]]);
  ledger.close();
});

test('a counter stays spent when the process is killed at any write of a fold', () => {
  const { world, ledger } = openSeeded();
  spendAll(ledger);
  const crashes: LedgerWorld[] = [];
  world.faults.before = () => crashes.push(world.crash());
  world.fold(ledger);
  world.faults.before = () => {};
  expect(crashes.length).toBeGreaterThan(5);
  for (const [write, crashed] of crashes.entries()) {
    expect(spendAfter(crashed), `write ${write}`).toEqual(ALL_REFUSED);
  }
  ledger.close();
});

test('a fold that cannot be written makes the ledger not ready, and is made up for', () => {
  const { world, ledger } = openSeeded();
  spendAll(ledger);
  world.faults.before = (sql) => {
    if (sql.startsWith('INSERT INTO counters')) throw sqliteError('SQLITE_FULL');
  };
  world.fold(ledger);
  expect(world.control.writable()).toBe(false);
  world.faults.before = () => {};
  world.fold(ledger);
  expect(world.control.writable()).toBe(true);
  expect(spendAll(ledger)).toEqual(ALL_REFUSED);
  expect(world.rows('SELECT count(*) FROM counters')).toEqual([[NAMES.length]]);
  ledger.close();
});

test('the records of a stop do not depend on what can be folded', () => {
  const { world, ledger } = openSeeded();
  spendAll(ledger);
  settle(ledger, ...Array.from({ length: 8 }, () => failure()));
  world.pass(6 * SECOND_US);
  world.faults.before = (sql) => {
    if (sql.startsWith('INSERT INTO counters')) throw sqliteError('SQLITE_FULL');
  };
  ledger.close();
  world.faults.before = () => {};
  expect(recordsOf(world.dataDirectory, 'window_closed')).toHaveLength(1);
  expect(world.events.map(({ kind }) => kind)).toEqual(['write_failed']);
  const again = world.open();
  expect(spendAll(again)).toEqual(ALL_REFUSED);
  again.close();
});

test('many counters are folded beside the groups that follow, and dead ones go as fast as new ones come', () => {
  const { world, ledger } = openSeeded();
  const strangers = (from: number) =>
    settle(
      ledger,
      ...Array.from({ length: 500 }, (_, place) => failure({ sourceBucket: `source ${from + place}` })),
    );
  for (let from = 0; from < 5_000; from += 500) strangers(from);
  expect(world.rows('SELECT count(*) FROM counters')).toEqual([[0]]);
  // Five seconds, because it is not little.
  world.pass(5 * SECOND_US);
  for (let from = 5_000; from < 8_000; from += 500) strangers(from);
  expect(world.rows('SELECT count(*) FROM counters')).toEqual([[5_000]]);
  expect(storedCharges(world).counters.size).toBe(8_000);
  world.pass(HOUR_US);
  for (let from = 10_000; from < 30_000; from += 500) {
    strangers(from);
    world.pass(SECOND_US);
  }
  const dead = world.rows(`SELECT count(*) FROM counters WHERE tat_us < ${START_US + HOUR_US}`);
  expect(dead).toEqual([[0]]);
  ledger.close();
});

test('a stop leaves nothing in the journal, and the next start finds every counter', () => {
  const { world, ledger } = openSeeded();
  spendAll(ledger);
  ledger.close();
  expect(world.rows('SELECT count(*) FROM charge_journal')).toEqual([[0]]);
  const again = world.open();
  expect(spendAll(again)).toEqual(ALL_REFUSED);
  again.close();
});

test('a counter that was removed when its time had come is not free before it, after a crash and with a clock set back', () => {
  const { world, ledger } = openSeeded();
  const once = () => call({ base: [companyTerms({ burst: 1, emissionIntervalUs: 60 * SECOND_US })] });
  settle(ledger, once());
  const dueUs = world.wallUs + 60 * SECOND_US;
  world.pass(61 * SECOND_US);
  world.fold(ledger);
  expect(storedCharges(world).counters.size).toBe(0);
  const crashed = world.crash();
  crashed.wallUs -= HOUR_US;
  const again = crashed.open();
  const [result] = settle(again, once());
  expect(reasonsOf([result])).toEqual(['allowed']);
  expect(result?.state === 'settled' ? result.settledAtUs : 0).toBeGreaterThanOrEqual(dueUs);
  again.close();
  ledger.close();
});

test('a long journal is folded when the ledger is opened, whenever that is cut off', () => {
  const { world, ledger } = openSeeded();
  const once = (burst: number) => call({ base: [companyTerms({ burst, emissionIntervalUs: HOUR_US })] });
  for (let group = 0; group < 600; group++) settle(ledger, once(1_000));
  const killed = world.crash();
  ledger.close();
  // More than is folded in one transaction.
  killed.edit(`WITH RECURSIVE n(i) AS (SELECT 1001 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
    INSERT INTO charge_journal
    SELECT i, '[]', '["n|company|' || hex(zeroblob(20000)) || i || '",1767229200000000]' FROM n`);
  expect(killed.rows('SELECT count(*) FROM charge_journal')).toEqual([[800]]);
  const cutOff: LedgerWorld[] = [];
  killed.faults.before = () => cutOff.push(killed.crash());
  killed.open().close();
  expect(cutOff.length).toBeGreaterThan(10);
  for (const [write, left] of cutOff.entries()) {
    const again = left.open();
    expect(left.rows('SELECT count(*) FROM charge_journal'), `write ${write}`).toEqual([[0]]);
    const [result] = settle(again, once(1_000));
    expect(result, `write ${write}`).toMatchObject({ items: [{ verdicts: [{ remaining: 399 }] }] });
    again.close();
  }
});

test('a process that never lives long enough to fold leaves no journal that grows', () => {
  let { world, ledger } = openSeeded();
  const rows = [];
  for (let life = 0; life < 5; life++) {
    for (const name of NAMES) settle(ledger, spend(name));
    const killed = world.crash();
    ledger.close();
    rows.push(Number(killed.rows('SELECT count(*) FROM charge_journal')[0]?.[0]));
    world = killed;
    ledger = world.open();
  }
  ledger.close();
  expect(rows).toEqual(Array(5).fill(NAMES.length));
});

test('a generation is folded when it is full, in steps of the size that was asked for', () => {
  const charges = new UnfoldedCharges();
  const counters = new Map(Array.from({ length: 16_384 }, (_, number) => [`n|source|s|${number}`, number]));
  charges.add({ keyUses: new Map([[1, { tatUs: 1, lastUsedUs: 1 }]]), counters: new Map() }, 1, 0);
  expect(charges.nextStep(0, 100)).toBeNull();
  charges.add({ keyUses: new Map(), counters }, 2, 0);
  const sizes: number[] = [];
  let doneTo: number | null = null;
  for (let step = charges.nextStep(0, 1_000); step !== null; step = charges.nextStep(0, 1_000)) {
    sizes.push(step.uses.length + step.counters.length);
    doneTo = step.journalDoneTo;
    charges.folded(step);
  }
  expect(sizes).toEqual([...Array(16).fill(1_000), 385]);
  expect(doneTo).toBe(2);
});

test('a journal that cannot be read stops the ledger: a counter would be refilled', () => {
  for (const [column, value] of [
    ['counters', '["b|company|limit_1|cmp_aurora"'],
    ['counters', '["b|company|limit_1|cmp_aurora","soon"]'],
    ['uses', '[1,2]'],
    ['uses', '{}'],
  ]) {
    const { world, ledger } = openSeeded();
    spendAll(ledger);
    const crashed = world.crash();
    ledger.close();
    crashed.edit(`UPDATE charge_journal SET ${column} = '${value}'`);
    expect(thrownBy(() => crashed.open())).toMatchObject({ code: 'storage_damaged' });
  }
});

test('a database of the version before the journal is brought to this one with its counters', () => {
  const { world, ledger } = openSeeded();
  spendAll(ledger);
  ledger.close();
  world.edit('DROP TABLE charge_journal; DROP INDEX companies_by_creation; PRAGMA user_version = 1');
  const again = world.open();
  expect(spendAll(again)).toEqual(ALL_REFUSED);
  again.close();
  expect(world.rows('PRAGMA user_version')).toEqual([[3]]);
});

const change = fc.record({
  kind: fc.constantFrom('charge' as const, 'charge' as const, 'tick' as const),
  number: fc.integer({ min: 1, max: 30 }),
  passUs: fc.integer({ min: 0, max: 3 * SECOND_US }),
});

test('whatever is charged and folded, the newest state is found, and in the end the tables have it', () => {
  const law = fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
    const charges = new UnfoldedCharges();
    const tables = { uses: new Map<number, KeyUse>(), counters: new Map<string, number>() };
    const newest = { uses: new Map<number, KeyUse>(), counters: new Map<string, number>() };
    const take = (step: ReturnType<UnfoldedCharges['nextStep']>) => {
      for (const [keySeq, use] of step?.uses ?? []) tables.uses.set(keySeq, use);
      for (const [counterId, tatUs] of step?.counters ?? []) tables.counters.set(counterId, tatUs);
    };
    let monoUs = 0;
    const fold = (step: ReturnType<UnfoldedCharges['nextStep']>) => {
      take(step);
      if (step !== null) charges.folded(step);
      return step !== null;
    };
    for (const [at, { kind, number, passUs }] of changes.entries()) {
      monoUs += passUs;
      if (kind === 'charge') {
        const made = {
          keyUses: new Map([[number, { tatUs: at, lastUsedUs: monoUs }]]),
          counters: new Map([[`n|company|limit|cmp_${number % 7}`, at]]),
        };
        charges.add(made, at + 1, monoUs);
        for (const [keySeq, use] of made.keyUses) newest.uses.set(keySeq, use);
        for (const [counterId, tatUs] of made.counters) newest.counters.set(counterId, tatUs);
      } else {
        fold(charges.nextStep(monoUs, 1 + (number % 5)));
      }
      for (const [keySeq, use] of newest.uses)
        expect(charges.use(keySeq) ?? tables.uses.get(keySeq)).toEqual(use);
      for (const [counterId, tatUs] of newest.counters)
        expect(charges.counterTatUs(counterId) ?? tables.counters.get(counterId)).toBe(tatUs);
    }
    while (fold(charges.nextOfAll(7)));
    expect(tables).toEqual(newest);
  });
  fc.assert(law, campaignRuns(60));
});
