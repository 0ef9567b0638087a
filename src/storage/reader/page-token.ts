// Page tokens of queries: where the next page begins, and which filter it belongs to. A place in the log
// never moves, so pages do not shift while records are added.
import { hash } from 'node:crypto';
import { PosternError } from '../../core/error.ts';
import type { RecordFilter } from '../../pdp/audit-port.ts';

const PATTERN = /^1\.([0-9a-z]{1,11})\.([0-9a-f]{16})$/;
const RADIX = 36;
const DIGEST_CHARS = 16;

function digestOf(filter: RecordFilter): string {
  return hash('sha256', JSON.stringify(Object.entries(filter).sort())).slice(0, DIGEST_CHARS);
}

/** A token for the page of records whose index is below `before`. */
export function encodePageToken(before: number, filter: RecordFilter): string {
  return `1.${before.toString(RADIX)}.${digestOf(filter)}`;
}

/**
 * Where the page begins; null for the first page, whose token is empty.
 * @throws PosternError request_malformed when the token is not one, or is of another filter.
 */
export function parsePageToken(token: string, filter: RecordFilter): number | null {
  if (token === '') return null;
  const [, before, digest] = PATTERN.exec(token) ?? [];
  if (before === undefined) throw refused('is not one that a page before gave');
  if (digest !== digestOf(filter)) throw refused('belongs to another filter');
  return Number.parseInt(before, RADIX);
}

function refused(problem: string): PosternError {
  return new PosternError('request_malformed', 'The page token cannot be used.', {
    faults: [{ field: 'page_token', problem }],
  });
}
