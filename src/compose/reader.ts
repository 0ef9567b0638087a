// The reader thread: follows the committed log with the search index and answers the audit service. What
// it does slowly, it does to nobody else.
import { type MessagePort, parentPort } from 'node:worker_threads';
import { ControlBlock } from '../pdp/control-block.ts';
import { startReaderThread } from '../storage/reader/reader-thread.ts';

/** Handed to the reader thread. */
export interface ReaderStart {
  readonly role: 'reader';
  readonly port: MessagePort;
  readonly control: SharedArrayBuffer;
  readonly evaluators: number;
  readonly dataDirectory: string;
}

export type ToReader = { readonly kind: 'stop' };

export type FromReader =
  | { readonly kind: 'opened' }
  | { readonly kind: 'indexed'; readonly records: number }
  | { readonly kind: 'problem'; readonly problem: string }
  | { readonly kind: 'stopped' };

const REPORT_MS = 1_000;

function tell(message: FromReader): void {
  parentPort?.postMessage(message);
}

/** Runs until it is told to stop. */
export function runReader(start: ReaderStart): void {
  const control = ControlBlock.open(start.control, start.evaluators);
  const reader = startReaderThread({
    dataDirectory: start.dataDirectory,
    logSize: () => control.logSize(),
    onProblem: (problem) =>
      tell({ kind: 'problem', problem: problem instanceof Error ? problem.message : 'unknown' }),
  });
  reader.serve(start.port);
  const report = async () => tell({ kind: 'indexed', records: await reader.indexed() });
  const timer = setInterval(report, REPORT_MS);
  parentPort?.on('message', (message: ToReader) => {
    if (message.kind !== 'stop') return;
    clearInterval(timer);
    void reader.stop().then(() => {
      start.port.close();
      tell({ kind: 'stopped' });
      parentPort?.close();
    });
  });
  tell({ kind: 'opened' });
}
