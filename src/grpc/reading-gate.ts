// When the connections of an evaluator are read: never while a policy is evaluated, and under overload a few of them
// at a time, in turns. A request that waits in the kernel is some hundred bytes; one that was read is twenty
// kilobytes of objects, which the collector copies until it is answered (docs/decisions/0016-read-in-turns.md).
import { assert } from '../core/assert.ts';

/** A connection whose reading can be stopped. What arrives meanwhile waits in the kernel. */
export interface Readable {
  /** A request on it was read in part: its rest must not wait for a turn, of which it might need dozens. */
  readonly isMidRequest: boolean;
  /** Returns whether there was reading to stop; only then may it be started again. */
  stopReading(): boolean;
  /** Does nothing once the connection has closed. */
  startReading(): void;
}

export interface ReadingGateParts {
  readonly connections: () => Iterable<Readable>;
  /** Calls that were read and wait to be drafted. While there are any, a turn is ordered that drafts them. */
  readonly waiting: () => number;
}

/** With fewer new calls the next step reads twice as many connections, with more than twice as many half. */
const STEP_CALLS = 32;

/** The first step reads one connection of so many. */
const FIRST_STEP = 16;

/**
 * After so many turns without a step, the next connections are read whatever waits: one whose requests are
 * always half read could otherwise fill every turn.
 */
const TURNS_MAX = 8;

/**
 * INVARIANT: while connections are held back, a turn of drafting or a next step is ordered, and a step comes
 * after a bounded number of turns. Neither waits for anything but the event loop, so nobody is forgotten and
 * the evaluator is never idle because of it.
 */
export class ReadingGate {
  readonly #parts: ReadingGateParts;
  /** In the order in which they were stopped: whoever has waited longest is read next. */
  readonly #stopped = new Set<Readable>();
  /** Connections of one step; 0 while nothing is held back. */
  #step = 0;
  #turnsWithoutStep = 0;
  #isTurn = false;
  #isStopped = false;

  constructor(parts: ReadingGateParts) {
    this.#parts = parts;
  }

  /** Runs the work, a turn of drafting. To be called from an immediate. */
  turn(work: () => void): void {
    this.#isTurn = true;
    if (this.#step > 0) this.stop();
    this.#fitStep();
    try {
      work();
    } finally {
      const holdsBack = this.#parts.waiting() > 0;
      if (holdsBack) this.stop();
      this.#isTurn = false;
      this.#isStopped = false;
      for (const connection of this.#stopped) if (connection.isMidRequest) this.#start(connection);
      if (holdsBack) this.#holdBack();
      else this.#readOn();
    }
  }

  /**
   * Stops all reading until the end of the turn, which it is called in. Most turns need none of it, and it costs two
   * calls for each connection and, of the kernel, two for the turn.
   */
  stop(): void {
    assert(this.#isTurn, 'reading is stopped outside of a turn');
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const connection of this.#parts.connections()) {
      if (connection.stopReading()) this.#stopped.add(connection);
    }
  }

  /** So that a step brings about as many calls as one turn drafts. */
  #fitStep(): void {
    if (this.#turnsWithoutStep > 0) return;
    const calls = this.#parts.waiting();
    if (calls < STEP_CALLS) this.#step *= 2;
    else if (calls > 2 * STEP_CALLS) this.#step = Math.ceil(this.#step / 2);
  }

  /** The next turn is ordered already, and comes by here again. */
  #holdBack(): void {
    const first = Math.ceil(this.#stopped.size / FIRST_STEP);
    if (this.#step === 0) this.#step = first;
    this.#turnsWithoutStep += 1;
    if (this.#turnsWithoutStep < TURNS_MAX) return;
    this.#step = Math.max(this.#step, first);
    this.#readOn();
  }

  #readOn(): void {
    this.#turnsWithoutStep = 0;
    let left = this.#step === 0 ? this.#stopped.size : this.#step;
    for (const connection of this.#stopped) {
      if (left === 0) break;
      left -= 1;
      this.#start(connection);
    }
    if (this.#stopped.size === 0) this.#step = 0;
    // From an immediate, the next one runs after a poll: by then this step was read.
    else setImmediate(() => this.#goOn());
  }

  #goOn(): void {
    // What waits is drafted next, and then comes the next step.
    if (this.#parts.waiting() > 0) return;
    this.#step *= 2;
    this.#readOn();
  }

  #start(connection: Readable): void {
    this.#stopped.delete(connection);
    connection.startReading();
  }
}
