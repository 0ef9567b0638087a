// How much processor time one thread of this process has had. Wall time cannot tell a thread that
// computes from one that waits for a processor: on a busy or throttled machine both stand still as long.
import { readFileSync, readlinkSync } from 'node:fs';

const NS_PER_US = 1_000;

/** The system's id of the calling thread; null where there is no /proc. */
export function systemThreadId(): number | null {
  try {
    const id = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    return Number.isSafeInteger(id) && id > 0 ? id : null;
  } catch {
    return null;
  }
}

/**
 * Processor time that a thread of this process has had, in microseconds; null when it cannot be told. Another
 * directory than the system's is for tests.
 */
export function threadTimeUs(id: number, tasks = '/proc/self/task'): number | null {
  try {
    return parseThreadTime(readFileSync(`${tasks}/${id}/schedstat`, 'utf8'));
  } catch {
    return null;
  }
}

/** A kernel without accounting says 0 for ever, which would look like a thread that never computes. */
function parseThreadTime(schedstat: string): number | null {
  const timeNs = Number(schedstat.split(' ')[0]);
  return Number.isFinite(timeNs) && timeNs > 0 ? timeNs / NS_PER_US : null;
}
