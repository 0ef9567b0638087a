// The error that every call of the client rejects with. A caller on the decision path must treat each
// of them as deny, whatever its code.
import { type Client, type ServiceError, status } from '@grpc/grpc-js';
import { ERROR_CODES, type ErrorCode, type FieldFault } from '../core/error.ts';
import type { Status__Output } from '../grpc/gen/google/rpc/Status.ts';
import { badRequestMessage, errorInfoMessage, retryInfoMessage, statusMessage } from './contract.ts';

/** What a call was made with. */
export interface CallPlace {
  readonly client: Client;
  /** Undefined: it has none. */
  readonly deadlineMs?: number | undefined;
}

/** The sidecar's own codes, and what can go wrong on the way to it. */
export type CallErrorCode = ErrorCode | 'unreachable' | 'cancelled' | 'unknown';

const DETAILS_KEY = 'grpc-status-details-bin';
const TYPE_PREFIX = 'type.googleapis.com/google.rpc.';

/** What the error details of one status said. */
interface Details {
  readonly code: ErrorCode | null;
  readonly faults: readonly FieldFault[];
  readonly facts: Readonly<Record<string, string>>;
  readonly retryAfterMs: number;
}

/** A call that was not answered. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: CallErrorCode;
  /** Number of the gRPC status. */
  readonly grpcStatus: number;
  /** What was wrong with the request, field by field. */
  readonly faults: readonly FieldFault[];
  readonly facts: Readonly<Record<string, string>>;
  /** When to try again; 0 when the sidecar did not say. */
  readonly retryAfterMs: number;

  constructor(message: string, grpcStatus: number, details: Details, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.grpcStatus = grpcStatus;
    this.code = details.code ?? codeOfStatus(grpcStatus);
    this.faults = details.faults;
    this.facts = details.facts;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** The code of a status that came without details: it is not the sidecar's own answer. */
function codeOfStatus(grpcStatus: number): CallErrorCode {
  switch (grpcStatus) {
    case status.UNAVAILABLE:
      return 'unreachable';
    case status.DEADLINE_EXCEEDED:
      return 'deadline_exceeded';
    case status.CANCELLED:
      return 'cancelled';
    case status.UNIMPLEMENTED:
      return 'not_yet_built';
    default:
      return 'unknown';
  }
}

function codeOfReason(reason: string): ErrorCode | null {
  return ERROR_CODES.find((code) => code.toUpperCase() === reason) ?? null;
}

function readDetails(rich: Status__Output): Details {
  const details = { code: null as ErrorCode | null, faults: [] as FieldFault[], facts: {}, retryAfterMs: 0 };
  for (const { type_url: url, value } of rich.details) {
    if (url === `${TYPE_PREFIX}ErrorInfo`) {
      const info = errorInfoMessage.deserialize(value);
      details.code = codeOfReason(info.reason);
      details.facts = { ...info.metadata };
    } else if (url === `${TYPE_PREFIX}BadRequest`) {
      for (const violation of badRequestMessage.deserialize(value).fieldViolations) {
        details.faults.push({ field: violation.field, problem: violation.description });
      }
    } else if (url === `${TYPE_PREFIX}RetryInfo`) {
      const delay = retryInfoMessage.deserialize(value).retryDelay;
      if (delay !== null) details.retryAfterMs = Number(delay.seconds) * 1_000 + delay.nanos / 1e6;
    }
  }
  return details;
}

const NO_DETAILS: Details = { code: null, faults: [], facts: {}, retryAfterMs: 0 };

function richStatusOf(error: ServiceError): Details {
  const [encoded] = error.metadata?.get(DETAILS_KEY) ?? [];
  if (!Buffer.isBuffer(encoded)) return NO_DETAILS;
  try {
    return readDetails(statusMessage.deserialize(encoded));
  } catch {
    // Details that cannot be read change nothing about the call having failed.
    return NO_DETAILS;
  }
}

/** What is said of a call that the sidecar itself said nothing of; grpc-js tells of its own inner state. */
const UNANSWERED: Readonly<Partial<Record<status, string>>> = {
  [status.DEADLINE_EXCEEDED]: 'did not answer in time',
  [status.UNAVAILABLE]: 'cannot be reached',
};

/** Turns what grpc-js reports into a CallError. */
export function callErrorOf(error: ServiceError, { client, deadlineMs }: CallPlace): CallError {
  const details = richStatusOf(error);
  const unanswered = details === NO_DETAILS ? UNANSWERED[error.code] : undefined;
  if (unanswered === undefined) {
    return new CallError(error.details ?? error.message, error.code, details, error);
  }
  const address = client.getChannel().getTarget().replace(/^dns:/, '');
  const isLate = error.code === status.DEADLINE_EXCEEDED && deadlineMs !== undefined;
  const what = isLate ? `did not answer within ${deadlineMs} ms` : unanswered;
  return new CallError(`The sidecar at ${address} ${what}.`, error.code, details, error);
}

/** Turns the status of one item of a batch or stream into a CallError. */
export function itemErrorOf(item: Status__Output): CallError {
  return new CallError(item.message, item.code, readDetails(item));
}
