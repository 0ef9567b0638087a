// The reader thread's side: answers the calls of clients on other threads over message ports. A stream
// sends an item only when it was asked for one, so a slow client never fills the memory.
import type { MessagePort } from 'node:worker_threads';
import type { AuditReader } from '../../pdp/audit-port.ts';
import { LogReader, type LogReaderOptions } from './log-reader.ts';
import { asReadError } from './read-error.ts';
import {
  encodeError,
  type ReaderCall,
  type ReaderReply,
  type ReaderRequest,
  type ReaderValue,
} from './reader-messages.ts';

/** A running reader thread. */
export interface ReaderThread {
  /** Answers calls of one more client, until its port closes. */
  serve(port: MessagePort): void;
  /** Records in the search index. */
  indexed(): Promise<number>;
  /** Ends the streams, stops following and closes the files. */
  stop(): Promise<void>;
}

/** Opens the log, starts to follow it, and answers clients. */
export function startReaderThread(options: LogReaderOptions): ReaderThread {
  const reader = LogReader.open(options);
  const stopped = new AbortController();
  const following = reader.follow(stopped.signal);
  return {
    serve: (port) => serveReader(port, reader, { signal: stopped.signal, onProblem: options.onProblem }),
    indexed: () => reader.indexed(),
    stop: async () => {
      stopped.abort();
      await following;
      reader.close();
    },
  };
}

interface Stream {
  readonly abort: AbortController;
  /** Items asked for and not yet sent. */
  wanted: number;
  wake: () => void;
}

export interface ServeOptions {
  readonly signal: AbortSignal;
  /** Told about failures that are not the caller's fault, with their cause. */
  readonly onProblem: (problem: unknown) => void;
}

/** Answers one client until the port closes or the signal aborts. */
export function serveReader(port: MessagePort, reader: AuditReader, options: ServeOptions): void {
  const streams = new Map<number, Stream>();
  const post = (reply: ReaderReply): void => port.postMessage(reply);
  const end = (call: number): void => {
    const stream = streams.get(call);
    stream?.abort.abort();
    stream?.wake();
  };
  const endAll = (): void => {
    for (const call of streams.keys()) end(call);
  };
  const fail = (call: number, error: unknown): void => {
    const known = asReadError(error);
    if (known.code !== 'request_malformed') options.onProblem(known);
    post({ state: 'error', call, error: encodeError(known) });
  };
  const run = async (call: number, body: ReaderCall): Promise<void> => {
    if (body.kind === 'query') {
      const value = await reader.query(body.filter, body.pageSize, body.pageToken);
      post({ state: 'value', call, value });
      return;
    }
    if (body.kind === 'indexed') {
      post({ state: 'value', call, value: await reader.indexed() });
      return;
    }
    const stream: Stream = { abort: new AbortController(), wanted: 0, wake: () => undefined };
    streams.set(call, stream);
    try {
      await sendAll(itemsOf(reader, body, stream.abort.signal), stream, (value) => {
        post({ state: 'value', call, value });
      });
      post({ state: 'end', call });
    } finally {
      streams.delete(call);
    }
  };
  port.on('message', (request: ReaderRequest) => {
    if (request.state === 'call') {
      run(request.call, request.body).catch((error: unknown) => fail(request.call, error));
      return;
    }
    if (request.state === 'cancel') {
      end(request.call);
      return;
    }
    const stream = streams.get(request.call);
    if (stream === undefined) return;
    stream.wanted++;
    stream.wake();
  });
  port.on('close', endAll);
  options.signal.addEventListener('abort', endAll, { once: true });
}

function itemsOf(
  reader: AuditReader,
  body: Extract<ReaderCall, { readonly kind: 'tail' | 'verify' }>,
  signal: AbortSignal,
): AsyncIterable<ReaderValue> {
  return body.kind === 'verify'
    ? reader.verify(body.progressEvery, signal)
    : reader.tail(body.fromIndex, body.filter, body.stopAtEnd, signal);
}

async function sendAll(
  items: AsyncIterable<ReaderValue>,
  stream: Stream,
  send: (value: ReaderValue) => void,
): Promise<void> {
  for await (const value of items) {
    while (stream.wanted === 0 && !stream.abort.signal.aborted) {
      await new Promise<void>((resolve) => {
        stream.wake = resolve;
      });
    }
    if (stream.abort.signal.aborted) return;
    stream.wanted--;
    send(value);
  }
}
