// Which runs are merged, and when. Pure. Without it an idle sidecar would leave one run a record and a
// search would visit them all; with it a search visits a few dozen, and an entry is rewritten about once
// for each factor of eight that its run has grown by.
import { RUN_RECORDS_MAX } from './term-run.ts';

/** Runs of like size that are merged into one. */
const FAN_IN = 8;
const FAN_IN_BITS = 3;
/** A run this long is never merged again: two of them would not fit into one. */
const RECORDS_FULL = RUN_RECORDS_MAX / 2;

/** Runs of one tier differ in length by less than the factor of the fan-in. */
function tierOf(records: number): number {
  return Math.trunc(Math.log2(Math.max(1, records)) / FAN_IN_BITS);
}

/**
 * How many runs at the end are to be merged into one, given the lengths of all in records, oldest
 * first; 0: none. Ask again after merging. A run swallows those right before it that are shorter by a
 * tier, so that lengths never rise towards the end; then runs of one tier are merged by eight.
 */
export function runsToMerge(lengths: readonly number[]): number {
  const last = lengths.at(-1) ?? 0;
  if (last >= RECORDS_FULL) return 0;
  const tier = tierOf(last);
  let total = last;
  let alike = 1;
  let shorter = 0;
  for (let i = lengths.length - 2; i >= 0; i--) {
    const length = lengths[i] ?? 0;
    if (length >= RECORDS_FULL || tierOf(length) > tier || total + length > RUN_RECORDS_MAX) break;
    total += length;
    alike++;
    if (tierOf(length) < tier) shorter = alike;
  }
  if (alike >= FAN_IN || (alike > 1 && total >= RECORDS_FULL)) return alike;
  return shorter;
}
