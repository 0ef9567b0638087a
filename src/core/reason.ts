// All reasons of a decision in order of precedence, and what of each may leave towards the partner.
// The order and the numbers are stable: the number of a reason is its place, from 1, and equals the
// number of the proto's enum. Reasons are only ever added before `allowed` by a new contract version.

/** What a partner may learn. Four classes share one body each, byte for byte. */
export interface PublicError {
  readonly httpStatus: number;
  readonly code: string;
  readonly message: string;
}

const RATE_LIMITED = {
  httpStatus: 429,
  code: 'rate_limited',
  message: 'Too many requests. Try again later.',
} as const;
const UNAUTHENTICATED = {
  httpStatus: 401,
  code: 'unauthenticated',
  message: 'A valid API key is required.',
} as const;
const NOT_FOUND = { httpStatus: 404, code: 'not_found', message: 'The resource was not found.' } as const;
const FORBIDDEN = {
  httpStatus: 403,
  code: 'forbidden',
  message: 'This operation is not permitted.',
} as const;
const UNAVAILABLE = {
  httpStatus: 503,
  code: 'unavailable',
  message: 'The service is unavailable. Try again later.',
} as const;
const CONFLICT = {
  httpStatus: 409,
  code: 'conflict',
  message: 'The request conflicts with an earlier one.',
} as const;

/** How far a check came: `authentication` failures are never evaluated by the policy. */
export type ReasonStage =
  | 'authentication'
  | 'base_limit'
  | 'authorization'
  | 'named_limit'
  | 'idempotency'
  | 'allowed';

export interface ReasonRow {
  readonly name: string;
  readonly stage: ReasonStage;
  readonly public: PublicError | null;
}

/** CONTRACT.md's table. The first reason that applies is the decision's. */
export const REASON_TABLE = [
  { name: 'source_throttled', stage: 'authentication', public: RATE_LIMITED },
  { name: 'key_missing', stage: 'authentication', public: UNAUTHENTICATED },
  { name: 'key_malformed', stage: 'authentication', public: UNAUTHENTICATED },
  { name: 'key_unknown', stage: 'authentication', public: UNAUTHENTICATED },
  { name: 'key_revoked', stage: 'authentication', public: UNAUTHENTICATED },
  { name: 'key_inactive', stage: 'authentication', public: UNAUTHENTICATED },
  { name: 'key_not_yet_valid', stage: 'authentication', public: UNAUTHENTICATED },
  { name: 'key_expired', stage: 'authentication', public: UNAUTHENTICATED },
  { name: 'grant_invalid', stage: 'authentication', public: UNAUTHENTICATED },
  { name: 'environment_mismatch', stage: 'authentication', public: UNAUTHENTICATED },
  { name: 'company_inactive', stage: 'authentication', public: UNAUTHENTICATED },
  { name: 'network_not_allowed', stage: 'authentication', public: UNAUTHENTICATED },
  { name: 'base_limit_exceeded', stage: 'base_limit', public: RATE_LIMITED },
  { name: 'resource_malformed', stage: 'authorization', public: NOT_FOUND },
  { name: 'resource_company_mismatch', stage: 'authorization', public: NOT_FOUND },
  { name: 'resource_owner_missing', stage: 'authorization', public: NOT_FOUND },
  { name: 'claim_company_mismatch', stage: 'authorization', public: FORBIDDEN },
  { name: 'operation_unknown', stage: 'authorization', public: FORBIDDEN },
  { name: 'scope_missing', stage: 'authorization', public: FORBIDDEN },
  { name: 'policy_denied', stage: 'authorization', public: FORBIDDEN },
  { name: 'policy_failed', stage: 'authorization', public: UNAVAILABLE },
  { name: 'policy_limit_exceeded', stage: 'named_limit', public: RATE_LIMITED },
  { name: 'idempotency_in_progress', stage: 'idempotency', public: CONFLICT },
  { name: 'replay_conflict', stage: 'idempotency', public: CONFLICT },
  { name: 'allowed', stage: 'allowed', public: null },
] as const satisfies readonly ReasonRow[];

export type Reason = (typeof REASON_TABLE)[number]['name'];

const ROWS: ReadonlyMap<string, ReasonRow> = new Map(REASON_TABLE.map((row) => [row.name, row]));
const PLACES: ReadonlyMap<string, number> = new Map(REASON_TABLE.map((row, place) => [row.name, place + 1]));

/** The row of a reason. */
export function reasonRow(reason: Reason): ReasonRow {
  const row = ROWS.get(reason);
  if (row === undefined) throw new TypeError('not a reason');
  return row;
}

/** Place in the order of precedence, from 1; equals the number in the proto's enum. */
export function reasonNumber(reason: Reason): number {
  return PLACES.get(reason) ?? 0;
}

/** The reason with this number, or null. */
export function reasonFromNumber(number: number): Reason | null {
  return REASON_TABLE[number - 1]?.name ?? null;
}

/** Whether a text names a reason. */
export function isReason(text: string): text is Reason {
  return ROWS.has(text);
}

/** Whether the reason stands for a failed authentication: the company is then not resolved for the host. */
export function isAuthenticationFailure(reason: Reason): boolean {
  return reasonRow(reason).stage === 'authentication';
}

/** Of two reasons, the one that comes first in the order of precedence. */
export function firstReason(one: Reason, other: Reason): Reason {
  return reasonNumber(one) <= reasonNumber(other) ? one : other;
}
