// The sending side of a StreamCheck: one response a turn with all results that are ready, and none while
// the caller does not take what was sent before.
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { encodeStreamResponse, type StreamItem } from './codec-answer.ts';
import { TurnBatch } from './turn-batch.ts';

/** Results of one response message at most, so that it stays far below what clients accept. */
const RESULTS_MAX = 128;

/** Sends results; tells how many it still holds. */
export class StreamOutput {
  readonly #call: ServerDuplexStream<Buffer, Buffer>;
  readonly #onSent: () => void;
  readonly #turn: TurnBatch<StreamItem>;
  #held: StreamItem[] = [];
  #isBlocked = false;
  #isClosed = false;

  /** @param onSent Called after results were handed to the transport. */
  constructor(call: ServerDuplexStream<Buffer, Buffer>, onSent: () => void) {
    this.#call = call;
    this.#onSent = onSent;
    this.#turn = new TurnBatch((items) => this.#take(items));
    call.on('drain', () => {
      this.#isBlocked = false;
      this.#send();
    });
  }

  /** Results that were not handed to the transport yet. */
  get size(): number {
    return this.#turn.size + this.#held.length;
  }

  add(item: StreamItem): void {
    if (!this.#isClosed) this.#turn.add(item);
  }

  /** The caller has gone: forgets everything. */
  close(): void {
    this.#isClosed = true;
    this.#held = [];
  }

  #take(items: readonly StreamItem[]): void {
    if (this.#isClosed) return;
    this.#held = this.#held.length === 0 ? [...items] : [...this.#held, ...items];
    this.#send();
  }

  #send(): void {
    while (this.#held.length > 0 && !this.#isBlocked && !this.#isClosed) {
      const items = this.#held.splice(0, RESULTS_MAX);
      this.#isBlocked = !this.#call.write(encodeStreamResponse(items));
    }
    this.#onSent();
  }
}
