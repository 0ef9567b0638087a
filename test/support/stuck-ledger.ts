/**
 * A thread that opens as the ledger does and then is stuck: it answers nothing, and it does not end.
 */
import { isMainThread, parentPort } from 'node:worker_threads';
import type { FromLedger } from '../../src/compose/ledger.ts';

function run(): void {
  parentPort?.postMessage({ kind: 'opened' } satisfies FromLedger);
  // Never woken: the thread neither reads its port nor leaves.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

if (!isMainThread) run();
