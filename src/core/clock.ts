// The ledger's clock as a model: state and two readings in, state and events out. It never goes back,
// never stops, and never believes a great leap forward: one jump to 2030 that is believed would expire
// every key and freeze every counter for good.
import { assert } from './assert.ts';

/** Two readings taken together, in integer microseconds. */
export interface ClockReading {
  /** The machine's time since the Unix epoch. May step either way. */
  readonly wallUs: number;
  /** Monotonic clock of the process. Never goes back. */
  readonly monoUs: number;
}

export interface ClockState {
  /** The ledger's time. */
  readonly nowUs: number;
  /** Monotonic reading that it belongs to. */
  readonly monoUs: number;
  /** Wall time minus the ledger's, at the last reading. */
  readonly wallOffsetUs: number;
  /** A jump forward waits to be accepted; until then the ledger is not ready. */
  readonly jumpPending: boolean;
}

export interface ClockBounds {
  /** A leap of the wall clock beyond elapsed time above this is not adopted. */
  readonly jumpMaxMs: number;
  /** The same across a restart, where elapsed time is not known. */
  readonly restartJumpMaxMs: number;
}

/** What is worth a log line, a metric or a record. */
export type ClockEvent =
  /** Wall time leapt forward by this much and was not believed. */
  | { readonly kind: 'jump_pending'; readonly leapUs: number }
  /** The leap is gone: the wall clock came back by itself. */
  | { readonly kind: 'jump_withdrawn' }
  /** An admin adopted the machine's time. */
  | { readonly kind: 'jump_accepted'; readonly fromUs: number; readonly toUs: number }
  /** At the start wall time was this much ahead of the last recorded time, and was believed. */
  | { readonly kind: 'leap_adopted'; readonly leapUs: number }
  /** At the start wall time was behind the last recorded time by this much. */
  | { readonly kind: 'wall_behind'; readonly behindUs: number };

export interface ClockStep {
  readonly state: ClockState;
  /** Null: nothing noteworthy. */
  readonly event: ClockEvent | null;
}

const MICROS_PER_MS = 1_000;
/** Largest correction for each microsecond that passes: 1/20. */
const SLEW_DIVISOR = 20;

/**
 * The clock at a start. `persistedUs` is the last time that was recorded, or null in an empty data
 * directory, where there is nothing to compare with.
 */
export function openClock(persistedUs: number | null, reading: ClockReading, bounds: ClockBounds): ClockStep {
  const { wallUs, monoUs } = reading;
  if (persistedUs === null) {
    return { state: { nowUs: wallUs, monoUs, wallOffsetUs: 0, jumpPending: false }, event: null };
  }
  const leapUs = wallUs - persistedUs;
  if (leapUs > bounds.restartJumpMaxMs * MICROS_PER_MS) {
    const state = { nowUs: persistedUs, monoUs, wallOffsetUs: leapUs, jumpPending: true };
    return { state, event: { kind: 'jump_pending', leapUs } };
  }
  if (leapUs < 0) {
    const state = { nowUs: persistedUs, monoUs, wallOffsetUs: leapUs, jumpPending: false };
    return { state, event: { kind: 'wall_behind', behindUs: -leapUs } };
  }
  // The machine may have been off for so long. It may as well be wrong, which nothing here can tell.
  const isLeap = leapUs > bounds.jumpMaxMs * MICROS_PER_MS;
  const state = { nowUs: wallUs, monoUs, wallOffsetUs: 0, jumpPending: false };
  return { state, event: isLeap ? { kind: 'leap_adopted', leapUs } : null };
}

/** The clock at a later reading: elapsed time, slewed toward wall time by at most 5 %. */
export function advanceClock(state: ClockState, reading: ClockReading, bounds: ClockBounds): ClockStep {
  assert(Number.isSafeInteger(reading.wallUs) && Number.isSafeInteger(reading.monoUs), 'time is no integer');
  const elapsedUs = Math.max(0, reading.monoUs - state.monoUs);
  const plainUs = state.nowUs + elapsedUs;
  const leapUs = reading.wallUs - plainUs;
  const monoUs = Math.max(state.monoUs, reading.monoUs);
  if (leapUs > bounds.jumpMaxMs * MICROS_PER_MS) {
    const next = { nowUs: plainUs, monoUs, wallOffsetUs: leapUs, jumpPending: true };
    return { state: next, event: state.jumpPending ? null : { kind: 'jump_pending', leapUs } };
  }
  const slewMaxUs = Math.floor(elapsedUs / SLEW_DIVISOR);
  const nowUs = plainUs + Math.max(-slewMaxUs, Math.min(slewMaxUs, leapUs));
  const next = { nowUs, monoUs, wallOffsetUs: reading.wallUs - nowUs, jumpPending: false };
  return { state: next, event: state.jumpPending ? { kind: 'jump_withdrawn' } : null };
}

/** Adopts wall time when it is ahead, and ends a pending jump either way. Time still never goes back. */
export function acceptClock(state: ClockState, reading: ClockReading): ClockStep {
  const plainUs = state.nowUs + Math.max(0, reading.monoUs - state.monoUs);
  const nowUs = Math.max(plainUs, reading.wallUs);
  return {
    state: {
      nowUs,
      monoUs: Math.max(state.monoUs, reading.monoUs),
      wallOffsetUs: reading.wallUs - nowUs,
      jumpPending: false,
    },
    event: { kind: 'jump_accepted', fromUs: plainUs, toUs: nowUs },
  };
}
