// The sending side of a StreamCheck: one response a turn with all results that are ready. It counts what
// the caller's side has not taken, so that no more is read than can be sent.
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { ArrivalAccount, ArrivalHolder } from './arrival-budget.ts';
import { encodeStreamResponse, type StreamItem } from './codec-answer.ts';
import { inOwnMemory } from './own-memory.ts';
import { TurnBatch } from './turn-batch.ts';

/** Results of one response message at most, so that it stays far below what clients accept. */
const RESULTS_MAX = 128;

export interface StreamOutputHooks {
  /** Results were taken by the transport. */
  readonly onTaken: () => void;
  /** Results cannot be sent: here nobody stands between an exception and the thread. */
  readonly onFailure: (cause: unknown) => void;
  /** More is held for callers who do not take it than there is room for, and this one has most. */
  readonly onRefused: () => void;
}

/** Sends results; tells how many the caller's side has not taken yet. */
export class StreamOutput implements ArrivalHolder {
  heldBytes = 0;
  readonly #call: ServerDuplexStream<Buffer, Buffer>;
  readonly #hooks: StreamOutputHooks;
  readonly #account: ArrivalAccount | undefined;
  readonly #turn: TurnBatch<StreamItem>;
  #untaken = 0;
  #isClosed = false;

  /** @param account Of the connection; undefined once it is closed. */
  constructor(
    call: ServerDuplexStream<Buffer, Buffer>,
    hooks: StreamOutputHooks,
    account: ArrivalAccount | undefined,
  ) {
    this.#call = call;
    this.#hooks = hooks;
    this.#account = account;
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
    this.#account?.release(this, this.heldBytes);
  }

  refuse(): void {
    this.#hooks.onRefused();
  }

  #send(items: readonly StreamItem[]): void {
    try {
      for (let from = 0; from < items.length && !this.#isClosed; from += RESULTS_MAX) {
        if (!this.#write(items.slice(from, from + RESULTS_MAX))) return;
      }
    } catch (cause) {
      this.#hooks.onFailure(cause);
    }
  }

  /** False when there is no room for it. */
  #write(part: readonly StreamItem[]): boolean {
    // Encoded they wait for their caller to take them, all but the first of them here.
    const encoded = inOwnMemory(encodeStreamResponse(part));
    const bytes = encoded.length + (this.#account?.objectCost ?? 0);
    if (this.#account?.hold(this, bytes) === false) return false;
    // Not the results themselves, which would keep all that their group of the ledger came with.
    const results = part.length;
    this.#call.write(encoded, () => this.#taken(results, bytes));
    return true;
  }

  #taken(results: number, bytes: number): void {
    this.#untaken -= results;
    this.#account?.release(this, bytes);
    this.#hooks.onTaken();
  }
}
