// Turns a filter into terms for the search index and a test for one leaf. The test decides; terms only
// narrow what is looked at.
import type { RecordFilter } from '../../pdp/audit-port.ts';
import { countedValues, isObject, parseRecord, recordTimeUs, windowReasons } from './leaf-terms.ts';
import { type TermField, type TermKey, termKey } from './term-hash.ts';

/** A filter made ready for use. */
export interface CompiledFilter {
  /** All must hold; each is a choice of terms. Empty: the index does not help. */
  readonly clauses: readonly (readonly TermKey[])[];
  readonly sinceUs: number | null;
  readonly untilUs: number | null;
  /** Whether a leaf is asked for. */
  matches(leaf: string): boolean;
}

type Members = Readonly<Record<string, unknown>>;
type Test = (record: Members, check: Members) => boolean;

const NO_MEMBERS: Members = {};

export function compileFilter(filter: RecordFilter): CompiledFilter {
  const tests = testsOf(filter);
  const marks = marksOf(filter);
  return {
    clauses: clausesOf(filter),
    sinceUs: filter.sinceUs,
    untilUs: filter.untilUs,
    matches: (leaf) => {
      if (tests.length === 0) return true;
      // A leaf that does not hold the texts asked for need not be parsed.
      if (!marks.every((mark) => leaf.includes(mark))) return false;
      const record = parseRecord(leaf);
      if (record === null) return false;
      const check = isObject(record['check']) ? record['check'] : NO_MEMBERS;
      return tests.every((test) => test(record, check));
    },
  };
}

function clausesOf(filter: RecordFilter): readonly (readonly TermKey[])[] {
  const clauses: TermKey[][] = [];
  const add = (value: string, ...fields: readonly TermField[]): void => {
    if (value !== '') clauses.push(fields.map((field) => termKey(field, value)));
  };
  add(filter.decisionId, 'decision_id', 'decision_ref');
  add(filter.requestId, 'request_id');
  add(filter.correlationId, 'correlation_id');
  // Ids are so rare that nothing else is worth reading beside them.
  if (clauses.length > 0) return clauses;
  add(filter.keyId, 'key_id');
  add(filter.companyId, 'company_id');
  add(filter.operation, 'operation');
  if (filter.effect === 'deny') add('deny', 'effect');
  if (filter.effect === 'allow') add('allowed', 'reason');
  if (filter.reasons.length > 0) clauses.push(filter.reasons.map((reason) => termKey('reason', reason)));
  // Decisions have no term for their kind: nearly every record is one.
  if (filter.kinds.length > 0 && !filter.kinds.includes('decision')) {
    clauses.push(filter.kinds.map((kind) => termKey('kind', kind)));
  }
  return clauses;
}

/** Texts that stand in every leaf that passes. */
function marksOf(filter: RecordFilter): readonly string[] {
  const { companyId, keyId, operation, requestId, correlationId, decisionId } = filter;
  return [companyId, keyId, operation, requestId, correlationId, decisionId]
    .filter((value) => value !== '')
    .map((value) => JSON.stringify(value));
}

function testsOf(filter: RecordFilter): readonly Test[] {
  const tests: Test[] = [];
  const { companyId, keyId, operation, requestId, correlationId, decisionId, effect } = filter;
  const kinds = new Set(filter.kinds);
  const reasons = new Set<string>(filter.reasons);
  if (kinds.size > 0) tests.push((record) => kinds.has(String(record['kind'])));
  if (companyId !== '') {
    tests.push((record, check) => (check['company_id'] ?? record['company_id']) === companyId);
  }
  if (keyId !== '') {
    tests.push(
      (record, check) =>
        (check['key_id'] ?? record['key_id']) === keyId || countedValues(record, 'key_id').includes(keyId),
    );
  }
  if (operation !== '') tests.push((_, check) => check['operation'] === operation);
  if (effect !== null) tests.push((record) => record['effect'] === effect);
  if (reasons.size > 0) {
    tests.push(
      (record) =>
        reasons.has(String(record['reason'])) ||
        [...windowReasons(record)].some((reason) => reasons.has(reason)),
    );
  }
  if (requestId !== '') {
    tests.push((record, check) => (check['request_id'] ?? record['request_id']) === requestId);
  }
  if (correlationId !== '') tests.push((_, check) => check['correlation_id'] === correlationId);
  if (decisionId !== '') tests.push((record) => record['decision_id'] === decisionId);
  tests.push(...timeTests(filter));
  return tests;
}

function timeTests({ sinceUs, untilUs }: RecordFilter): readonly Test[] {
  if (sinceUs === null && untilUs === null) return [];
  return [
    (record) => {
      const timeUs = recordTimeUs(record);
      return (sinceUs === null || timeUs >= sinceUs) && (untilUs === null || timeUs < untilUs);
    },
  ];
}
