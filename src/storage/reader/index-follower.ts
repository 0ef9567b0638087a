// Follows the committed log with the search index. Off the hot path: it takes what is new a few times a
// second, so that a busy sidecar pays for large batches instead of many small ones.
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { PosternError } from '../../core/error.ts';
import { builtAgain, isSolvedByRebuilding } from './index-damage.ts';
import { BATCH_RECORDS_MAX, type IndexStore } from './index-store.ts';
import { tipOf } from './index-watermark.ts';
import type { IndexedLeaf, LogSource } from './log-source.ts';
import { openIndex, removeIndex } from './open-index.ts';
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
  /** Null while none can be opened or made: the disk may be full. */
  #store: IndexStore | null = null;
  #indexed = 0;
  /** What was told since then: it is tried again at every interval. */
  readonly #told = new Set<string>();

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#open();
  }

  /**
   * Reads the index. One that turns out to be damaged is begun anew and read again: the answer then is
   * complete for fewer records, and says so.
   * @throws PosternError storage_unavailable while there is no index.
   */
  reading<T>(read: (search: TermSearch, indexed: number) => T): T {
    try {
      return read(this.#opened().search, this.#indexed);
    } catch (error) {
      if (!isSolvedByRebuilding(error)) throw error;
      this.#mend(error);
      return read(this.#opened().search, this.#indexed);
    }
  }

  /** Records below this index are in the index. */
  get indexed(): number {
    return this.#indexed;
  }

  /** Indexes at most one batch of a log of this size. Returns whether more is waiting. */
  step(logSize: number): boolean {
    if (this.#store === null) this.#open();
    if (this.#store === null || logSize <= this.#indexed) return false;
    try {
      this.#append(this.#store, Math.min(logSize, this.#indexed + BATCH_RECORDS_MAX));
    } catch (error) {
      this.#mend(error);
      return false;
    }
    return logSize > this.#indexed;
  }

  /** Follows until the signal aborts. `logSize` must be cheap: it is asked at every interval. */
  async follow(logSize: () => number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        while (this.step(logSize()) && !signal.aborted) await nextTurn();
        this.#checkSome();
      } catch (error) {
        this.#options.onProblem(error);
      }
      await delay(INTERVAL_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  close(): void {
    this.#store?.close();
  }

  #append(store: IndexStore, below: number): void {
    const from = this.#indexed;
    const { log } = this.#options;
    const tip = tipOf(log.leafAt(below - 1));
    store.append({ from, below, leaves: leavesOf(log, from, below), tip });
    this.#indexed = below;
  }

  /** What nobody asks for must be found as well: the ledger cannot mend what it looks decisions up in. */
  #checkSome(): void {
    try {
      this.#store?.checkSome();
    } catch (error) {
      this.#mend(error);
    }
  }

  /** Opens the index again after an error, built anew when that helps. */
  #mend(error: unknown): void {
    const isRebuilt = isSolvedByRebuilding(error);
    this.#options.onProblem(isRebuilt ? builtAgain(error) : error);
    this.#store?.close();
    this.#store = null;
    this.#indexed = 0;
    if (isRebuilt) removeIndex(this.#options.dataDirectory);
    this.#open();
  }

  #open(): void {
    try {
      const { dataDirectory, log } = this.#options;
      this.#store = openIndex({ dataDirectory, log, onProblem: (problem) => this.#tellOnce(problem) });
      this.#indexed = this.#store.search.watermark()?.indexed ?? 0;
      this.#told.clear();
    } catch (error) {
      this.#tellOnce(error);
    }
  }

  #tellOnce(problem: unknown): void {
    const why = problem instanceof Error ? problem.message : '';
    if (!this.#told.has(why)) this.#options.onProblem(problem);
    this.#told.add(why);
  }

  #opened(): IndexStore {
    if (this.#store !== null) return this.#store;
    throw new PosternError('storage_unavailable', 'The search index cannot be opened or made now.');
  }
}

function* leavesOf(log: LogSource, from: number, below: number): Generator<IndexedLeaf> {
  for (let at = from; at < below; at += ROWS_PER_READ) {
    yield* log.leaves(at, Math.min(below, at + ROWS_PER_READ));
  }
}
