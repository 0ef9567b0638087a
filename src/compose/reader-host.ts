// Starts the reader's thread from the main thread and hears how far its index has come.
import { MessageChannel, Worker } from 'node:worker_threads';
import { ReaderClient } from '../storage/reader/reader-client.ts';
import type { FromReader, ReaderStart, ToReader } from './reader.ts';

export interface ReaderHostOptions {
  readonly entry: URL;
  readonly start: Omit<ReaderStart, 'role' | 'port'>;
  readonly onProblem: (problem: string) => void;
}

/** A running reader. */
export interface ReaderHost {
  readonly client: ReaderClient;
  /** Records that the index held at the last report. */
  readonly indexed: () => number;
  stop(): Promise<void>;
}

export async function startReader(options: ReaderHostOptions): Promise<ReaderHost> {
  const { port1, port2 } = new MessageChannel();
  const start: ReaderStart = { role: 'reader', port: port2, ...options.start };
  const worker = new Worker(options.entry, {
    workerData: start,
    transferList: [port2],
    resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 },
  });
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let indexed = 0;
  worker.on('message', (message: FromReader) => {
    if (message.kind === 'opened') opened.resolve();
    if (message.kind === 'indexed') indexed = message.records;
    if (message.kind === 'problem') options.onProblem(message.problem);
  });
  worker.on('error', (error) => {
    opened.reject(error);
    options.onProblem(error.message);
  });
  worker.on('exit', () => {
    opened.reject(new Error('the reader ended'));
    ended.resolve();
  });
  await opened.promise;
  return {
    client: new ReaderClient(port1),
    indexed: () => indexed,
    async stop() {
      worker.postMessage({ kind: 'stop' } satisfies ToReader);
      await ended.promise;
      port1.close();
    },
  };
}
