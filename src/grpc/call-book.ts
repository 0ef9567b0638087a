// Every open call of one listener, by what it waits for. It bounds how many there may be, and one timer
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

/** A call as the book sees it: a link in the list of its phase. */
export interface BookedCall {
  /** Its neighbours in the list, which alone changes them; null while it is in none. */
  next: BookedCall | null;
  previous: BookedCall | null;
  /** When the present phase began, on the book's clock. */
  sinceMs: number;
  phase: CallPhase;
  /** Whether the book holds it; the book alone changes this. */
  isOpen: boolean;
  readonly isStream: boolean;
  /** Ends the call: its phase took too long. */
  expire(error: PosternError): void;
}

/**
 * Calls in order of arrival. The links are the calls' own: a Set would leave a hole for every call that
 * ends, and copying itself to close them costs more than everything else here.
 */
class CallList {
  #first: BookedCall | null = null;
  #last: BookedCall | null = null;

  get first(): BookedCall | null {
    return this.#first;
  }

  append(call: BookedCall): void {
    call.previous = this.#last;
    call.next = null;
    if (this.#last === null) this.#first = call;
    else this.#last.next = call;
    this.#last = call;
  }

  remove(call: BookedCall): void {
    if (call.previous === null) this.#first = call.next;
    else call.previous.next = call.next;
    if (call.next === null) this.#last = call.previous;
    else call.next.previous = call.previous;
    call.next = null;
    call.previous = null;
  }
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

/** The open calls of one listener. */
export class CallBook {
  readonly #bounds: CallBounds;
  readonly #phases: Readonly<Record<CallPhase, CallList>> = {
    request: new CallList(),
    answer: new CallList(),
    delivery: new CallList(),
    stream: new CallList(),
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
    call.isOpen = true;
    this.#phases[call.phase].append(call);
    return null;
  }

  /** Moves a call to its next phase. */
  advance(call: BookedCall, phase: CallPhase): void {
    if (!call.isOpen) return;
    this.#phases[call.phase].remove(call);
    call.phase = phase;
    call.sinceMs = this.nowMs;
    this.#phases[phase].append(call);
  }

  /** Strikes a call that has ended. */
  release(call: BookedCall): void {
    if (!call.isOpen) return;
    call.isOpen = false;
    this.#phases[call.phase].remove(call);
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
      let call = this.#phases[phase].first;
      // Expiring one may move or end others; those are looked at the next time.
      while (call?.isOpen && call.phase === phase) {
        const next: BookedCall | null = call.next;
        if (call.sinceMs < oldestMs) call.expire(new PosternError('deadline_exceeded', EXPIRY_TEXTS[phase]));
        // Whatever came later is younger, except streams, which are touched while they wait.
        else if (phase !== 'stream') break;
        call = next;
      }
    }
  }
}
