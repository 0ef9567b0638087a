// Pages of lists, and their tokens: where the next page begins, and which list and filter it belongs to. A token that is not of
// the list that it is used on would give a page that looks whole and is not.
import { hash } from 'node:crypto';
import { PosternError } from '../core/error.ts';

/** A page ends early beyond this: half of what clients accept by default. */
export const PAGE_CHARS_MAX = 2_000_000;

/** Of the numbers in places. */
export const PLACE_RADIX = 36;

/** `1.<digest>.<place>`; a place may hold anything: it may be the id of a row that was edited. */
const PATTERN = /^1\.([0-9a-f]{16})\.(.+)$/s;
const DIGEST_CHARS = 16;

/** What is listed. */
export interface Listing {
  readonly list: 'companies' | 'keys' | 'records';
  /** Members that decide what is in the list, the page's size not among them. */
  readonly filter: object;
}

/** A token for the page that begins at this place of the list: printable ASCII if the place is, not empty. */
export function encodePageToken(place: string, listing: Listing): string {
  return `1.${digestOf(place, listing)}.${place}`;
}

/**
 * Where the page begins, a text that `encodePageToken` was given; null for the first page, whose token is empty.
 * @throws PosternError request_malformed when the token is changed, or is of another list or filter.
 */
export function parsePageToken(token: string, listing: Listing): string | null {
  if (token === '') return null;
  const [, digest, place] = PATTERN.exec(token) ?? [];
  if (place !== undefined && digest === digestOf(place, listing)) return place;
  throw new PosternError('request_malformed', 'The page token cannot be used.', {
    faults: [{ field: 'page_token', problem: 'is not one that a page of this list and filter gave' }],
  });
}

/** No signature: who makes up a place gets the page that begins there, and may read all of them anyway. */
function digestOf(place: string, { list, filter }: Listing): string {
  return hash('sha256', JSON.stringify([list, Object.entries(filter).sort(), place])).slice(0, DIGEST_CHARS);
}
