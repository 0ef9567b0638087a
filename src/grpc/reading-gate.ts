// When the connections of an evaluator are read: never while it drafts, and no further ahead than it answers.
// A request that waits in the kernel is some hundred bytes; one that was read is twenty kilobytes of objects,
// which the collector copies again and again until it is answered (docs/decisions/0016-read-as-answered.md).

/** A connection whose reading can be stopped. What arrives meanwhile waits in the kernel. */
export interface Readable {
  /** Returns whether there was reading to stop; only then may it be started again. */
  stopReading(): boolean;
  startReading(): void;
}

export interface ReadingGateParts {
  readonly connections: () => Iterable<Readable>;
  /** Unary calls that were read whole and are not answered yet. */
  readonly unanswered: () => number;
}

/** With so many unanswered calls no connection is read. More bring no higher rate, only more to collect. */
export const UNANSWERED_MAX = 128;

/** When so few are left, reading goes on: before the evaluator has nothing to do. */
const UNANSWERED_FEW = UNANSWERED_MAX / 2;

/** It goes on with one connection of so many at a time: all at once would bring everything that waits. */
const TURNS = 16;

/**
 * When nothing was read for so long, the next connections are read however many calls wait: callers that are
 * too many must learn it, and so must whoever asks for health, when the ledger has stopped answering.
 */
export const HOLD_MS_MAX = 20;

/** Only for one thread. */
export class ReadingGate {
  readonly #parts: ReadingGateParts;
  /** In the order in which they were stopped: whoever has waited longest is read next. */
  readonly #stopped = new Set<Readable>();
  /** Whose turn it is: read until the event loop has polled once, whatever else happens. */
  readonly #turn = new Set<Readable>();
  /** Set while reading is held back. */
  #holding: NodeJS.Timeout | null = null;

  constructor(parts: ReadingGateParts) {
    this.#parts = parts;
  }

  /** Runs the work while no connection is read, then reads on unless too many calls wait. */
  without(work: () => void): void {
    for (const connection of this.#parts.connections()) {
      if (connection.stopReading() && !this.#turn.has(connection)) this.#stopped.add(connection);
    }
    try {
      work();
    } finally {
      for (const connection of this.#turn) connection.startReading();
      if (this.#isFull) this.#hold();
      else this.#readOn();
    }
  }

  /** To be called when a call was answered. */
  answered(): void {
    if (this.#holding !== null && this.#parts.unanswered() === UNANSWERED_FEW) this.#readOn();
  }

  /** To be called when a connection has closed. */
  forget(connection: Readable): void {
    this.#turn.delete(connection);
    this.#stopped.delete(connection);
    this.#endHold();
  }

  get #isFull(): boolean {
    return this.#parts.unanswered() >= UNANSWERED_MAX;
  }

  #hold(): void {
    if (this.#stopped.size === 0) return;
    this.#holding ??= setInterval(() => this.#nextTurn(), HOLD_MS_MAX).unref();
  }

  #readOn(): void {
    if (this.#holding === null) this.#start(this.#stopped.size);
    else this.#nextTurn();
  }

  #nextTurn(): void {
    if (this.#turn.size > 0) return;
    this.#holding?.refresh();
    for (const connection of this.#start(Math.ceil(this.#stopped.size / TURNS))) this.#turn.add(connection);
    this.#endHold();
    // An immediate that is ordered by another one runs after the next poll.
    setImmediate(() => setImmediate(() => this.#endTurn()));
  }

  #endTurn(): void {
    this.#turn.clear();
    if (!this.#isFull) this.#readOn();
  }

  #endHold(): void {
    if (this.#stopped.size > 0 || this.#holding === null) return;
    clearInterval(this.#holding);
    this.#holding = null;
  }

  /** Reads the first so many connections again; returns them. */
  #start(count: number): readonly Readable[] {
    const started: Readable[] = [];
    for (const connection of this.#stopped) {
      if (started.length === count) break;
      started.push(connection);
    }
    for (const connection of started) {
      this.#stopped.delete(connection);
      connection.startReading();
    }
    return started;
  }
}
