// The sending side of a StreamCheck: one response a turn with all results that are ready. It counts what
// the caller's side has not taken, so that no more is read than can be sent.
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { encodeStreamResponse, type StreamItem } from './codec-answer.ts';
import { TurnBatch } from './turn-batch.ts';

/** Results of one response message at most, so that it stays far below what clients accept. */
const RESULTS_MAX = 128;

/** Sends results; tells how many the caller's side has not taken yet. */
export class StreamOutput {
  readonly #call: ServerDuplexStream<Buffer, Buffer>;
  readonly #onTaken: () => void;
  readonly #onFailure: (cause: unknown) => void;
  readonly #turn: TurnBatch<StreamItem>;
  #untaken = 0;
  #isClosed = false;

  /**
   * @param hooks `onTaken` is called after results were taken by the transport, `onFailure` when results
   * cannot be sent: here nobody stands between an exception and the thread.
   */
  constructor(
    call: ServerDuplexStream<Buffer, Buffer>,
    hooks: { readonly onTaken: () => void; readonly onFailure: (cause: unknown) => void },
  ) {
    this.#call = call;
    this.#onTaken = hooks.onTaken;
    this.#onFailure = hooks.onFailure;
    this.#turn = new TurnBatch((items) => this.#send(items));
  }

  /** Results that the transport has not taken: the caller's flow control decides when it does. */
  get size(): number {
    return this.#untaken;
  }

  add(item: StreamItem): void {
    if (this.#isClosed) return;
    this.#untaken += 1;
    this.#turn.add(item);
  }

  /** The caller has gone: sends nothing more. */
  close(): void {
    this.#isClosed = true;
  }

  #send(items: readonly StreamItem[]): void {
    try {
      for (let from = 0; from < items.length && !this.#isClosed; from += RESULTS_MAX) {
        const part = items.slice(from, from + RESULTS_MAX);
        this.#call.write(encodeStreamResponse(part), () => this.#taken(part.length));
      }
    } catch (cause) {
      this.#onFailure(cause);
    }
  }

  #taken(results: number): void {
    this.#untaken -= results;
    this.#onTaken();
  }
}
