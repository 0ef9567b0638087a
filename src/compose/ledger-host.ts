// Starts the ledger's thread from the main thread and is told what happens there. The thread is never
// terminated: it ends itself after it closed its database.
import { MessageChannel, Worker } from 'node:worker_threads';
import { PosternError } from '../core/error.ts';
import { LedgerClient } from '../storage/ledger-client.ts';
import type { LedgerEvent } from '../storage/ledger-options.ts';
import type { FromLedger, LedgerStart } from './ledger.ts';

export interface LedgerHostOptions {
  readonly entry: URL;
  readonly start: Omit<LedgerStart, 'role' | 'port'>;
  readonly onEvent: (event: LedgerEvent) => void;
  /** Milliseconds that it may take to end, for tests. */
  readonly stopMsMax?: number;
  /** The thread ended by itself: nothing can be recorded any more. */
  readonly onLost: (problem: string) => void;
}

/** A running ledger. */
export interface LedgerHost {
  readonly client: LedgerClient;
  /** Settles what waits, closes the database, ends the thread. Rejects when that takes too long. */
  stop(): Promise<void>;
}

/** Commands and calls of the main thread that may wait. */
const QUEUE_MAX = 1_024;

/** A stop takes no longer, whatever the disk does: what was answered is committed already. */
const STOP_MS_MAX = 15_000;

/** @throws PosternError what the ledger was refused for: a damaged database, a wrong pepper, ... */
export async function startLedger(options: LedgerHostOptions): Promise<LedgerHost> {
  const { port1, port2 } = new MessageChannel();
  const start: LedgerStart = { role: 'ledger', port: port2, ...options.start };
  const worker = new Worker(options.entry, {
    workerData: start,
    transferList: [port2],
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 },
  });
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let stopping = false;
  worker.on('message', (message: FromLedger) => {
    if (message.kind === 'opened') opened.resolve();
    if (message.kind === 'refused') {
      // It ends now, as it should: that is told by the refusal alone.
      stopping = true;
      opened.reject(new PosternError(message.code, message.message, { facts: message.facts }));
    }
    if (message.kind === 'event') options.onEvent(message.event);
  });
  const lost = (problem: string) => {
    opened.reject(new PosternError('internal', `The ledger ended: ${problem}`));
    ended.resolve();
    if (!stopping) options.onLost(problem);
  };
  worker.on('error', (error) => lost(error.message));
  worker.on('exit', (code) => lost(`exit code ${code}`));
  await opened.promise;
  const client = new LedgerClient({ port: port1, queueMax: QUEUE_MAX, itemsMax: options.start.groupMax });
  return {
    client,
    async stop() {
      stopping = true;
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(
        () => late.reject(new Error('the ledger did not end in time')),
        options.stopMsMax ?? STOP_MS_MAX,
      );
      const stopped = client.stop().catch(() => undefined);
      try {
        await Promise.race([stopped, late.promise]);
        client.close();
        await Promise.race([ended.promise, late.promise]);
      } catch (error) {
        // The process ends without it, as it would by a signal that cannot be caught.
        worker.unref();
        throw error;
      } finally {
        clearTimeout(timer);
        client.close();
      }
    },
  };
}
