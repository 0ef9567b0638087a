// The audit reader as other threads see it: the same port, over a message port to the reader thread.
// When the thread is gone every call is refused; nothing is retried.
import type { MessagePort } from 'node:worker_threads';
import { PosternError } from '../../core/error.ts';
import type {
  AuditReader,
  RecordFilter,
  RecordPage,
  StoredRecord,
  VerifyProgress,
} from '../../pdp/audit-port.ts';
import {
  decodeError,
  type ReaderCall,
  type ReaderReply,
  type ReaderRequest,
  type ReaderValue,
} from './reader-messages.ts';

/** Receives the replies of one call; null after the last. */
type Receiver = (reply: ReaderValue | PosternError | null) => void;

/** Items of a stream that may be under way at once. */
const ITEMS_AHEAD = 2;

function gone(): PosternError {
  return new PosternError('storage_unavailable', 'The audit log cannot be read now.');
}

export class ReaderClient implements AuditReader {
  readonly #port: MessagePort;
  readonly #receivers = new Map<number, Receiver>();
  #calls = 0;
  #isOpen = true;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (reply: ReaderReply) => this.#receive(reply));
    port.on('close', () => this.#lose());
  }

  async query(filter: RecordFilter, pageSize: number, pageToken: string): Promise<RecordPage> {
    return (await this.#ask({ kind: 'query', filter, pageSize, pageToken })) as RecordPage;
  }

  async indexed(): Promise<number> {
    return (await this.#ask({ kind: 'indexed' })) as number;
  }

  tail(
    fromIndex: number | null,
    filter: RecordFilter,
    stopAtEnd: boolean,
    signal: AbortSignal,
  ): AsyncIterable<readonly StoredRecord[]> {
    const call: ReaderCall = { kind: 'tail', fromIndex, filter, stopAtEnd };
    return this.#stream(call, signal) as AsyncIterable<readonly StoredRecord[]>;
  }

  verify(progressEvery: number, signal: AbortSignal): AsyncIterable<VerifyProgress> {
    return this.#stream({ kind: 'verify', progressEvery }, signal) as AsyncIterable<VerifyProgress>;
  }

  /** Ends every call. The thread itself is stopped by whoever started it. */
  close(): void {
    this.#port.close();
  }

  #ask(body: ReaderCall): Promise<ReaderValue> {
    return new Promise((resolve, reject) => {
      const call = this.#open(body, (reply) => {
        this.#receivers.delete(call);
        if (reply instanceof PosternError) reject(reply);
        else if (reply !== null) resolve(reply);
      });
    });
  }

  async *#stream(body: ReaderCall, signal: AbortSignal): AsyncGenerator<ReaderValue, void, undefined> {
    if (signal.aborted) return;
    const received: (ReaderValue | PosternError | null)[] = [];
    let wake: () => void = () => undefined;
    const call = this.#open(body, (reply) => {
      received.push(reply);
      wake();
    });
    const onAbort = (): void => wake();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      for (let item = 0; item < ITEMS_AHEAD; item++) this.#post({ state: 'next', call });
      for (;;) {
        if (signal.aborted) return;
        const reply = received.shift();
        if (reply === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        if (reply === null) return;
        if (reply instanceof PosternError) throw reply;
        yield reply;
        this.#post({ state: 'next', call });
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#receivers.delete(call);
      this.#post({ state: 'cancel', call });
    }
  }

  #open(body: ReaderCall, receiver: Receiver): number {
    const call = this.#calls++;
    if (!this.#isOpen) {
      queueMicrotask(() => receiver(gone()));
      return call;
    }
    this.#receivers.set(call, receiver);
    this.#post({ state: 'call', call, body });
    return call;
  }

  #post(request: ReaderRequest): void {
    if (this.#isOpen) this.#port.postMessage(request);
  }

  #receive(reply: ReaderReply): void {
    const receiver = this.#receivers.get(reply.call);
    if (receiver === undefined) return;
    if (reply.state === 'value') receiver(reply.value);
    else receiver(reply.state === 'end' ? null : decodeError(reply.error));
  }

  #lose(): void {
    this.#isOpen = false;
    const receivers = [...this.#receivers.values()];
    this.#receivers.clear();
    for (const receiver of receivers) receiver(gone());
  }
}
