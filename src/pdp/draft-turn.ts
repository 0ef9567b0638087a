// Drafts the checks that have come together, in a turn of their own between two polls of the event loop.
// A thread that is ended while it evaluates must not be inside a read of its sockets, and must find
// nothing to read afterwards: Node aborts the whole process over a request that meets a thread
// without JavaScript (docs/decisions/0005-evaluate-between-polls.md).

/** A turn ends with the call that reaches so many items: the ledger settles them while the next are drafted. */
const TURN_ITEMS = 64;

interface Task {
  readonly run: () => void;
  readonly items: number;
}

export interface DraftTurnParts {
  /** Runs the work soon, never inside the caller, while no socket of this thread is read. */
  readonly betweenPolls: (work: () => void) => void;
}

/** Runs every task soon, in the order in which they came. */
export class DraftTurn {
  readonly #parts: DraftTurnParts;
  #waiting: Task[] = [];

  constructor(parts: DraftTurnParts) {
    this.#parts = parts;
  }

  /** Calls that wait. While there are any, a turn is ordered. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** `run` drafts so many items; it must not throw. */
  add(run: () => void, items: number): void {
    if (this.#waiting.length === 0) this.#order();
    this.#waiting.push({ run, items });
  }

  #order(): void {
    this.#parts.betweenPolls(() => {
      const tasks = this.#take();
      if (this.#waiting.length > 0) this.#order();
      for (const task of tasks) task.run();
    });
  }

  #take(): readonly Task[] {
    let items = 0;
    let calls = 0;
    for (const task of this.#waiting) {
      if (items >= TURN_ITEMS) break;
      items += task.items;
      calls += 1;
    }
    const tasks = this.#waiting.slice(0, calls);
    this.#waiting = this.#waiting.slice(calls);
    return tasks;
  }
}
