// The one error type that crosses layers, with a closed list of codes. A denied check is never an
// error. Messages are for the host and the admin: they never hold a secret or another company's id.

/**
 * Closed list of error codes. `grpc/status.ts` maps each to a gRPC status and does not compile
 * while one is missing; `docs/errors.md` explains each.
 */
export const ERROR_CODES = [
  'request_malformed', // the host broke the contract → INVALID_ARGUMENT
  'not_yet_built', // the field or method belongs to a later part → UNIMPLEMENTED
  'not_found', // admin: no such key, company, record → NOT_FOUND
  'already_exists', // admin: the id or the request id was used → ALREADY_EXISTS
  'state_conflict', // admin: the change does not fit the record's state → FAILED_PRECONDITION
  'policy_unavailable', // no bundle is active → UNAVAILABLE
  'storage_unavailable', // the ledger cannot write → UNAVAILABLE
  'contended', // four drafts in a row were out of date when they were settled → UNAVAILABLE
  'shutting_down', // the sidecar stops → UNAVAILABLE
  'evaluator_lost', // never sent: an evaluator that is ended breaks its connections → UNAVAILABLE
  'overloaded', // a queue is full → RESOURCE_EXHAUSTED with RetryInfo
  'deadline_exceeded', // the caller's deadline passed before the check was settled → DEADLINE_EXCEEDED
  'storage_damaged', // the database or log does not agree with itself → DATA_LOSS, and stop
  'internal', // anything else, with a fixed text → INTERNAL
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One field of a malformed request. */
export interface FieldFault {
  /** Path in the request, e.g. `items[3].resource.id`. */
  readonly field: string;
  /** What is wrong and what is allowed, in one sentence. Never repeats the value. */
  readonly problem: string;
}

export interface PosternErrorOptions {
  readonly cause?: unknown;
  readonly faults?: readonly FieldFault[];
  /** For `overloaded`: when to try again, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Facts safe to show, e.g. `{ key_id: … }` for already_exists. */
  readonly facts?: Readonly<Record<string, string>>;
}

/** An error with a code and a message that is safe to show to the host or admin. */
export class PosternError extends Error {
  override readonly name = 'PosternError';
  readonly code: ErrorCode;
  readonly faults: readonly FieldFault[];
  readonly retryAfterMs: number;
  readonly facts: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, publicMessage: string, options: PosternErrorOptions = {}) {
    super(publicMessage, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.faults = options.faults ?? [];
    this.retryAfterMs = options.retryAfterMs ?? 0;
    this.facts = options.facts ?? {};
  }
}
