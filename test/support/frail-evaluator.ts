/**
 * A thread that speaks as an evaluator does and fails as it is told: before it is ready, when it is to
 * listen, or later, by itself. Its orders are in the memory of its "pepper", which it shares with the test.
 */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { EvaluatorStart, FromEvaluator, ToEvaluator } from '../../src/compose/evaluator-protocol.ts';

/** Places in its orders; at each, the number of failures that are still to come. */
export const UNREADY = 0;
export const REFUSING = 1;

function tell(message: FromEvaluator): void {
  parentPort?.postMessage(message);
}

function run({ pepper: orders, number }: EvaluatorStart): void {
  /** Whether a failure of this kind is still owed. */
  const isOwed = (place: number) => {
    if (Atomics.load(orders, place) === 0) return false;
    Atomics.sub(orders, place, 1);
    return true;
  };
  parentPort?.on('message', (message: ToEvaluator) => {
    switch (message.kind) {
      case 'listen':
        if (isOwed(REFUSING)) return tell({ kind: 'refused', address: '', message: 'the port is in use' });
        return tell({ kind: 'listening', addresses: [`unix:/${number}`], tcpPort: 0 });
      case 'health':
        // The accident: an exception that nobody catches.
        throw new Error('fell over');
      case 'stop':
        return tell({ kind: 'stopped' });
    }
  });
  if (isOwed(UNREADY)) process.exit(9);
  tell({ kind: 'ready', threadId: null });
}

// A test imports the places from here.
if (!isMainThread) run(workerData as EvaluatorStart);
