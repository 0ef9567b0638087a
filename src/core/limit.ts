// Limits: a definition (from the plan or the policy), a counter (its stored state, one number) and a
// verdict (one limit's answer) are different things. Counting itself is in gcra.ts.

export type LimitSubject = 'key' | 'company' | 'source' | 'company_operation';
export const LIMIT_SUBJECTS: readonly LimitSubject[] = ['key', 'company', 'source', 'company_operation'];

/** A definition: `count` per `periodMs`, at most `burst` at once. */
export interface Limit {
  readonly name: string;
  readonly subject: LimitSubject;
  readonly count: number;
  readonly periodMs: number;
  readonly burst: number;
}

/** How a limit is charged, whoever is charged: one object stands for every charge under one definition. */
export interface ChargeTerms {
  readonly name: string;
  readonly subject: LimitSubject;
  /** ceil(periodMs * 1000 / count). */
  readonly emissionIntervalUs: number;
  readonly burst: number;
  /** 1..burst. */
  readonly cost: number;
  /** Base limits apply to every authenticated check, also a denied one. */
  readonly base: boolean;
}

/** A limit applied to one check. */
export interface LimitCharge {
  readonly terms: ChargeTerms;
  /** Identity of the counter; filled by the core from resolved facts, never by the policy. */
  readonly counterId: string;
}

/** One limit's answer. */
export interface LimitVerdict {
  readonly name: string;
  readonly subject: LimitSubject;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAfterUs: number;
  /** 0 unless refused. */
  readonly retryAfterUs: number;
  readonly refused: boolean;
}

/** The base limits of a plan, as the bundle's data defines them, each at cost 1. */
export interface PlanLimits {
  readonly key: ChargeTerms;
  readonly company: ChargeTerms;
  /** Both, the key's first: one list for all checks under the plan. */
  readonly base: readonly ChargeTerms[];
}
