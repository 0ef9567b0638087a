// Waits until servers have done what they put off: indexes, flushes, garbage. Else the next one would be
// measured beside the work of the one before.
import { cpuSeconds } from '../driver/proc-usage.ts';
import { pause } from '../servers/server-process.ts';

const LOOK_MS = 50;
/** Of one core. Idle timers stay below it. */
const BUSY_SHARE = 0.2;
const REST_MS_MAX = 5_000;

/** Resolves when none of them does more than idle, or after five seconds. */
export async function untilAtRest(pids: readonly number[]): Promise<void> {
  const total = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const untilMs = performance.now() + REST_MS_MAX;
  let quiet = 0;
  let before = total();
  while (quiet < 2 && performance.now() < untilMs) {
    await pause(LOOK_MS);
    const now = total();
    // CPU time comes in steps of 10 ms: two looks make sure that it was no step.
    quiet = now - before <= (BUSY_SHARE * LOOK_MS) / 1_000 ? quiet + 1 : 0;
    before = now;
  }
}
