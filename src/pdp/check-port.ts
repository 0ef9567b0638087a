// The use case behind AuthorizationService: what the gRPC adapter calls and gets.
import type { LimitVerdict } from '../core/limit.ts';
import type { PolicyObligation } from '../core/policy.ts';
import type { Reason } from '../core/reason.ts';
import type { CheckCall } from '../core/request.ts';
import type { OutcomeReport, OutcomeState } from './settle-port.ts';

/** Who asked; it may leave while the call waits. */
export interface Caller {
  readonly cancelled: boolean;
}

/** How the call arrived. */
export interface CallOrigin {
  /** Name of the listener, recorded in the leaf: `decision_unix` or `decision_tcp`. */
  readonly listener: string;
  /** On the monotonic clock of the process in microseconds; 0: none. */
  readonly deadlineMonoUs: number;
  readonly caller: Caller;
}

/** The company the call runs in. */
export interface AnswerSubject {
  readonly companyId: string;
  readonly keyId: string;
  readonly scopes: readonly string[];
}

/** One decision, as answered. */
export interface CheckAnswer {
  readonly requestId: string;
  readonly decisionId: string;
  readonly reason: Reason;
  /** The policy's own code; empty when it gave none. */
  readonly code: string;
  /** Null unless allowed. */
  readonly subject: AnswerSubject | null;
  readonly verdicts: readonly LimitVerdict[];
  /** Empty unless allowed. */
  readonly obligations: readonly PolicyObligation[];
  readonly policyRevision: string;
  readonly logId: string;
  /** -1 when counted in a window. */
  readonly index: number;
  /** In UTF-8, as recorded. Empty when counted in a window. */
  readonly leaf: Uint8Array;
  readonly windowId: string;
}

/** Decides, records, answers. Rejects with PosternError only. */
export interface Checker {
  /** One answer an item, by index. The whole call is settled in one transaction. */
  check(call: CheckCall, origin: CallOrigin): Promise<readonly CheckAnswer[]>;
  reportOutcomes(reports: readonly OutcomeReport[]): Promise<readonly OutcomeState[]>;
}
