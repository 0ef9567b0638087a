// The one door through which errors leave: every code of ours to a gRPC status with google.rpc details.
// It must never pass on a text that is not ours: what is not a PosternError leaves as a fixed sentence.
import { Metadata, status } from '@grpc/grpc-js';
import { type ErrorCode, PosternError } from '../core/error.ts';
import { messageType } from './descriptor.ts';

/** The gRPC status of each code (CONTRACT.md, docs/errors.md). */
const GRPC_STATUS: Readonly<Record<ErrorCode, number>> = {
  request_malformed: status.INVALID_ARGUMENT,
  not_yet_built: status.UNIMPLEMENTED,
  not_found: status.NOT_FOUND,
  already_exists: status.ALREADY_EXISTS,
  state_conflict: status.FAILED_PRECONDITION,
  policy_unavailable: status.UNAVAILABLE,
  storage_unavailable: status.UNAVAILABLE,
  contended: status.UNAVAILABLE,
  shutting_down: status.UNAVAILABLE,
  evaluator_lost: status.UNAVAILABLE,
  overloaded: status.RESOURCE_EXHAUSTED,
  deadline_exceeded: status.DEADLINE_EXCEEDED,
  storage_damaged: status.DATA_LOSS,
  internal: status.INTERNAL,
};

const INTERNAL_TEXT = 'An internal error occurred.';
const DOMAIN = 'postern';
const DETAILS_KEY = 'grpc-status-details-bin';
const TYPE_PREFIX = 'type.googleapis.com/google.rpc.';
/** Told to a refused caller when the refuser does not know better. */
const RETRY_AFTER_MS = 100;

const statusType = messageType('google.rpc.Status');

/** Told about every error that was not meant to happen. The cause goes to the log, never to the wire. */
export type ReportError = (cause: unknown) => void;

/** A status as grpc-js sends it. */
export interface GrpcStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

function detail(name: string, content: Record<string, unknown>): Record<string, unknown> {
  const type = messageType(`google.rpc.${name}`);
  return { type_url: `${TYPE_PREFIX}${name}`, value: type.encode(type.fromObject(content)).finish() };
}

function detailsOf(error: PosternError): Record<string, unknown>[] {
  const reason = error.code.toUpperCase();
  const details = [detail('ErrorInfo', { reason, domain: DOMAIN, metadata: error.facts })];
  if (error.faults.length > 0) {
    const fieldViolations = error.faults.map(({ field, problem }) => ({ field, description: problem }));
    details.push(detail('BadRequest', { fieldViolations }));
  }
  if (error.code === 'overloaded') {
    const delayMs = error.retryAfterMs > 0 ? Math.ceil(error.retryAfterMs) : RETRY_AFTER_MS;
    const retryDelay = { seconds: Math.floor(delayMs / 1_000), nanos: (delayMs % 1_000) * 1_000_000 };
    details.push(detail('RetryInfo', { retryDelay }));
  }
  return details;
}

/** The error as it may be shown: ours, or a fixed one in place of any other. Reports the others. */
export function publicErrorOf(error: unknown, report: ReportError): PosternError {
  if (error instanceof PosternError && error.code !== 'internal') return error;
  report(error);
  return new PosternError('internal', INTERNAL_TEXT);
}

/** A `google.rpc.Status`, encoded: an item's error, or the details of a call's. */
function encodeStatus(error: PosternError): Buffer {
  const content = { code: GRPC_STATUS[error.code], message: error.message, details: detailsOf(error) };
  return Buffer.from(statusType.encode(statusType.fromObject(content)).finish());
}

/** The error of one item, as an encoded `google.rpc.Status`. */
export function itemStatusOf(error: unknown, report: ReportError): Buffer {
  return encodeStatus(publicErrorOf(error, report));
}

/** The error that ends a call. */
export function callStatusOf(error: unknown, report: ReportError): GrpcStatus {
  const shown = publicErrorOf(error, report);
  const metadata = new Metadata();
  metadata.set(DETAILS_KEY, encodeStatus(shown));
  return { code: GRPC_STATUS[shown.code], details: shown.message, metadata };
}
