// Finds the record of a decision that an outcome is reported for: recent ones in memory, older ones in
// the search index. Bounded; when the index lags behind what memory holds it says so instead of guessing.
import { join } from 'node:path';
import type { DecisionPlace } from '../pdp/settle-view.ts';
import { decisionBytes } from './decision-id.ts';
import { DecisionIndex } from './decision-index.ts';
import { INDEX_FILE } from './index-schema.ts';
import type { LedgerRows } from './ledger-rows.ts';
import { ownText } from './settle-codec.ts';

/** Decisions of one segment of memory, and how many segments are kept: some 131,000 ids, 20 MB. */
const SEGMENT_DECISIONS = 4_096;
const SEGMENTS_MAX = 32;

/** Records that a start looks through when the index has not come so far. */
const LOADED_RECORDS_MAX = 8_192;

interface Segment {
  /** All records from this index up to the next segment's are in it. */
  readonly fromIndex: number;
  readonly places: Map<string, number>;
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
    this.#index = new DecisionIndex(join(options.dataDirectory, INDEX_FILE), options.logId);
    const fromIndex = Math.max(this.#index.indexed(), options.size - LOADED_RECORDS_MAX, 0);
    this.#segments = [{ fromIndex, places: new Map(options.rows.decisionsFrom(fromIndex)) }];
  }

  /** Remembers committed decisions; `nextIndex` is the log's size after them. */
  add(decisions: readonly (readonly [string, number])[], nextIndex: number): void {
    let segment = this.#segments.at(-1);
    if (segment === undefined || segment.places.size >= SEGMENT_DECISIONS) {
      segment = { fromIndex: decisions[0]?.[1] ?? nextIndex, places: new Map() };
      this.#segments.push(segment);
      this.#forget();
    }
    for (const [decisionId, index] of decisions) segment.places.set(ownText(decisionId), index);
  }

  find(decisionId: string): DecisionPlace {
    if (decisionBytes(decisionId) === null) return 'unknown';
    for (let at = this.#segments.length - 1; at >= 0; at--) {
      const place = this.#segments[at]?.places.get(decisionId);
      if (place !== undefined) return place;
    }
    const { index, indexed } = this.#index.find(decisionId, (candidate) => this.#rows.leaf(candidate));
    if (index !== null) return index;
    const firstInMemory = this.#segments[0]?.fromIndex ?? 0;
    return indexed >= firstInMemory ? 'unknown' : 'unindexed';
  }

  close(): void {
    this.#index.close();
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
