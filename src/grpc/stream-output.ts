// The sending side of a StreamCheck: one response a turn with all results that are ready, and none while
// the caller does not take what was sent before.
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { encodeStreamResponse, type StreamItem } from './codec-answer.ts';
import { TurnBatch } from './turn-batch.ts';

/** Results of one response message at most, so that it stays far below what clients accept. */
const RESULTS_MAX = 128;

/** Messages that may be on their way to the transport; more wait here, where they can be forgotten. */
const UNTAKEN_MESSAGES_MAX = 2;

/** Sends results; tells how many the caller's side has not taken yet. */
export class StreamOutput {
  readonly #call: ServerDuplexStream<Buffer, Buffer>;
  readonly #onTaken: () => void;
  readonly #turn: TurnBatch<StreamItem>;
  #held: StreamItem[] = [];
  #untakenMessages = 0;
  #untakenResults = 0;
  #isClosed = false;

  /** @param onTaken Called after results were taken by the transport. */
  constructor(call: ServerDuplexStream<Buffer, Buffer>, onTaken: () => void) {
    this.#call = call;
    this.#onTaken = onTaken;
    this.#turn = new TurnBatch((items) => this.#hold(items));
  }

  /** Results that the transport has not taken: the caller's flow control decides when it does. */
  get size(): number {
    return this.#turn.size + this.#held.length + this.#untakenResults;
  }

  add(item: StreamItem): void {
    if (!this.#isClosed) this.#turn.add(item);
  }

  /** The caller has gone: forgets everything. */
  close(): void {
    this.#isClosed = true;
    this.#held = [];
  }

  #hold(items: readonly StreamItem[]): void {
    if (this.#isClosed) return;
    this.#held = this.#held.length === 0 ? [...items] : [...this.#held, ...items];
    this.#send();
  }

  #send(): void {
    while (this.#held.length > 0 && this.#untakenMessages < UNTAKEN_MESSAGES_MAX && !this.#isClosed) {
      const items = this.#held.splice(0, RESULTS_MAX);
      this.#untakenMessages += 1;
      this.#untakenResults += items.length;
      this.#call.write(encodeStreamResponse(items), () => this.#taken(items.length));
    }
  }

  #taken(results: number): void {
    this.#untakenMessages -= 1;
    this.#untakenResults -= results;
    this.#send();
    this.#onTaken();
  }
}
