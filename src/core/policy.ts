// What goes into the policy and what must come out of it (CONTRACT.md, Policy input and output).
import type { ChargeTerms } from './limit.ts';
import type { Reason } from './reason.ts';
import type { JsonObject } from './request.ts';

/** Reasons that a policy may give; any other is misshaped. */
export const POLICY_REASONS = [
  'resource_company_mismatch',
  'resource_owner_missing',
  'claim_company_mismatch',
  'operation_unknown',
  'scope_missing',
  'policy_denied',
  'allowed',
] as const satisfies readonly Reason[];

export type PolicyReason = (typeof POLICY_REASONS)[number];

export interface PolicyObligation {
  readonly name: string;
  readonly parameters: JsonObject;
}

/** A well-shaped answer of the policy. */
export interface PolicyOutcome {
  readonly allow: boolean;
  readonly reason: PolicyReason;
  /** The policy's own code: empty or `[a-z0-9_.-]{1,64}`. */
  readonly code: string;
  /** 1..1,000,000. */
  readonly cost: number;
  /** To be charged when it allows. A limit without a cost of its own costs the decision's. */
  readonly limits: readonly ChargeTerms[];
  readonly obligations: readonly PolicyObligation[];
  /** Labels for the audit record: at most 16, values at most 128 characters. */
  readonly labels: Readonly<Record<string, string>>;
}
