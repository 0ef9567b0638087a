// Audit records as the command line shows them: the stored bytes unchanged for machines, one line for
// people. A leaf is data from a file: nothing in it may steer the terminal.
import type { AuditRecord__Output } from '../grpc/gen/postern/v1/AuditRecord.ts';
import { printable } from './output.ts';

/** A member of a parsed leaf as text; empty when it is not there. */
function textAt(value: unknown, ...path: readonly string[]): string {
  let inner: unknown = value;
  for (const name of path)
    inner = typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined;
  return typeof inner === 'string' || typeof inner === 'number' ? printable(String(inner)) : '';
}

function parseLeaf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

/** A record for machines. `leaf` is the exact text that was hashed; `record` the same, parsed. */
export function recordView(record: AuditRecord__Output) {
  return {
    log_id: record.logId,
    index: Number(record.index),
    leaf: record.leaf.toString('utf8'),
    record: parseLeaf(record.leaf),
    private: record.private.length === 0 ? null : parseLeaf(record.private),
  };
}

/** Microseconds since the epoch, as they stand in a leaf, as RFC 3339 to the millisecond. */
function leafTime(us: string): string {
  const ms = Math.trunc(Number(us) / 1_000);
  return us === '' || Number.isNaN(ms) ? '' : new Date(ms).toISOString();
}

const TIME_MEMBERS = ['settled_at', 'opened_at', 'closed_at', 'reported_at', 'at'];

/** What a record of its kind is about, in a few words. */
function subjectOf(leaf: unknown): string {
  switch (textAt(leaf, 'kind')) {
    case 'decision':
      return textAt(leaf, 'check', 'operation');
    case 'admin':
      return textAt(leaf, 'action');
    case 'policy':
      return `${textAt(leaf, 'event')} ${textAt(leaf, 'revision').slice(0, 12)}`;
    case 'outcome':
      return textAt(leaf, 'decision_id');
    case 'window_opened':
    case 'window_closed':
      return `${textAt(leaf, 'window_kind')} ${textAt(leaf, 'window_id')}`;
    default:
      return textAt(leaf, 'cause');
  }
}

export const RECORD_COLUMNS: readonly string[] = [
  'index',
  'time',
  'kind',
  'effect',
  'reason',
  'company',
  'key',
  'what',
];

/** A record as a row of RECORD_COLUMNS. */
export function recordRow(record: AuditRecord__Output): readonly string[] {
  const leaf = parseLeaf(record.leaf);
  const time = TIME_MEMBERS.map((member) => textAt(leaf, member)).find((text) => text !== '') ?? '';
  return [
    record.index,
    leafTime(time),
    textAt(leaf, 'kind'),
    textAt(leaf, 'effect'),
    textAt(leaf, 'reason') || textAt(leaf, 'status') || textAt(leaf, 'result'),
    textAt(leaf, 'check', 'company_id') || textAt(leaf, 'company_id'),
    textAt(leaf, 'check', 'key_id') || textAt(leaf, 'key_id'),
    subjectOf(leaf),
  ];
}
