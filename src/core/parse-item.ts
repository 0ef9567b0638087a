// Validates one item of a check, field by field. What the host gives must be right or is a fault; what
// the partner may have given is never one, but is marked for `decide` (CONTRACT.md, Partner-controlled
// bytes never make an error).
import { PosternError } from './error.ts';
import { FieldFaults } from './field-faults.ts';
import type { RawItem, RawResource, RawStruct } from './raw-request.ts';
import { COMPANY_ID_PATTERN } from './registry.ts';
import type { CheckItem, CheckResource, JsonText, PartnerFaults } from './request.ts';
import * as caps from './request.ts';
import { isOperationName, isPrintable, isPrintableAscii, isResourceType, utf8Bytes } from './text-rules.ts';

const NO_FAULTS: PartnerFaults = { resourceMalformed: false, claimMalformed: false };
const NO_CLAIMS: readonly string[] = [];

/**
 * Parses an item. Returns the error instead of throwing it, because in a batch it is one item's result.
 * `prefix` is put before the names of fields, e.g. `items[3].`.
 */
export function parseItem(raw: RawItem, prefix: string): CheckItem | PosternError {
  const later = laterPart(raw, prefix);
  if (later !== null) return later;
  const faults = new FieldFaults(prefix);
  checkRequestId(raw.requestId, 'request_id', faults);
  if (raw.correlationId.length > caps.REQUEST_ID_CHARS_MAX || !isPrintableAscii(raw.correlationId)) {
    faults.add('correlation_id', `must be at most ${caps.REQUEST_ID_CHARS_MAX} printable ASCII characters`);
  }
  checkOperation(raw.operation, faults);
  if (!Number.isInteger(raw.cost) || raw.cost < 0 || raw.cost > caps.COST_MAX) {
    faults.add('cost', `must be an integer from 0 to ${caps.COST_MAX}`);
  }
  const resource = raw.resource === null ? null : parseResource(raw.resource, faults);
  const context = parseStruct(raw.context, caps.CONTEXT_BYTES_MAX, 'context', faults);
  const claimedCompanyIds = wellFormedClaims(raw.claimedCompanyIds);
  const resourceMalformed = raw.resource !== null && isMalformed(raw.resource);
  const claimMalformed = claimedCompanyIds.length !== raw.claimedCompanyIds.length;
  const error = faults.error();
  if (error !== null) return error;
  return {
    requestId: raw.requestId,
    correlationId: raw.correlationId,
    operation: raw.operation,
    resource,
    claimedCompanyIds,
    cost: raw.cost,
    context,
    faults: resourceMalformed || claimMalformed ? { resourceMalformed, claimMalformed } : NO_FAULTS,
  };
}

/**
 * Fields of later parts are refused, never ignored: ignoring an idempotency key would be a double payment.
 */
function laterPart(raw: RawItem, prefix: string): PosternError | null {
  if (raw.idempotencyKey !== '') return notYetBuilt(`${prefix}idempotency_key`);
  if (raw.requestFingerprint.length > 0) return notYetBuilt(`${prefix}request_fingerprint`);
  return raw.wantGrant === null ? null : notYetBuilt(`${prefix}want_grant`);
}

/** The error for a field that this version refuses. */
export function notYetBuilt(field: string): PosternError {
  return new PosternError('not_yet_built', `The field ${field} is not supported yet.`, {
    faults: [{ field, problem: 'is not supported yet' }],
    facts: { field },
  });
}

/** A request id: 1-128 printable ASCII characters. Also that of admin requests. */
export function checkRequestId(text: string, field: string, faults: FieldFaults): void {
  if (text === '') faults.add(field, 'is required');
  else if (text.length > caps.REQUEST_ID_CHARS_MAX || !isPrintableAscii(text)) {
    faults.add(field, `must be 1-${caps.REQUEST_ID_CHARS_MAX} printable ASCII characters`);
  }
}

function checkOperation(text: string, faults: FieldFaults): void {
  if (text === '') faults.add('operation', 'is required');
  else if (text.length > caps.OPERATION_CHARS_MAX || !isOperationName(text)) {
    const chars = 'letters, digits, `.`, `_`, `:` and `-`';
    faults.add('operation', `must be at most ${caps.OPERATION_CHARS_MAX} characters of ${chars}`);
  }
}

function parseResource(raw: RawResource, faults: FieldFaults): CheckResource {
  if (raw.type.length > caps.RESOURCE_TYPE_CHARS_MAX || (raw.type !== '' && !isResourceType(raw.type))) {
    const chars = 'letters, digits, `.`, `_` and `-`';
    faults.add('resource.type', `must be at most ${caps.RESOURCE_TYPE_CHARS_MAX} characters of ${chars}`);
  }
  const attributes = parseStruct(raw.attributes, caps.ATTRIBUTES_BYTES_MAX, 'resource.attributes', faults);
  return isMalformed(raw)
    ? // Ill-formed text goes no further: neither to the policy nor into the record.
      { type: raw.type, id: '', companyId: '', attributes }
    : { type: raw.type, id: raw.id, companyId: raw.companyId, attributes };
}

/** Whether the resource's id, or its owner's, is not one. Both may be absent. */
function isMalformed(raw: RawResource): boolean {
  if (raw.id.length > caps.RESOURCE_ID_BYTES_MAX || !isPrintable(raw.id)) return true;
  if (utf8Bytes(raw.id) > caps.RESOURCE_ID_BYTES_MAX) return true;
  return raw.companyId !== '' && !COMPANY_ID_PATTERN.test(raw.companyId);
}

/** The claims that are company ids; none when there are too many. Fewer than given means malformed. */
function wellFormedClaims(claims: readonly string[]): readonly string[] {
  if (claims.length === 0 || claims.length > caps.CLAIMS_MAX) return NO_CLAIMS;
  return claims.every((claim) => COMPANY_ID_PATTERN.test(claim))
    ? claims
    : claims.filter((claim) => COMPANY_ID_PATTERN.test(claim));
}

function parseStruct(raw: RawStruct, bytesMax: number, field: string, faults: FieldFaults): JsonText | null {
  if (raw === null) return null;
  if ('json' in raw && utf8Bytes(raw.json) <= bytesMax) return raw.json;
  faults.add(field, 'json' in raw ? `must be at most ${bytesMax} bytes as JSON` : raw.problem);
  return null;
}
