// Which indexes a query looks at, newest first: those that the search index names, or all of a range
// when the index does not help. A candidate is not an answer; the filter decides on its leaf.
import type { CompiledFilter } from './record-filter.ts';
import type { TermKey } from './term-hash.ts';
import type { Run, TermSearch } from './term-search.ts';

/** Indexes with `from` <= index < `below`. */
export interface IndexRange {
  readonly from: number;
  readonly below: number;
}

export function* candidates(
  search: TermSearch,
  filter: CompiledFilter,
  range: IndexRange,
): Generator<number, void, undefined> {
  if (filter.clauses.length === 0) {
    for (let index = range.below - 1; index >= range.from; index--) yield index;
    return;
  }
  for (const run of search.runs()) {
    if (run.start >= range.below) continue;
    if (run.start + run.records <= range.from) return;
    const indexes = indexesOf(search, run, filter.clauses);
    for (let at = indexes.length - 1; at >= 0; at--) {
      const index = indexes[at] ?? 0;
      if (index < range.from) return;
      if (index < range.below) yield index;
    }
  }
}

/** Indexes of a run that meet all clauses, ascending. */
function indexesOf(search: TermSearch, run: Run, clauses: readonly (readonly TermKey[])[]): number[] {
  let indexes: number[] | null = null;
  for (const choice of clauses) {
    const found = choice.flatMap((key) => search.indexesIn(run, key));
    // A list of one term is in order and has each index once; lists of several are made so.
    const met = choice.length === 1 ? found : [...new Set(found)].sort((one, other) => one - other);
    indexes = indexes === null ? met : intersection(indexes, met);
    if (indexes.length === 0) return indexes;
  }
  return indexes ?? [];
}

function intersection(one: readonly number[], other: readonly number[]): number[] {
  const both: number[] = [];
  let at = 0;
  for (const index of one) {
    while (at < other.length && (other[at] ?? 0) < index) at++;
    if (other[at] === index) both.push(index);
  }
  return both;
}
