// Finds the search terms of a leaf. Decisions are by far the most, so they are scanned in place: their
// members stand in a fixed order (canonical JSON), and `,"name":` cannot occur inside a JSON string.
// A leaf that is not what it should be yields fewer terms, never an error: finding damage is verify's.
import type { TermField } from './term-hash.ts';

/** Receives the terms of one leaf: characters `start` to `end` of `text`, as they stand in JSON. */
export type TermSink = (field: TermField, text: string, start: number, end: number) => void;

const DECISION_START = '{"check":{';
/** Members of `check` in its order. */
const CHECK_MEMBERS: readonly { readonly field: TermField; readonly mark: string }[] = [
  { field: 'company_id', mark: ',"company_id":"' },
  { field: 'correlation_id', mark: ',"correlation_id":"' },
  { field: 'key_id', mark: ',"key_id":"' },
  { field: 'operation', mark: ',"operation":"' },
  { field: 'request_id', mark: ',"request_id":"' },
];
/** Stands right behind `check`. */
const DECISION_ID = '},"decision_id":"';
const EFFECT_DENY = ',"effect":"deny"';
const REASON = ',"reason":"';
const SETTLED_AT = ',"settled_at":"';
const BACKSLASH = 0x5c;

/** Emits the terms and returns the record's time in microseconds, 0 when it has none. */
export function leafTerms(leaf: string, sink: TermSink): number {
  return leaf.startsWith(DECISION_START) ? decisionTerms(leaf, sink) : otherTerms(leaf, sink);
}

/** End of the JSON string whose first character is at `start`: the place of its closing quote. */
function stringEnd(leaf: string, start: number): number {
  let end = leaf.indexOf('"', start);
  while (end !== -1) {
    let slashes = 0;
    while (leaf.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if ((slashes & 1) === 0) return end;
    end = leaf.indexOf('"', end + 1);
  }
  return leaf.length;
}

function decisionTerms(leaf: string, sink: TermSink): number {
  const checkEnd = leaf.indexOf(DECISION_ID);
  // What is not in the check is not looked for behind it.
  const check = leaf.slice(0, Math.max(checkEnd, 0));
  let at = DECISION_START.length;
  for (const { field, mark } of CHECK_MEMBERS) {
    const found = check.indexOf(mark, at);
    if (found === -1) continue;
    const start = found + mark.length;
    at = stringEnd(leaf, start);
    sink(field, leaf, start, at);
  }
  if (checkEnd !== -1) {
    const start = checkEnd + DECISION_ID.length;
    at = stringEnd(leaf, start);
    sink('decision_id', leaf, start, at);
  }
  if (leaf.startsWith(EFFECT_DENY, at + 1)) sink('effect', 'deny', 0, 4);
  const reason = leaf.lastIndexOf(REASON);
  if (reason !== -1) {
    const start = reason + REASON.length;
    sink('reason', leaf, start, stringEnd(leaf, start));
  }
  const settledAt = leaf.lastIndexOf(SETTLED_AT);
  return settledAt === -1 ? 0 : timeAt(leaf, settledAt + SETTLED_AT.length);
}

function timeAt(leaf: string, start: number): number {
  const timeUs = Number(leaf.slice(start, stringEnd(leaf, start)));
  return Number.isSafeInteger(timeUs) ? timeUs : 0;
}

/** Members that hold the record's time, by kind; see docs/audit-record.md. */
const TIME_MEMBERS = ['settled_at', 'reported_at', 'closed_at', 'opened_at', 'at'] as const;

/** The time of a parsed record in microseconds, 0 when it has none. */
export function recordTimeUs(record: Readonly<Record<string, unknown>>): number {
  for (const name of TIME_MEMBERS) {
    const value = record[name];
    if (typeof value === 'string') {
      const timeUs = Number(value);
      return Number.isSafeInteger(timeUs) ? timeUs : 0;
    }
  }
  return 0;
}

/** A JSON object, or null for everything else. */
export function parseRecord(leaf: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(leaf);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function otherTerms(leaf: string, sink: TermSink): number {
  const record = parseRecord(leaf);
  if (record === null) return 0;
  const emit = (field: TermField, value: unknown): void => {
    if (typeof value !== 'string') return;
    const text = JSON.stringify(value);
    sink(field, text, 1, text.length - 1);
  };
  emit('kind', record['kind']);
  emit('company_id', record['company_id']);
  emit('key_id', record['key_id']);
  emit('request_id', record['request_id']);
  emit('decision_ref', record['decision_id']);
  for (const value of new Set(countedValues(record, 'key_id'))) emit('key_id', value);
  for (const reason of windowReasons(record)) emit('reason', reason);
  return recordTimeUs(record);
}

/** Key ids or reasons that a closed window counted. */
export function countedValues(
  record: Readonly<Record<string, unknown>>,
  member: 'key_id' | 'reason',
): readonly string[] {
  const counts = record['counts'];
  if (!Array.isArray(counts)) return [];
  const rows: readonly unknown[] = counts;
  return rows.flatMap((row) => {
    const value = isObject(row) ? row[member] : undefined;
    return typeof value === 'string' ? [value] : [];
  });
}

/**
 * Reasons that a window stands for: those it counted and, when it is over a throttled source, the one that
 * its checks were answered with.
 */
export function windowReasons(record: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const reasons = new Set(countedValues(record, 'reason'));
  if (record['window_kind'] === 'source_failures') reasons.add('source_throttled');
  return reasons;
}
