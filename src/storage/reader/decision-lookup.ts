// Finds the record of a decision for the ledger, when an outcome is reported for it. A read-only
// connection of its own to the index database, which may be missing, behind, or replaced at any time:
// then it knows less, and says so by its watermark. It never waits and never writes.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openReader } from '../database.ts';
import { INDEX_FILE, INDEX_PLAN } from '../index-schema.ts';
import type { SqlDatabase } from '../sql-port.ts';
import { termKey } from './term-hash.ts';
import { TermSearch } from './term-search.ts';

export interface DecisionLookupOptions {
  readonly dataDirectory: string;
  /** The leaf at an index, to verify hits against; null when there is none. */
  readonly leafAt: (index: number) => string | null;
}

interface Connection {
  readonly database: SqlDatabase;
  readonly search: TermSearch;
  /** The file that was opened: an index that was begun anew is another one. */
  readonly inode: number;
}

export class DecisionLookup {
  readonly #path: string;
  readonly #leafAt: (index: number) => string | null;
  #connection: Connection | null = null;

  constructor(options: DecisionLookupOptions) {
    this.#path = join(options.dataDirectory, INDEX_FILE);
    this.#leafAt = options.leafAt;
  }

  /** Decisions recorded below this index can be found; 0 when there is no index of this log. */
  watermark(logId: string): number {
    return this.#reading(0, (search) => {
      const watermark = search.watermark();
      return watermark?.logId === logId ? watermark.indexed : 0;
    });
  }

  /** Index of the decision's record, or null when none below the watermark is found. */
  indexOf(decisionId: string): number | null {
    const key = termKey('decision_id', decisionId);
    const mark = `"decision_id":${JSON.stringify(decisionId)},"effect":`;
    return this.#reading(null, (search) => {
      for (const run of search.runs()) {
        for (const index of search.indexesIn(run, key)) {
          if (this.#leafAt(index)?.includes(mark) === true) return index;
        }
      }
      return null;
    });
  }

  close(): void {
    this.#connection?.database.close();
    this.#connection = null;
  }

  /** Reads in one transaction; `otherwise` when the index cannot be read now. */
  #reading<T>(otherwise: T, read: (search: TermSearch) => T): T {
    try {
      const connection = this.#connected();
      if (connection === null) return otherwise;
      connection.database.exec('BEGIN');
      try {
        return read(connection.search);
      } finally {
        connection.database.exec('COMMIT');
      }
    } catch {
      // Absent, locked, damaged, being replaced: the next call tries again from the start.
      this.close();
      return otherwise;
    }
  }

  #connected(): Connection | null {
    const inode = statSync(this.#path, { throwIfNoEntry: false })?.ino;
    if (inode === undefined || inode !== this.#connection?.inode) this.close();
    if (inode === undefined) return null;
    if (this.#connection === null) {
      const database = openReader({ path: this.#path, plan: INDEX_PLAN });
      this.#connection = { database, search: new TermSearch(database), inode };
    }
    return this.#connection;
  }
}
