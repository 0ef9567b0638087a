// Finds the record of a decision that an outcome is reported for: recent ones in memory, older ones in
// the search index. Bounded; when the index lags behind what memory holds it says so instead of guessing.
import { join } from 'node:path';
import type { DecisionPlace } from '../pdp/settle-view.ts';
import { decisionBytes } from './decision-id.ts';
import { DecisionIndex } from './decision-index.ts';
import { DecisionTable } from './decision-table.ts';
import { INDEX_FILE } from './index-schema.ts';
import type { LedgerRows } from './ledger-rows.ts';

/** How many tables are kept: some 131,000 ids, 4 MB. */
const SEGMENTS_MAX = 32;

/** Records that a start looks through when the index has not come so far. */
const LOADED_RECORDS_MAX = 8_192;

interface Segment {
  /** All records from this index up to the next segment's are in it. */
  readonly fromIndex: number;
  readonly table: DecisionTable;
}

/** Only for the ledger's thread. */
export class DecisionPlaces {
  readonly #rows: LedgerRows;
  readonly #index: DecisionIndex;
  readonly #segments: Segment[];

  /** Loads the decisions that the index does not know yet, as far as that is quick. */
  constructor(options: {
    readonly dataDirectory: string;
    readonly logId: string;
    readonly size: number;
    readonly rows: LedgerRows;
  }) {
    this.#rows = options.rows;
    this.#index = new DecisionIndex(join(options.dataDirectory, INDEX_FILE), {
      logId: options.logId,
      leafAt: (index) => this.#rows.leaf(index),
    });
    const fromIndex = Math.max(this.#index.indexed(), options.size - LOADED_RECORDS_MAX, 0);
    this.#segments = [{ fromIndex, table: new DecisionTable() }];
    this.add(options.rows.decisionsFrom(fromIndex));
  }

  /** Remembers committed decisions. */
  add(decisions: readonly (readonly [string, number])[]): void {
    for (const [decisionId, index] of decisions) this.#tableFor(index).set(decisionId, index);
  }

  find(decisionId: string): DecisionPlace {
    if (decisionBytes(decisionId) === null) return 'unknown';
    for (let at = this.#segments.length - 1; at >= 0; at--) {
      const place = this.#segments[at]?.table.get(decisionId);
      if (place !== undefined) return place;
    }
    const { index, indexed } = this.#index.find(decisionId);
    if (index !== null) return index;
    const firstInMemory = this.#segments[0]?.fromIndex ?? 0;
    return indexed >= firstInMemory ? 'unknown' : 'unindexed';
  }

  close(): void {
    this.#index.close();
  }

  /** The newest segment's table, or that of a new segment from this index on. */
  #tableFor(index: number): DecisionTable {
    const newest = this.#segments.at(-1);
    if (newest !== undefined && !newest.table.isFull) return newest.table;
    const table = new DecisionTable();
    this.#segments.push({ fromIndex: index, table });
    this.#forget();
    return table;
  }

  /** Drops segments that the index covers, and the oldest when there are too many. */
  #forget(): void {
    const indexed = this.#index.indexed();
    for (;;) {
      const next = this.#segments[1];
      if (next === undefined) return;
      if (next.fromIndex > indexed && this.#segments.length <= SEGMENTS_MAX) return;
      this.#segments.shift();
    }
  }
}
