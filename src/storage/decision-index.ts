// The ledger's view of the search index: only to find the record of a decision. Opened when it is there;
// one that is missing, damaged, or not of the log as it is now means that nothing is indexed, never an error.
import { statSync } from 'node:fs';
import { openReader } from './database.ts';
import { INDEX_PLAN } from './index-schema.ts';
import { type IndexedLog, isIndexOf } from './reader/index-watermark.ts';
import { termKey } from './reader/term-hash.ts';
import { TermSearch } from './reader/term-search.ts';
import type { SqlDatabase } from './sql-port.ts';

const CACHE_KIB = 1_024;

/** What the index says about a decision, at one moment. */
export interface IndexedPlace {
  readonly index: number | null;
  /** Decisions below this index would have been found. */
  readonly indexed: number;
}

const NOTHING: IndexedPlace = { index: null, indexed: 0 };

interface OpenIndex {
  readonly database: SqlDatabase;
  readonly search: TermSearch;
  /** Of the file that was under the name just before it was opened. */
  readonly inode: bigint | null;
}

/** Read-only and synchronous. Its hits are verified against the log. */
export class DecisionIndex {
  readonly #path: string;
  readonly #log: IndexedLog;
  #open: OpenIndex | null = null;

  constructor(path: string, log: IndexedLog) {
    this.#path = path;
    this.#log = log;
  }

  indexed(): number {
    return this.#read((search) => this.#indexedBy(search)) ?? 0;
  }

  find(decisionId: string): IndexedPlace {
    const found = this.#read((search) => {
      const indexed = this.#indexedBy(search);
      const key = termKey('decision_id', decisionId);
      const mark = `},"decision_id":"${decisionId}"`;
      for (const run of indexed === 0 ? [] : search.runs()) {
        const index = search
          .indexesIn(run, key)
          .find((candidate) => this.#log.leafAt(candidate)?.includes(mark));
        if (index !== undefined) return { index, indexed };
      }
      return { index: null, indexed };
    });
    return found ?? NOTHING;
  }

  /** Never throws: the ledger closes while it deals with another error. */
  close(): void {
    const open = this.#open;
    this.#open = null;
    try {
      open?.database.close();
    } catch {
      // A connection that only read has nothing to keep.
    }
  }

  #indexedBy(search: TermSearch): number {
    const watermark = search.watermark();
    return watermark !== null && isIndexOf(watermark, this.#log) ? watermark.indexed : 0;
  }

  /** One read transaction: merging moves entries. Null when there is no usable index. */
  #read<T>(query: (search: TermSearch) => T): T | null {
    try {
      const { database, search } = this.#opened();
      database.exec('BEGIN');
      try {
        return query(search);
      } finally {
        database.exec('COMMIT');
      }
    } catch {
      this.close();
      return null;
    }
  }

  #opened(): OpenIndex {
    const inode = this.#inode();
    // The follower may have deleted the file, or built it again as a new one of the same name: ours would
    // be a dead one for ever. An inode is not given to another file while ours is open.
    if (this.#open !== null && this.#open.inode !== inode) this.close();
    if (this.#open === null) {
      const database = openReader({ path: this.#path, plan: INDEX_PLAN, cacheKib: CACHE_KIB });
      this.#open = { database, search: new TermSearch(database), inode };
    }
    return this.#open;
  }

  #inode(): bigint | null {
    return statSync(this.#path, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
  }
}
