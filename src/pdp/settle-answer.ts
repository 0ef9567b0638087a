// What the ledger answers to an admin command: the record as it became, or why the command was refused.
import type { ErrorCode, FieldFault } from '../core/error.ts';
import type { AdminResult } from './admin-port.ts';

/** A refusal, as it crosses threads; becomes a PosternError at the caller. */
export interface AdminRefusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly faults: readonly FieldFault[];
}

export type AdminAnswer =
  | { readonly ok: true; readonly result: AdminResult }
  | { readonly ok: false; readonly refusal: AdminRefusal };

export const ADMIN_DONE: AdminAnswer = { ok: true, result: { kind: 'done' } };

/** A refused command. Messages are for the admin and name no other company. */
export function refuse(
  code: ErrorCode,
  message: string,
  facts: Readonly<Record<string, string>> = {},
): AdminAnswer {
  return { ok: false, refusal: { code, message, facts, faults: [] } };
}

/** A command that is refused for one of its fields. */
export function refuseField(fault: FieldFault): AdminAnswer {
  const refusal = { code: 'request_malformed', message: 'The request is malformed.', facts: {} } as const;
  return { ok: false, refusal: { ...refusal, faults: [fault] } };
}
