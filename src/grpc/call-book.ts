// Every open call of one server, by what it waits for. It bounds how many there may be, and one timer
// ends those that wait too long: for the caller's message, for our answer, for the caller to take it.
import { PosternError } from '../core/error.ts';

export interface CallBounds {
  /** Unary calls that may be open at once; more are refused as `overloaded`. */
  readonly callsMax: number;
  /** Streams that may be open at once, of both kinds. */
  readonly streamsMax: number;
  /** Time for a request to arrive whole, in milliseconds. */
  readonly requestMsMax: number;
  /** Time for an answer after that. A little above the longest deadline: it only ends what is stuck. */
  readonly answerMsMax: number;
  /** Time for the caller to take the answer. */
  readonly deliveryMsMax: number;
  /** Time that a stream of requests may stay silent in both directions. */
  readonly streamIdleMs: number;
}

/** What a call waits for. */
export type CallPhase = 'request' | 'answer' | 'delivery' | 'stream';

/** A call as the book sees it. */
export interface BookedCall {
  /** When the present phase began, on the book's clock. */
  sinceMs: number;
  phase: CallPhase;
  readonly isStream: boolean;
  /** Ends the call: its phase took too long. */
  expire(error: PosternError): void;
}

const SWEEP_MS = 250;

const EXPIRY_TEXTS: Readonly<Record<CallPhase, string>> = {
  request: 'The request was not complete in time.',
  answer: 'The call was not answered in time.',
  delivery: 'The answer was not taken in time.',
  stream: 'The stream was silent for too long.',
};

function overloaded(what: string): PosternError {
  return new PosternError('overloaded', `Too many ${what} are open.`, { retryAfterMs: 100 });
}

/** The open calls of one server. */
export class CallBook {
  readonly #bounds: CallBounds;
  readonly #phases: Readonly<Record<CallPhase, Set<BookedCall>>> = {
    request: new Set(),
    answer: new Set(),
    delivery: new Set(),
    stream: new Set(),
  };
  readonly #limitsMs: Readonly<Record<CallPhase, number>>;
  readonly #timer: NodeJS.Timeout;
  #calls = 0;
  #streams = 0;
  /** Coarse on purpose: reading the clock for each call would cost more than it tells. */
  nowMs = 0;

  constructor(bounds: CallBounds) {
    this.#bounds = bounds;
    this.#limitsMs = {
      request: bounds.requestMsMax,
      answer: bounds.answerMsMax,
      delivery: bounds.deliveryMsMax,
      stream: bounds.streamIdleMs,
    };
    this.#timer = setInterval(() => this.#sweep(), Math.min(SWEEP_MS, bounds.requestMsMax / 2)).unref();
    this.nowMs = performance.now();
  }

  /** Books a call that begins, or says why it must not. */
  admit(call: BookedCall): PosternError | null {
    if (call.isStream) {
      if (this.#streams >= this.#bounds.streamsMax) return overloaded('streams');
      this.#streams += 1;
    } else {
      if (this.#calls >= this.#bounds.callsMax) return overloaded('calls');
      this.#calls += 1;
    }
    call.sinceMs = this.nowMs;
    this.#phases[call.phase].add(call);
    return null;
  }

  /** Moves a call to its next phase. */
  advance(call: BookedCall, phase: CallPhase): void {
    if (!this.#phases[call.phase].delete(call)) return;
    call.phase = phase;
    call.sinceMs = this.nowMs;
    this.#phases[phase].add(call);
  }

  /** Strikes a call that has ended. */
  release(call: BookedCall): void {
    if (!this.#phases[call.phase].delete(call)) return;
    if (call.isStream) this.#streams -= 1;
    else this.#calls -= 1;
  }

  /** Calls and streams that are open. */
  get open(): number {
    return this.#calls + this.#streams;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #sweep(): void {
    this.nowMs = performance.now();
    for (const phase of ['request', 'answer', 'delivery', 'stream'] as const) {
      const oldestMs = this.nowMs - this.#limitsMs[phase];
      for (const call of this.#phases[phase]) {
        if (call.sinceMs < oldestMs) call.expire(new PosternError('deadline_exceeded', EXPIRY_TEXTS[phase]));
        // A set is in order of arrival, so the rest is younger; streams are touched while they wait.
        else if (phase !== 'stream') break;
      }
    }
  }
}
