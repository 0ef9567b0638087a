// Validates decoded checks, whole: Check, BatchCheck and the checks of a stream. After this no later
// part looks at the shape of a field again.
import { PosternError } from './error.ts';
import { normaliseIp } from './ip-address.ts';
import { notYetBuilt, parseItem } from './parse-item.ts';
import type { RawBatch, RawCheck, RawCredential, RawSource } from './raw-request.ts';
import {
  BATCH_ITEMS_MAX,
  type CheckCall,
  type CheckCredential,
  type CheckItem,
  type CheckSource,
  USER_AGENT_CHARS_MAX,
} from './request.ts';
import { cleanText } from './text-rules.ts';
import { withoutCutKey } from './without-keys.ts';

/** Throws PosternError `request_malformed` with all faults, or `not_yet_built` naming the field. */
export function parseCheck(raw: RawCheck): CheckCall {
  const credential = parseCredential(raw);
  const item = parseItem(raw, '');
  if (item instanceof PosternError) throw item;
  return { credential, source: parseSource(raw.source), items: [item] };
}

/** A batch after validation: an item that is at fault is an error in its own place. */
export interface ParsedBatch {
  readonly credential: CheckCredential;
  readonly source: CheckSource;
  /** By index of the request. */
  readonly items: readonly (CheckItem | PosternError)[];
}

/** Throws PosternError for faults of the whole call only. */
export function parseBatch(raw: RawBatch): ParsedBatch {
  const credential = parseCredential(raw);
  if (raw.items.length < 1 || raw.items.length > BATCH_ITEMS_MAX) {
    throw malformed('items', `must have 1-${BATCH_ITEMS_MAX} entries`);
  }
  const seen = new Set<string>();
  const items = raw.items.map((each, index) => {
    const item = parseItem(each, `items[${index}].`);
    if (item instanceof PosternError) return item;
    if (seen.has(item.requestId)) {
      return malformed(`items[${index}].request_id`, 'must be unique in the batch');
    }
    seen.add(item.requestId);
    return item;
  });
  return { credential, source: parseSource(raw.source), items };
}

/**
 * The presented credential. Its bytes are the partner's: none are refused here, the empty text counts as
 * none. Throws PosternError `not_yet_built` for kinds of later parts.
 */
export function parseCredential(raw: RawCredential): CheckCredential {
  if (raw.grant !== undefined && raw.grant !== null) throw notYetBuilt('grant');
  if (raw.bearerToken !== undefined && raw.bearerToken !== null) throw notYetBuilt('bearer_token');
  const apiKey = raw.apiKey;
  return { apiKey: apiKey === undefined || apiKey === null || apiKey === '' ? null : apiKey };
}

const NO_SOURCE: CheckSource = { ip: null, userAgent: '' };

/** The source: an ill-formed address counts as none, a user agent is cut and cleaned. Never a fault. */
export function parseSource(raw: RawSource | null): CheckSource {
  if (raw === null) return NO_SOURCE;
  const cleaned = cleanText(raw.userAgent, USER_AGENT_CHARS_MAX);
  const isWhole = raw.userAgent.length <= USER_AGENT_CHARS_MAX;
  return { ip: normaliseIp(raw.ip), userAgent: isWhole ? cleaned : withoutCutKey(cleaned) };
}

function malformed(field: string, problem: string): PosternError {
  return new PosternError('request_malformed', 'The request is malformed.', { faults: [{ field, problem }] });
}
