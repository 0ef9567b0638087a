// Follows the committed log with the search index. Off the hot path: it takes what is new a few times a
// second, so that a busy sidecar pays for large batches instead of many small ones.
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { BATCH_RECORDS_MAX, type IndexStore } from './index-store.ts';
import { tipOf } from './index-watermark.ts';
import type { IndexedLeaf, LogSource } from './log-source.ts';
import { isSolvedByRebuilding, openIndex, removeIndex } from './open-index.ts';
import type { TermSearch } from './term-search.ts';

/** How often it looks for new records. */
const INTERVAL_MS = 250;

/** Rows read in one statement: few enough that they are done with before the collector copies them. */
const ROWS_PER_READ = 64;

export interface FollowerOptions {
  readonly dataDirectory: string;
  readonly log: LogSource;
  /** Told about errors that it goes on after: a failed batch is tried again at the next interval. */
  readonly onProblem: (problem: unknown) => void;
}

/** Keeps the index close behind the log. */
export class IndexFollower {
  readonly #options: FollowerOptions;
  #store: IndexStore;
  #indexed: number;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#store = openIndex(options.dataDirectory, options.log);
    this.#indexed = this.#store.search.watermark()?.indexed ?? 0;
  }

  /**
   * Reads the index. One that turns out to be damaged is begun anew and read again: the answer then is
   * complete for fewer records, and says so.
   */
  reading<T>(read: (search: TermSearch, indexed: number) => T): T {
    try {
      return read(this.#store.search, this.#indexed);
    } catch (error) {
      if (!isSolvedByRebuilding(error)) throw error;
      this.#options.onProblem(error);
      this.#reopen(true);
      return read(this.#store.search, this.#indexed);
    }
  }

  /** Records below this index are in the index. */
  get indexed(): number {
    return this.#indexed;
  }

  /** Indexes at most one batch of a log of this size. Returns whether more is waiting. */
  step(logSize: number): boolean {
    if (logSize <= this.#indexed) return false;
    try {
      this.#append(Math.min(logSize, this.#indexed + BATCH_RECORDS_MAX));
    } catch (error) {
      this.#options.onProblem(error);
      this.#reopen(isSolvedByRebuilding(error));
      return false;
    }
    return logSize > this.#indexed;
  }

  /** Follows until the signal aborts. `logSize` must be cheap: it is asked at every interval. */
  async follow(logSize: () => number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        while (this.step(logSize()) && !signal.aborted) await nextTurn();
      } catch (error) {
        this.#options.onProblem(error);
      }
      await delay(INTERVAL_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  close(): void {
    this.#store.close();
  }

  #append(below: number): void {
    const from = this.#indexed;
    const { log } = this.#options;
    const tip = tipOf(log.leafAt(below - 1));
    this.#store.append({ from, below, leaves: leavesOf(log, from, below), tip });
    this.#indexed = below;
  }

  #reopen(rebuild: boolean): void {
    this.#store.close();
    if (rebuild) removeIndex(this.#options.dataDirectory);
    this.#store = openIndex(this.#options.dataDirectory, this.#options.log);
    this.#indexed = this.#store.search.watermark()?.indexed ?? 0;
  }
}

function* leavesOf(log: LogSource, from: number, below: number): Generator<IndexedLeaf> {
  for (let at = from; at < below; at += ROWS_PER_READ) {
    yield* log.leaves(at, Math.min(below, at + ROWS_PER_READ));
  }
}
