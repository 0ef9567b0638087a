// The port between whoever decides and the one writer. Its contract says what is a result and what is
// an error; everything that crosses it is a plain value, so that it can cross threads.
import type { ChargeTerms, LimitCharge, LimitVerdict } from '../core/limit.ts';
import type { Reason } from '../core/reason.ts';

/** The rows a decision was made from. Settling compares the versions with the rows as they are then. */
export interface SettleSubject {
  /** Row number of the key: the identity of its counters. */
  readonly keySeq: number;
  readonly keyId: string;
  readonly keyVersion: number;
  readonly companyId: string;
  readonly companyVersion: number;
  /** Re-checked when settling; null: none. */
  readonly notBeforeUs: number | null;
  readonly expiresAtUs: number | null;
  /** Of a subject that many calls share. Nothing is known by it, and it does not cross threads. */
  readonly written?: WrittenSubject;
}

/** Where who writes calls as texts keeps what it wrote of a subject. */
export interface WrittenSubject {
  /** Empty while there is none. */
  text: string;
}

/** One decision to settle. Strings are canonical JSON fragments of the leaf (core/leaf.ts). */
export interface SettleItem {
  /** `dec_` + UUIDv4. */
  readonly decisionId: string;
  /** What was decided before any limit was charged. */
  readonly reason: Reason;
  /** Facts known before the policy was evaluated: the leaf's member `check`. */
  readonly check: string;
  /** What the policy said: the leaf's member `policy`. */
  readonly policy: string;
  /** Values behind the commitments: canonical JSON, or empty. */
  readonly private: string;
  /** Charged only when the item is allowed. */
  readonly named: readonly LimitCharge[];
}

/** Decisions of one credential and source: one transaction, one time, all or nothing. */
export interface SettleCall {
  /** On the monotonic clock of the process in microseconds; 0: none. */
  readonly deadlineMonoUs: number;
  /** The registry's epoch, read before the rows were. */
  readonly epoch: number;
  /** The policy's generation. */
  readonly generation: number;
  /** Null when no key was resolved. */
  readonly subject: SettleSubject | null;
  /** Where failures are counted: an address, a prefix or `none`. */
  readonly sourceBucket: string;
  /**
   * The plan's base limits, cost 1 an item; whose counters they are follows from the subject. Empty when
   * authentication failed.
   */
  readonly base: readonly ChargeTerms[];
  readonly items: readonly SettleItem[];
}

/** One settled decision. */
export interface SettledItem {
  readonly reason: Reason;
  /** Base limits first, then named ones. Empty for failed authentications. */
  readonly verdicts: readonly LimitVerdict[];
  /** Index in the log, or -1 when it was counted in a window. */
  readonly index: number;
  /**
   * The leaf as recorded, in UTF-8; empty when it was counted in a window. From the ledger itself it is valid until
   * it settles again; who asks through a `Settler` may keep it.
   */
  readonly leaf: Uint8Array;
  /** `win_` + UUIDv7, or empty. */
  readonly windowId: string;
}

/**
 * What became of a call. `moved`: a row or the policy is not what it was (or the key's time came);
 * decide again. `expired`: the deadline had passed, nothing was charged or recorded. `failed`: it is not
 * known to be recorded. A charge and its record may exist without an answer, never an answer without them.
 */
export type SettleResult =
  | {
      readonly state: 'settled';
      readonly logId: string;
      readonly settledAtUs: number;
      readonly items: readonly SettledItem[];
    }
  | { readonly state: 'moved' }
  | { readonly state: 'expired' }
  | {
      readonly state: 'failed';
      readonly code: 'storage_unavailable' | 'storage_damaged' | 'shutting_down' | 'overloaded' | 'internal';
    };

export type OutcomeStatus = 'success' | 'client_error' | 'server_error' | 'downstream_error' | 'unknown';

/** What the host did after a decision. */
export interface OutcomeReport {
  readonly decisionId: string;
  readonly status: OutcomeStatus;
  /** 0: not given. */
  readonly httpStatus: number;
  readonly errorCategory: string;
}

export type OutcomeState = 'recorded' | 'already_recorded' | 'decision_unknown';

/** How evaluators reach the ledger. Promises reject with PosternError only. */
export interface Settler {
  /**
   * Settles a call and calls back once, only after the group's commit; a promise would cost each check
   * more than the callback does. Calls of one settler are settled in the order they were given. Never
   * retried by the settler itself. @throws PosternError overloaded when too much waits.
   */
  submit(call: SettleCall, settled: (result: SettleResult) => void): void;
  /** Records outcomes, in order, in one transaction. The first outcome of a decision stays. */
  reportOutcomes(reports: readonly OutcomeReport[]): Promise<readonly OutcomeState[]>;
}
