// How long a seat waits for its next thread: at once after an accident, longer and longer while they
// follow each other, and never for good. A transient failure must not leave the sidecar without evaluators.

const FIRST_DELAY_MS = 100;
/** Short enough that a cause that is gone is noticed soon, long enough that starting threads costs little. */
const DELAY_MS_MAX = 10_000;

/** A thread that served this long did not fail for the reason that the one before it did. */
export const STEADY_US = 60_000_000;

/** Milliseconds before the next start, after so many failures in a row before the last one. */
export function restartDelayMs(failuresBefore: number): number {
  if (failuresBefore === 0) return 0;
  return Math.min(DELAY_MS_MAX, FIRST_DELAY_MS * 2 ** Math.min(failuresBefore - 1, 16));
}
