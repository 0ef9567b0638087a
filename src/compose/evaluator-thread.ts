// Words with an evaluator thread, from the main thread. Whoever waits for one is told when the thread ends.
import type { Worker } from 'node:worker_threads';
import type { FromEvaluator, ToEvaluator } from './evaluator-protocol.ts';

export function post(worker: Worker, message: ToEvaluator): void {
  worker.postMessage(message);
}

/** The next message of one of these kinds. Rejects when the thread ends first. */
export function once(worker: Worker, ...kinds: readonly FromEvaluator['kind'][]): Promise<FromEvaluator> {
  return new Promise((resolve, reject) => {
    const hear = (message: FromEvaluator) => {
      if (!kinds.includes(message.kind)) return;
      end();
      resolve(message);
    };
    const gone = (code: number) => {
      end();
      reject(new Error(`the evaluator ended with code ${code} before it was ${kinds.join(' or ')}`));
    };
    const failed = (error: Error) => {
      end();
      reject(error);
    };
    const end = () => {
      worker.off('message', hear);
      worker.off('exit', gone);
      worker.off('error', failed);
    };
    worker.on('message', hear);
    worker.once('exit', gone);
    worker.once('error', failed);
  });
}

/** Above the time in which an evaluator ends its own drain. */
const STUCK_MS = 500;

/** Tells a thread to stop. Resolves when it has, ended, or is stuck beyond the grace period; never rejects. */
export async function drain(worker: Worker, graceMs: number): Promise<void> {
  const isStuck = Promise.withResolvers<void>();
  const timer = setTimeout(isStuck.resolve, graceMs + STUCK_MS);
  // One that ends by itself now has nothing left to drain.
  const stopped = once(worker, 'stopped').catch(() => undefined);
  post(worker, { kind: 'stop', graceMs });
  await Promise.race([stopped, isStuck.promise]);
  clearTimeout(timer);
}
