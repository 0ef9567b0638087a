// A worker that runs the reader thread as compose does.
import { type MessagePort, workerData } from 'node:worker_threads';
import { startReaderThread } from '../../src/storage/reader/reader-thread.ts';

const { dataDirectory, port } = workerData as { readonly dataDirectory: string; readonly port: MessagePort };
startReaderThread({
  dataDirectory,
  logSize: null,
  onProblem: (problem) => {
    if (!(problem instanceof Error)) throw new TypeError('a problem that is not an error');
  },
}).serve(port);
