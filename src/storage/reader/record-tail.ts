// Follows the log in its own order, from an index on. Reads the log itself, never the search index, so
// that it neither lags nor depends on it. A consumer that is slow is simply read for later.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RecordFilter, StoredRecord } from '../../pdp/audit-port.ts';
import type { LogGrowth } from './log-growth.ts';
import type { LogSource } from './log-source.ts';
import { compileFilter } from './record-filter.ts';

/** Records read at once: bounds memory (about 400 KB) and the time until others have a turn. */
const RECORDS_PER_READ = 256;

/** Where to begin and to end. */
export interface TailRange {
  /** Null: records that come after the call. */
  readonly fromIndex: number | null;
  readonly stopAtEnd: boolean;
}

/** Chunks of at least one record. Ends when the signal aborts, or at the log's end if so asked. */
export async function* tailRecords(
  log: LogSource,
  growth: LogGrowth,
  filter: RecordFilter,
  range: TailRange,
  signal: AbortSignal,
): AsyncGenerator<readonly StoredRecord[], void, undefined> {
  const compiled = compileFilter(filter);
  const head = log.head();
  let next = range.fromIndex ?? head.size;
  let size = head.size;
  while (!signal.aborted) {
    while (next < size && !signal.aborted) {
      const below = Math.min(size, next + RECORDS_PER_READ);
      const records = log.records(head.logId, next, below);
      next = below;
      const wanted = records.filter((record) => compiled.matches(record.leaf));
      if (wanted.length > 0) yield wanted;
      await nextTurn();
    }
    if (range.stopAtEnd) return;
    size = await growth.above(next, signal);
  }
}
