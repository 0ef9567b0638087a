// One page of a query. Synchronous, and bounded: it looks at so many leaves and no more, so that a
// filter that meets almost nothing cannot hold the reader thread; the page then ends early.
import { PosternError } from '../../core/error.ts';
import type { RecordFilter, RecordPage, StoredRecord } from '../../pdp/audit-port.ts';
import { encodePageToken, type Listing, PAGE_CHARS_MAX, PLACE_RADIX, parsePageToken } from '../page-token.ts';
import type { LogSource } from './log-source.ts';
import { candidates, type IndexRange } from './record-candidates.ts';
import { type CompiledFilter, compileFilter } from './record-filter.ts';
import type { TermSearch } from './term-search.ts';

const PAGE_SIZE_DEFAULT = 100;
export const PAGE_SIZE_MAX = 1_000;

/** Leaves that one page looks at: about a tenth of a second. */
const LEAVES_EXAMINED_MAX = 20_000;

export interface QuerySources {
  readonly log: LogSource;
  readonly search: TermSearch;
  /** Records below this index are in the index. */
  readonly indexed: number;
}

/** What one page asks for. */
export interface PageRequest {
  readonly filter: RecordFilter;
  /** 1 to 1,000; 0 means 100. */
  readonly pageSize: number;
  readonly pageToken: string;
}

/**
 * A page may have fewer records than asked for, even none, and still be followed by another: only an
 * empty token says that there is no more.
 * @throws PosternError request_malformed for a page size out of range or a token that is not ours.
 */
export function queryRecords(sources: QuerySources, request: PageRequest): RecordPage {
  const { filter } = request;
  const pageSize = request.pageSize === 0 ? PAGE_SIZE_DEFAULT : request.pageSize;
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > PAGE_SIZE_MAX) {
    throw new PosternError('request_malformed', 'The page size is out of range.', {
      faults: [
        { field: 'page_size', problem: `must be 1 to ${PAGE_SIZE_MAX}, or 0 for ${PAGE_SIZE_DEFAULT}` },
      ],
    });
  }
  const listing: Listing = { list: 'records', filter };
  const place = parsePageToken(request.pageToken, listing);
  const before = place === null ? sources.indexed : Number.parseInt(place, PLACE_RADIX);
  const compiled = compileFilter(filter);
  const head = sources.log.head();
  const range = timeRange(sources.search, compiled, { from: 0, below: Math.min(before, sources.indexed) });
  const { records, next } = collect(sources, compiled, range, { logId: head.logId, pageSize });
  return {
    records,
    nextPageToken: next === null ? '' : encodePageToken(next.toString(PLACE_RADIX), listing),
    completeBelow: sources.indexed,
    logSize: head.size,
  };
}

/** The page's records, and the index below which the next page begins; null: there is none. */
function collect(
  sources: QuerySources,
  filter: CompiledFilter,
  range: IndexRange,
  page: { readonly logId: string; readonly pageSize: number },
): { readonly records: readonly StoredRecord[]; readonly next: number | null } {
  const records: StoredRecord[] = [];
  let examined = 0;
  let chars = 0;
  for (const index of candidates(sources.search, filter, range)) {
    if (examined === LEAVES_EXAMINED_MAX) return { records, next: index + 1 };
    examined++;
    const record = sources.log.records(page.logId, index, index + 1)[0];
    if (record === undefined || !filter.matches(record.leaf)) continue;
    // One more than the page holds was found: so there is a next page, and it begins with that one.
    chars += record.leaf.length + record.private.length;
    const isFull = records.length === page.pageSize || (records.length > 0 && chars > PAGE_CHARS_MAX);
    if (isFull) return { records, next: index + 1 };
    records.push(record);
  }
  return { records, next: null };
}

/** Narrows a range to the records whose time can be the one asked for. */
function timeRange(search: TermSearch, filter: CompiledFilter, range: IndexRange): IndexRange {
  const { sinceUs, untilUs } = filter;
  if (sinceUs === null && untilUs === null) return range;
  const within = search.indexesBetween(sinceUs, untilUs);
  return { from: Math.max(range.from, within.from), below: Math.min(range.below, within.below) };
}
