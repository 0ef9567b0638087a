// A log with records of all kinds that searches and tails are tried on, and what a filter asks of it
// said a second time, in the plainest way.
import { encodeAdmin, encodeOutcome, encodeWindowClosed } from '../../src/core/leaf.ts';
import type { Reason } from '../../src/core/reason.ts';
import type { RecordFilter } from '../../src/pdp/audit-port.ts';
import { decisionId, decisionLeaf, keyId, type LeafMaker, START_US } from './log-writer.ts';

const REASONS: readonly Reason[] = ['allowed', 'allowed', 'allowed', 'scope_missing', 'key_revoked'];
const OPERATIONS = ['payments.create', 'payments.read', 'reports.export'];

/** Makers of `count` records, the n-th at START_US + n ms: mostly decisions, of companies and keys in turn. */
export function sampleRecords(count: number, first = 0): readonly LeafMaker[] {
  return Array.from({ length: count }, (_, n) => sampleRecord(first + n));
}

function sampleRecord(number: number): LeafMaker {
  const atUs = START_US + number * 1_000;
  if (number % 10 === 9) {
    return (place) =>
      encodeOutcome(place, {
        decisionId: decisionId(number - 1),
        decisionIndex: place.index - 1,
        status: 'success',
        httpStatus: 201,
        errorCategory: '',
        reportedAtUs: atUs,
      });
  }
  if (number % 50 === 25) {
    return (place) =>
      encodeAdmin(place, {
        action: 'set_key_status',
        actor: { identity: 'owner', listener: 'admin_unix' },
        atUs,
        result: 'done',
        companyId: `cmp_${number % 7}`,
        keyId: keyId(number % 13),
        requestId: null,
        details: { status: 'revoked' },
      });
  }
  if (number % 50 === 35) {
    return (place) =>
      encodeWindowClosed(place, {
        windowId: 'win_019b76da-a800-7000-8000-000000000001',
        windowKind: 'over_limit',
        openedAtUs: atUs - 900,
        closedAtUs: atUs,
        counts: [{ keyId: keyId(number % 13), reason: 'base_limit_exceeded', count: 12 }],
        because: 'idle',
      });
  }
  return decisionLeaf({
    number,
    companyId: number % 11 === 0 ? null : `cmp_${number % 7}`,
    keyId: number % 11 === 0 ? null : keyId(number % 13),
    operation: OPERATIONS[number % 3] ?? '',
    reason: REASONS[number % 5] ?? 'allowed',
    requestId: number % 17 === 0 ? `re"q\\${number}` : `req-${number}`,
    correlationId: number % 4 === 0 ? '' : `corr-${Math.trunc(number / 8)}`,
    settledAtUs: atUs,
  });
}

export interface ParsedLeaf {
  readonly kind: string;
  readonly check?: Readonly<Record<string, unknown>>;
  readonly counts?: readonly { readonly key_id: string | null; readonly reason: string }[];
  readonly [name: string]: unknown;
}

export function parseLeaf(leaf: string): ParsedLeaf {
  return JSON.parse(leaf) as ParsedLeaf;
}

/** Whether a record is asked for, read off docs/audit-record.md. */
export function isAskedFor(record: ParsedLeaf | undefined, filter: RecordFilter): boolean {
  if (record === undefined) throw new TypeError('no record');
  const facts: Readonly<Record<string, unknown>> = { ...record, ...record.check };
  const counts = record.counts ?? [];
  const times = ['settled_at', 'reported_at', 'closed_at', 'opened_at', 'at'];
  const timeUs = Number(times.map((name) => facts[name]).find((time) => time !== undefined));
  const same = (asked: string, name: string): boolean => asked === '' || facts[name] === asked;
  return (
    (filter.kinds.length === 0 || filter.kinds.includes(record.kind)) &&
    same(filter.companyId, 'company_id') &&
    (same(filter.keyId, 'key_id') || counts.some((count) => count.key_id === filter.keyId)) &&
    same(filter.operation, 'operation') &&
    (filter.effect === null || facts['effect'] === filter.effect) &&
    (filter.reasons.length === 0 ||
      filter.reasons.some(
        (reason) => facts['reason'] === reason || counts.some((count) => count.reason === reason),
      )) &&
    same(filter.requestId, 'request_id') &&
    same(filter.correlationId, 'correlation_id') &&
    same(filter.decisionId, 'decision_id') &&
    (filter.sinceUs === null || timeUs >= filter.sinceUs) &&
    (filter.untilUs === null || timeUs < filter.untilUs)
  );
}
