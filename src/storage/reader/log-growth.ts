// Wakes whoever waits for new records. One timer for all of them, which only runs while someone waits:
// it looks at one number in shared memory.
import { setTimeout as delay } from 'node:timers/promises';

/** How often the size is looked at while someone waits. */
const INTERVAL_MS = 20;

/** Waits for the log to grow. */
export class LogGrowth {
  readonly #logSize: () => number;
  #tick: Promise<void> | null = null;

  constructor(logSize: () => number) {
    this.#logSize = logSize;
  }

  /** Resolves to the log's size once it is above `size`, or to what it is when the signal aborts. */
  async above(size: number, signal: AbortSignal): Promise<number> {
    let now = this.#logSize();
    while (now <= size && !signal.aborted) {
      await this.#next();
      now = this.#logSize();
    }
    return now;
  }

  #next(): Promise<void> {
    this.#tick ??= delay(INTERVAL_MS).then(() => {
      this.#tick = null;
    });
    return this.#tick;
  }
}
