// How far a search index has come, and in which log. Whoever reads an index asks here first: one of another
// log, or ahead of a log that was restored from a backup, knows records that this log never had.
import { hash } from 'node:crypto';

export interface Watermark {
  readonly logId: string;
  readonly indexed: number;
  /** SHA-256 of the last leaf that is indexed, in hexadecimal; empty when none is. */
  readonly tip: string;
}

/** The log that an index must be of. */
export interface IndexedLog {
  readonly logId: string;
  /** The leaf at this index, or null beyond the log's end. */
  leafAt(index: number): string | null;
}

/** SHA-256 of a leaf as the index's `meta.tip` has it; empty when there is none. */
export function tipOf(leaf: string | null): string {
  return leaf === null ? '' : hash('sha256', leaf);
}

/** Whether the index is of this log, and its last record is still the log's. */
export function isIndexOf({ logId, indexed, tip }: Watermark, log: IndexedLog): boolean {
  return logId === log.logId && tip === tipOf(indexed === 0 ? null : log.leafAt(indexed - 1));
}
