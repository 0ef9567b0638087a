// The generic cell rate algorithm in integer microseconds: one limit, one number of state (the
// theoretical arrival time, TAT). Pure: time comes in. It must never round in the caller's favour, and
// a refusal must never move the TAT forward.
import { assert } from './assert.ts';

/**
 * The longest time a full burst may stand for, `burst * emissionIntervalUs`: 2^50 µs, about 35 years.
 * With times below 2^52 µs (the year 2112) every sum stays an exact integer.
 */
export const BURST_SPAN_US_MAX = 2 ** 50;

/** A rate, and how much of it a call takes. */
export interface ChargedRate {
  readonly emissionIntervalUs: number;
  readonly burst: number;
  readonly cost: number;
}

/**
 * `tatUs` is what to store; for a refusal it differs from the state only where a changed definition
 * lowered it. `remaining` is how many cells could pass now, after this call. `retryAfterUs` is exact: one
 * microsecond earlier the same call is refused, at that time it is admitted if nothing came between.
 */
export type ChargeResult =
  | {
      readonly state: 'admitted';
      readonly tatUs: number;
      readonly remaining: number;
      readonly resetAfterUs: number;
    }
  | {
      readonly state: 'denied';
      readonly tatUs: number;
      readonly remaining: number;
      readonly resetAfterUs: number;
      readonly retryAfterUs: number;
    }
  /** The cost is below 1 or above the burst: it would never pass. */
  | { readonly state: 'impossible' };

/** ceil(periodMs * 1000 / count): microseconds between cells, rounded against the caller. */
export function emissionIntervalUs(definition: {
  readonly count: number;
  readonly periodMs: number;
}): number {
  const periodUs = definition.periodMs * 1_000;
  assert(definition.count >= 1 && Number.isSafeInteger(periodUs), 'limit without a usable rate');
  // Quotients below 2^53 may round up to the next integer from just below it; the remainder is exact.
  const rest = periodUs % definition.count;
  return (periodUs - rest) / definition.count + (rest === 0 ? 0 : 1);
}

/**
 * The TAT under a definition that may have changed: at most a full burst ahead of now. Under the same
 * definition it never changes anything, because time never goes back.
 */
export function clampTat(tatUs: number, nowUs: number, burstSpanUs: number): number {
  const latestUs = nowUs + burstSpanUs;
  return Math.min(tatUs, latestUs);
}

/**
 * Charges one limit once. `storedUs` is the counter's state in microseconds since the Unix epoch: 0, or
 * anything past, when there is none.
 */
export function chargeLimit(rate: ChargedRate, storedUs: number, nowUs: number): ChargeResult {
  const { emissionIntervalUs: intervalUs, burst, cost } = rate;
  if (!(cost >= 1 && cost <= burst)) return { state: 'impossible' };
  const burstSpanUs = burst * intervalUs;
  const tatUs = clampTat(storedUs, nowUs, burstSpanUs);
  const fromUs = Math.max(tatUs, nowUs);
  const chargedUs = fromUs + cost * intervalUs;
  const spareUs = nowUs + burstSpanUs - chargedUs;
  if (spareUs >= 0) {
    return {
      state: 'admitted',
      tatUs: chargedUs,
      remaining: Math.floor(spareUs / intervalUs),
      resetAfterUs: chargedUs - nowUs,
    };
  }
  return {
    state: 'denied',
    tatUs,
    remaining: Math.floor((nowUs + burstSpanUs - fromUs) / intervalUs),
    resetAfterUs: fromUs - nowUs,
    retryAfterUs: -spareUs,
  };
}
