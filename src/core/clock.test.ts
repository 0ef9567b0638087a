// The clock model: what it follows, what it refuses to believe, and that it never goes back or stops.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { acceptClock, advanceClock, type ClockState, openClock } from './clock.ts';

const BOUNDS = { jumpMaxMs: 300_000, restartJumpMaxMs: 7 * 86_400_000 };
const SECOND_US = 1_000_000;
const WEEK_US = 7 * 86_400 * SECOND_US;
const NOW_US = 1_700_000_000 * SECOND_US;
const STATE: ClockState = { nowUs: NOW_US, monoUs: 50, wallOffsetUs: 0, jumpPending: false };

/** One second later, with wall time this far from the ledger's. */
function later(state: ClockState, wallOffUs: number, seconds = 1) {
  const monoUs = state.monoUs + seconds * SECOND_US;
  const wallUs = state.nowUs + seconds * SECOND_US + wallOffUs;
  return advanceClock(state, { wallUs, monoUs }, BOUNDS);
}

test.each([
  ['agrees', 0, 0],
  ['is a little ahead', 10, 10],
  ['is a little behind', -10, -10],
  ['is a minute ahead', 60 * SECOND_US, 50_000],
  ['is exactly at the bound', 300 * SECOND_US, 50_000],
  ['stepped back a day', -86_400 * SECOND_US, -50_000],
])('when wall time %s, a second is slewed by at most 5 %%', (_name, wallOffUs, slewUs) => {
  const { state, event } = later(STATE, wallOffUs);
  expect(state.nowUs).toBe(NOW_US + SECOND_US + slewUs);
  expect(state.wallOffsetUs).toBe(wallOffUs - slewUs);
  expect(state.jumpPending).toBe(false);
  expect(event).toBeNull();
});

test('a leap above the bound is not adopted, is told once, and time goes on without it', () => {
  const leapUs = 300 * SECOND_US + 1;
  const first = later(STATE, leapUs);
  expect(first.event).toEqual({ kind: 'jump_pending', leapUs });
  expect(first.state).toMatchObject({ nowUs: NOW_US + SECOND_US, jumpPending: true });
  const second = later(first.state, leapUs, 10);
  expect(second.event).toBeNull();
  expect(second.state).toMatchObject({ nowUs: NOW_US + 11 * SECOND_US, jumpPending: true });
});

test('small leaps cannot add up to a great one', () => {
  const first = later(STATE, 200 * SECOND_US);
  expect(first.state.jumpPending).toBe(false);
  expect(later(first.state, first.state.wallOffsetUs + 200 * SECOND_US).state.jumpPending).toBe(true);
});

test('a leap that goes away by itself ends the alarm', () => {
  const first = later(STATE, 3_600 * SECOND_US);
  const second = later(first.state, 0);
  expect(second.event).toEqual({ kind: 'jump_withdrawn' });
  expect(second.state.jumpPending).toBe(false);
});

test('an accepted leap is adopted whole', () => {
  const pending = later(STATE, 3_600 * SECOND_US).state;
  const wallUs = NOW_US + 3_700 * SECOND_US;
  const { state, event } = acceptClock(pending, { wallUs, monoUs: pending.monoUs + 7 });
  expect(state).toEqual({ nowUs: wallUs, monoUs: pending.monoUs + 7, wallOffsetUs: 0, jumpPending: false });
  expect(event).toEqual({ kind: 'jump_accepted', fromUs: NOW_US + SECOND_US + 7, toUs: wallUs });
  expect(advanceClock(state, { wallUs, monoUs: state.monoUs }, BOUNDS).state.jumpPending).toBe(false);
});

test('accepting while wall time is behind never sets time back', () => {
  const { state } = acceptClock(STATE, { wallUs: NOW_US - SECOND_US, monoUs: 60 });
  expect(state.nowUs).toBe(NOW_US + 10);
});

test.each([
  ['an empty directory takes wall time', null, NOW_US, NOW_US, false, null],
  ['a restart is adopted', NOW_US - 300 * SECOND_US, NOW_US, NOW_US, false, null],
  ['a night off is adopted and told', NOW_US - 36_000 * SECOND_US, NOW_US, NOW_US, false, 'leap_adopted'],
  ['a week off is adopted and told', NOW_US - WEEK_US, NOW_US, NOW_US, false, 'leap_adopted'],
  ['more is kept out', NOW_US - WEEK_US - 1, NOW_US, NOW_US - WEEK_US - 1, true, 'jump_pending'],
  ['wall time behind does not refill counters', NOW_US + 5, NOW_US, NOW_US + 5, false, 'wall_behind'],
  ['a leap of years is kept out', 1_000, NOW_US, 1_000, true, 'jump_pending'],
])('at a start %s', (_name, persistedUs, wallUs, nowUs, jumpPending, kind) => {
  const { state, event } = openClock(persistedUs, { wallUs, monoUs: 9 }, BOUNDS);
  expect(state).toMatchObject({ nowUs, jumpPending, monoUs: 9 });
  expect(event?.kind ?? null).toBe(kind);
});

test('a leap kept out at a start stays pending until it is accepted', () => {
  const opened = openClock(1_000, { wallUs: NOW_US, monoUs: 9 }, BOUNDS).state;
  const next = advanceClock(opened, { wallUs: NOW_US + 5, monoUs: 14 }, BOUNDS);
  expect(next.state).toMatchObject({ nowUs: 1_005, jumpPending: true });
  expect(next.event).toBeNull();
});

test('whatever the wall clock does, time advances within 5 % of elapsed time', () => {
  const readings = fc.array(fc.record({ stepUs: fc.nat(10 * SECOND_US), wallUs: fc.maxSafeNat() }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(readings, (list) => {
      let state = STATE;
      for (const { stepUs, wallUs } of list) {
        const next = advanceClock(state, { wallUs, monoUs: state.monoUs + stepUs }, BOUNDS).state;
        expect(next.nowUs - state.nowUs).toBeGreaterThanOrEqual(Math.ceil(stepUs * 0.95));
        expect(next.nowUs - state.nowUs).toBeLessThanOrEqual(stepUs * 1.05);
        expect(Number.isSafeInteger(next.nowUs)).toBe(true);
        state = next;
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a monotonic reading that came late changes nothing', () => {
  const { state } = advanceClock(STATE, { wallUs: NOW_US, monoUs: 20 }, BOUNDS);
  expect(state).toMatchObject({ nowUs: NOW_US, monoUs: 50 });
});
