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
