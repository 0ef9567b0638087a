// Guarantees of one limit and of a set, as tables. The laws over random sequences are in
// test/property/gcra.test.ts.
import { expect, test } from 'vitest';
import { chargeSet } from './charge-set.ts';
import { BURST_SPAN_US_MAX, chargeLimit, clampTat, emissionIntervalUs } from './gcra.ts';
import type { ChargeTerms, LimitCharge } from './limit.ts';

const NOW_US = 1_700_000_000_000_000;
const RATE = { emissionIntervalUs: 1_000, burst: 5 };

function charge(change: Partial<ChargeTerms & Pick<LimitCharge, 'counterId'>>): LimitCharge {
  const { counterId = 'one', ...terms } = change;
  return {
    terms: {
      name: 'one',
      subject: 'key',
      emissionIntervalUs: 1_000,
      burst: 2,
      cost: 1,
      base: false,
      ...terms,
    },
    counterId,
  };
}

test.each([
  [{ count: 600, periodMs: 60_000 }, 100_000],
  [{ count: 7, periodMs: 1 }, 143],
  [{ count: 1_000_000_000, periodMs: 1 }, 1],
  [{ count: 3, periodMs: 86_400_000 }, 28_800_000_000],
])('the emission interval of %j is rounded up', (definition, expected) => {
  expect(emissionIntervalUs(definition)).toBe(expected);
});

test.each([
  // state of the counter, cost → whole result
  [0, 1, { state: 'admitted', tatUs: NOW_US + 1_000, remaining: 4, resetAfterUs: 1_000 }],
  [0, 5, { state: 'admitted', tatUs: NOW_US + 5_000, remaining: 0, resetAfterUs: 5_000 }],
  [NOW_US + 4_000, 1, { state: 'admitted', tatUs: NOW_US + 5_000, remaining: 0, resetAfterUs: 5_000 }],
  [
    NOW_US + 4_001,
    1,
    { state: 'denied', tatUs: NOW_US + 4_001, remaining: 0, resetAfterUs: 4_001, retryAfterUs: 1 },
  ],
  [
    NOW_US + 3_000,
    4,
    { state: 'denied', tatUs: NOW_US + 3_000, remaining: 2, resetAfterUs: 3_000, retryAfterUs: 2_000 },
  ],
  [
    NOW_US + 9_000_000,
    1,
    { state: 'denied', tatUs: NOW_US + 5_000, remaining: 0, resetAfterUs: 5_000, retryAfterUs: 1_000 },
  ],
  [0, 6, { state: 'impossible' }],
  [0, 0, { state: 'impossible' }],
  [0, Number.NaN, { state: 'impossible' }],
])('a counter at %d charged with %d gives the whole result', (tatUs, cost, expected) => {
  expect(chargeLimit({ cost, ...RATE }, tatUs, NOW_US)).toEqual(expected);
});

test('the largest burst span stays exact until the year 2112', () => {
  const nowUs = 2 ** 52 - 1;
  expect(Number.isSafeInteger(nowUs + 2 * BURST_SPAN_US_MAX)).toBe(true);
  const burst = 1_000_000;
  const interval = Math.floor(BURST_SPAN_US_MAX / burst);
  const result = chargeLimit({ emissionIntervalUs: interval, burst, cost: burst }, 0, nowUs);
  expect(result).toEqual({
    state: 'admitted',
    tatUs: nowUs + burst * interval,
    remaining: 0,
    resetAfterUs: burst * interval,
  });
});

test('a changed definition lowers the TAT to one new burst and never raises it', () => {
  expect(clampTat(NOW_US + 10, NOW_US, 5)).toBe(NOW_US + 5);
  expect(clampTat(NOW_US + 3, NOW_US, 5)).toBe(NOW_US + 3);
  expect(clampTat(0, NOW_US, 5)).toBe(0);
});

test('a set in which one limit refuses charges none and tells every state without the call', () => {
  const states: Record<string, number> = { one: NOW_US + 500, two: NOW_US + 1_500 };
  const set = [charge({ base: true }), charge({ name: 'two', counterId: 'two' })];
  const result = chargeSet(set, NOW_US, (each) => states[each.counterId] ?? 0);
  expect(result.refusedBy).toBe('named');
  expect(result.tatsUs).toEqual([NOW_US + 500, NOW_US + 1_500]);
  expect(result.verdicts).toEqual([
    {
      name: 'one',
      subject: 'key',
      limit: 2,
      remaining: 1,
      resetAfterUs: 500,
      retryAfterUs: 0,
      refused: false,
    },
    {
      name: 'two',
      subject: 'key',
      limit: 2,
      remaining: 0,
      resetAfterUs: 1_500,
      retryAfterUs: 500,
      refused: true,
    },
  ]);
});

test('a set in which all admit charges all, in order', () => {
  const set = [charge({ base: true }), charge({ name: 'two', counterId: 'two', cost: 2 })];
  const result = chargeSet(set, NOW_US, () => 0);
  expect(result.refusedBy).toBe('none');
  expect(result.tatsUs).toEqual([NOW_US + 1_000, NOW_US + 2_000]);
  expect(result.verdicts.map((verdict) => verdict.remaining)).toEqual([1, 0]);
});

test('a base refusal is named before a named one, wherever it stands', () => {
  const full = () => NOW_US + 2_000;
  const base = charge({ base: true, counterId: 'base' });
  expect(chargeSet([charge({}), base], NOW_US, full).refusedBy).toBe('base');
  expect(chargeSet([base, charge({})], NOW_US, full).refusedBy).toBe('base');
});

test('charges of the same counter in one set count together', () => {
  const twice = [charge({}), charge({ cost: 2 })];
  expect(chargeSet(twice, NOW_US, () => 0)).toMatchObject({ refusedBy: 'named', tatsUs: [0, 0] });
  expect(chargeSet([charge({}), charge({})], NOW_US, () => 0)).toMatchObject({
    refusedBy: 'none',
    tatsUs: [NOW_US + 1_000, NOW_US + 2_000],
  });
});

test('a cost that can never pass is refused and names a full refill', () => {
  const result = chargeSet([charge({ cost: 3 })], NOW_US, () => 0);
  expect(result).toMatchObject({ refusedBy: 'named', tatsUs: [0] });
  expect(result.verdicts[0]).toMatchObject({ refused: true, retryAfterUs: 2_000, remaining: 2 });
});

test('a refusal keeps the lowered TAT of a changed definition, so that waiting helps', () => {
  const result = chargeSet([charge({})], NOW_US, () => NOW_US + 3_600_000_000);
  expect(result.tatsUs).toEqual([NOW_US + 2_000]);
  const retryAfterUs = result.verdicts[0]?.retryAfterUs ?? 0;
  expect(chargeSet([charge({})], NOW_US + retryAfterUs, () => result.tatsUs[0] ?? 0).refusedBy).toBe('none');
});
