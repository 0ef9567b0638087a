// Bounds of a limit's definition, the same for plans and for policies, in code and in policies/schemas:
// inside them counting stays in exact integers. A quota may be of a month or a year, not only of a day.
import { BURST_SPAN_US_MAX, emissionIntervalUs } from './gcra.ts';

export const LIMIT_COUNT_MAX = 1_000_000_000;
/** 366 days. */
export const LIMIT_PERIOD_MS_MAX = 31_622_400_000;
export const LIMIT_BURST_MAX = 1_000_000;
export const LIMIT_NAME_PATTERN = /^[a-z][a-z0-9_]{0,63}$/;

/** Whether a value is an integer from 1 to `max`. */
export function isCount(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max;
}

/** What is wrong with a rate, in one sentence, or null. */
export function rateProblem(rate: {
  readonly count: unknown;
  readonly periodMs: unknown;
  readonly burst: unknown;
}): string | null {
  const { count, periodMs, burst } = rate;
  if (!isCount(count, LIMIT_COUNT_MAX)) return `count is not an integer from 1 to ${LIMIT_COUNT_MAX}`;
  if (!isCount(periodMs, LIMIT_PERIOD_MS_MAX)) {
    return `period_ms is not an integer from 1 to ${LIMIT_PERIOD_MS_MAX}`;
  }
  if (!isCount(burst, LIMIT_BURST_MAX)) return `burst is not an integer from 1 to ${LIMIT_BURST_MAX}`;
  if (burst * emissionIntervalUs({ count, periodMs }) > BURST_SPAN_US_MAX) {
    return 'a full burst at this rate stands for more than 35 years';
  }
  return null;
}
