// Streams of answers: sends no faster than the caller takes them, ends when the caller leaves or the
// connection drains, and turns what goes wrong into a status.
import { once } from 'node:events';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { PosternError } from '../core/error.ts';
import { callStatusOf, type ReportError } from './status.ts';

export interface AnswerStreamOptions {
  readonly call: ServerWritableStream<Buffer, Buffer>;
  /** The messages. Must end soon after the signal aborts. */
  readonly messages: (encoded: Buffer, signal: AbortSignal) => AsyncIterable<Buffer>;
  /** Registers what to do when the connection drains. */
  readonly onDrain: (hook: () => void) => (() => void) | undefined;
  readonly report: ReportError;
}

/** Answers one server-streaming call, to its end. */
export function answerStream(options: AnswerStreamOptions): void {
  const { call, report } = options;
  const abort = new AbortController();
  let isDraining = false;
  const forget = options.onDrain(() => {
    isDraining = true;
    abort.abort();
  });
  call.once('cancelled', () => abort.abort());
  const finished = sendAll(options, abort.signal).then(() => {
    if (isDraining) throw new PosternError('shutting_down', 'The sidecar is closing this connection.');
    if (!call.cancelled) call.end();
  });
  finished
    .catch((error: unknown) => {
      if (!call.cancelled) call.emit('error', callStatusOf(error, report));
    })
    .catch(report)
    .finally(() => forget?.());
}

async function sendAll({ call, messages }: AnswerStreamOptions, signal: AbortSignal): Promise<void> {
  for await (const message of messages(call.request, signal)) {
    if (signal.aborted) return;
    if (!call.write(message)) await taken(call, signal);
  }
}

/** Resolves when the caller has taken what was written, or will never. */
async function taken(call: ServerWritableStream<Buffer, Buffer>, signal: AbortSignal): Promise<void> {
  try {
    await once(call, 'drain', { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
