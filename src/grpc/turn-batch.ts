// Gathers what becomes due within one turn of the event loop and hands it over together: one message with
// many results costs far less than many messages.

/** Hands over all values added since the last turn, in the order they were added. */
export class TurnBatch<T> {
  readonly #flush: (values: readonly T[]) => void;
  #waiting: T[] = [];

  constructor(flush: (values: readonly T[]) => void) {
    this.#flush = flush;
  }

  add(value: T): void {
    if (this.#waiting.length === 0) setImmediate(() => this.#run());
    this.#waiting.push(value);
  }

  #run(): void {
    const values = this.#waiting;
    this.#waiting = [];
    this.#flush(values);
  }
}
