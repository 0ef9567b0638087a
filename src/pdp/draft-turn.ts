// Drafts the checks that have come together, in a turn of their own between two polls of the event loop.
// A thread that is ended while it evaluates must not be inside a read of its sockets, and must find
// nothing to read afterwards: Node aborts the whole process over a request that meets a thread
// without JavaScript (docs/decisions/0005-evaluate-between-polls.md).

/** Checks drafted in one turn: what comes meanwhile waits no longer than these take. */
const TURN_CALLS_MAX = 64;

export interface DraftTurnParts {
  /** Runs the work soon, never inside the caller, while no socket of this thread is read. */
  readonly betweenPolls: (work: () => void) => void;
}

/** Runs every task soon, in the order in which they came. */
export class DraftTurn {
  readonly #parts: DraftTurnParts;
  #waiting: (() => void)[] = [];

  constructor(parts: DraftTurnParts) {
    this.#parts = parts;
  }

  /** The task must not throw. */
  add(task: () => void): void {
    if (this.#waiting.length === 0) this.#order();
    this.#waiting.push(task);
  }

  #order(): void {
    this.#parts.betweenPolls(() => {
      const tasks = this.#waiting.slice(0, TURN_CALLS_MAX);
      this.#waiting = this.#waiting.slice(TURN_CALLS_MAX);
      if (this.#waiting.length > 0) this.#order();
      for (const task of tasks) task();
    });
  }
}
