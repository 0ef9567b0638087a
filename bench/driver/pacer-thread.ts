// Wakes the load generator when calls are due. Timers of the event loop are exact to a millisecond only,
// which is more than a whole check takes; waiting on a word of memory that nobody changes is exact to some 50 µs.
import { parentPort, workerData } from 'node:worker_threads';

const { intervalMs } = workerData as { readonly intervalMs: number };
/** Oftener would cost more than it tells. */
const WAIT_MS_MIN = 0.1;

const word = new Int32Array(new SharedArrayBuffer(4));
let atMs = performance.now();
for (;;) {
  atMs += Math.max(intervalMs, WAIT_MS_MIN);
  const waitMs = atMs - performance.now();
  if (waitMs > 0) Atomics.wait(word, 0, 0, waitMs);
  // What was missed is due with the next message: the driver sends everything whose time has come.
  else atMs -= waitMs;
  parentPort?.postMessage(0);
}
