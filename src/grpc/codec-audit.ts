// Audit records and filters between the wire and the AuditReader port.
import type { FieldFaults } from '../core/field-faults.ts';
import { LEAF_KINDS } from '../core/leaf.ts';
import { checkCompanyId } from '../core/parse-admin.ts';
import { parseTime } from '../core/parse-time.ts';
import { isReason, REASON_TABLE } from '../core/reason.ts';
import { OPERATION_CHARS_MAX } from '../core/request.ts';
import { isPrintableAscii } from '../core/text-rules.ts';
import {
  EVERY_RECORD,
  type RecordFilter,
  type StoredRecord,
  type VerifyProgress,
} from '../pdp/audit-port.ts';
import type { AuditRecord } from './gen/postern/v1/AuditRecord.ts';
import type { RecordFilter__Output } from './gen/postern/v1/RecordFilter.ts';
import type { VerifyLogResponse } from './gen/postern/v1/VerifyLogResponse.ts';

/** Leaf bytes of one message at most, so that it stays below what clients accept (4 MiB by default). */
const MESSAGE_BYTES_MAX = 1_048_576;
/** Members of an audit record besides its leaf and private values, rounded up. */
const RECORD_OVERHEAD_BYTES = 128;

const EFFECTS: Readonly<Record<RecordFilter__Output['effect'], RecordFilter['effect']>> = {
  EFFECT_UNSPECIFIED: null,
  EFFECT_ALLOW: 'allow',
  EFFECT_DENY: 'deny',
};

/** A filter; what is wrong with it is added to the faults. */
export function parseFilter(raw: RecordFilter__Output | null, faults: FieldFaults): RecordFilter {
  if (raw === null) return EVERY_RECORD;
  if (raw.companyId !== '') checkCompanyId(raw.companyId, 'filter.company_id', faults);
  checkText(raw.keyId, 'filter.key_id', faults);
  checkText(raw.operation, 'filter.operation', faults);
  checkText(raw.requestId, 'filter.request_id', faults);
  checkText(raw.correlationId, 'filter.correlation_id', faults);
  checkText(raw.decisionId, 'filter.decision_id', faults);
  const kinds = raw.kinds.filter((kind) => LEAF_KINDS.some((known) => known === kind));
  if (kinds.length < raw.kinds.length || kinds.length > LEAF_KINDS.length) {
    faults.add('filter.kinds', `must be of: ${LEAF_KINDS.join(', ')}; each at most once`);
  }
  return {
    kinds,
    companyId: raw.companyId,
    keyId: raw.keyId,
    operation: raw.operation,
    requestId: raw.requestId,
    correlationId: raw.correlationId,
    decisionId: raw.decisionId,
    effect: EFFECTS[raw.effect],
    reasons: parseReasons(raw.reasons, faults),
    sinceUs: parseTime(raw.since, 'filter.since', faults),
    untilUs: parseTime(raw.until, 'filter.until', faults),
  };
}

function parseReasons(names: readonly string[], faults: FieldFaults): RecordFilter['reasons'] {
  const reasons = names.map((name) => name.slice('REASON_'.length).toLowerCase()).filter(isReason);
  if (reasons.length < names.length || reasons.length > REASON_TABLE.length) {
    faults.add('filter.reasons', 'must be reasons, each at most once');
  }
  return reasons;
}

function checkText(text: string, field: string, faults: FieldFaults): void {
  if (text.length > OPERATION_CHARS_MAX || !isPrintableAscii(text)) {
    faults.add(field, `must be at most ${OPERATION_CHARS_MAX} printable ASCII characters`);
  }
}

/** One record. */
export function wireRecord(record: StoredRecord): AuditRecord {
  return {
    logId: record.logId,
    index: record.index,
    leaf: Buffer.from(record.leaf),
    private: Buffer.from(record.private),
  };
}

/** Splits a chunk of records so that each part fits into one message. */
export function* messageParts(records: readonly StoredRecord[]): Generator<readonly StoredRecord[]> {
  let part: StoredRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = RECORD_OVERHEAD_BYTES + record.leaf.length + record.private.length;
    if (part.length > 0 && bytes + size > MESSAGE_BYTES_MAX) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(record);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

/** Progress of a verification, and its result in the last message. */
export function wireProgress({ records, logSize, result }: VerifyProgress): VerifyLogResponse {
  if (result === null) return { records, logSize };
  const { firstBadIndex, ...rest } = result;
  return {
    records,
    logSize,
    result: firstBadIndex === null ? rest : { ...rest, firstBadIndex },
  };
}
