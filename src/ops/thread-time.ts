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

/** Processor time that a thread of this process has had, in microseconds; null when it cannot be told. */
export function threadTimeUs(id: number): number | null {
  try {
    const timeNs = Number(readFileSync(`/proc/self/task/${id}/schedstat`, 'utf8').split(' ')[0]);
    return Number.isFinite(timeNs) ? timeNs / NS_PER_US : null;
  } catch {
    return null;
  }
}
