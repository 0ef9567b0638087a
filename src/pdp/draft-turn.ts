// Drafts the checks that have come together, in a turn of their own between two polls of the event loop.
// A thread that is ended while it evaluates must not be inside a read of its sockets, and must find
// nothing to read afterwards: Node aborts the whole process over a request that meets a thread
// without JavaScript (docs/decisions/0005-evaluate-between-polls.md).

/** A turn ends with the call that reaches so many items: the ledger settles them while the next are drafted. */
const TURN_ITEMS = 64;

export interface DraftTask {
  /** Drafts; it must not throw. */
  readonly run: () => void;
  readonly items: number;
  /** Nobody waits for it any more: `run` will only say so, which costs a turn nothing. */
  readonly isOver: () => boolean;
}

export interface DraftTurnParts {
  /**
   * Items that may wait. Calls that were cancelled wait as well until their turn, and nothing else counts them: a
   * storm of such calls would fill the heap.
   */
  readonly itemsMax: number;
  /** Runs the work soon, never inside the caller; no socket of this thread is read from its first evaluation on. */
  readonly betweenPolls: (work: () => void) => void;
}

/** Runs every task soon, in the order in which they came. */
export class DraftTurn {
  readonly #parts: DraftTurnParts;
  #waiting: DraftTask[] = [];
  #waitingItems = 0;

  constructor(parts: DraftTurnParts) {
    this.#parts = parts;
  }

  /** Calls that wait. While there are any, a turn is ordered. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Whether no new call should be added. One that was drafted already goes on. */
  get isFull(): boolean {
    return this.#waitingItems >= this.#parts.itemsMax;
  }

  add(task: DraftTask): void {
    if (this.#waiting.length === 0) this.#order();
    this.#waiting.push(task);
    this.#waitingItems += task.items;
  }

  #order(): void {
    this.#parts.betweenPolls(() => {
      const tasks = this.#take();
      if (this.#waiting.length > 0) this.#order();
      for (const task of tasks) task.run();
    });
  }

  #take(): readonly DraftTask[] {
    let items = 0;
    let calls = 0;
    for (const task of this.#waiting) {
      if (items >= TURN_ITEMS) break;
      if (!task.isOver()) items += task.items;
      this.#waitingItems -= task.items;
      calls += 1;
    }
    const tasks = this.#waiting.slice(0, calls);
    this.#waiting = this.#waiting.slice(calls);
    return tasks;
  }
}
