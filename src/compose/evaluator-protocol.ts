// What the main thread and an evaluator say to each other. Plain values only.
import type { MessagePort } from 'node:worker_threads';
import type { LogFacts } from '../ops/log.ts';
import type { PolicyProblem } from '../pdp/admin-port.ts';
import type { AnswerTally } from '../pdp/draft-call.ts';
import type { NumberedCandidate } from '../pdp/policy-control.ts';
import type { EvaluatorOptions } from './evaluator-options.ts';
import type { CandidatePayload } from './trial-host.ts';

/** Handed to a new evaluator thread. */
export interface EvaluatorStart {
  readonly role: 'evaluator';
  readonly number: number;
  readonly options: EvaluatorOptions;
  readonly control: SharedArrayBuffer;
  readonly evaluators: number;
  readonly ledgerPort: MessagePort;
  /** Handed on in memory, so that an evaluator can start when the file is gone. Never logged. */
  readonly pepper: Uint8Array;
  /** The active policy and the pending one, as far as there are any. */
  readonly policies: readonly NumberedCandidate<CandidatePayload>[];
  /** Null: off. The port comes with `listen`. */
  readonly tcp: { readonly host: string; readonly reusePort: boolean } | null;
  /** Only for the one evaluator that serves the unix socket. */
  readonly socketPath: string | null;
}

export type ToEvaluator =
  | { readonly kind: 'prepare'; readonly id: number; readonly policy: NumberedCandidate<CandidatePayload> }
  /** `tcpPort`: where the others of this port listen; 0: find one. Nothing without a TCP listener. */
  | { readonly kind: 'listen'; readonly tcpPort: number }
  | { readonly kind: 'health'; readonly serving: boolean }
  | { readonly kind: 'stop'; readonly graceMs: number };

/** Counters since the last report, for the metrics of the main thread. */
export interface EvaluatorCounts {
  /** By reason name. */
  readonly decisions: Readonly<Record<string, number>>;
  readonly policyOverruled: number;
  /** Answers of the policy, by where they came from. */
  readonly answers: Readonly<AnswerTally>;
  readonly policyFailures: number;
  readonly rowMacMismatches: number;
  readonly errors: Readonly<Record<string, number>>;
}

export type FromEvaluator =
  /** `threadId`: the system's, for the watchdog; null where it cannot be told. */
  | { readonly kind: 'ready'; readonly threadId: number | null }
  | { readonly kind: 'prepared'; readonly id: number; readonly problems: readonly PolicyProblem[] }
  | { readonly kind: 'listening'; readonly addresses: readonly string[]; readonly tcpPort: number }
  | { readonly kind: 'refused'; readonly address: string; readonly message: string }
  /** `problem`: why no caller finds the decision socket; null: they do again. */
  | { readonly kind: 'socket'; readonly path: string; readonly problem: string | null }
  | { readonly kind: 'counts'; readonly counts: EvaluatorCounts }
  | {
      readonly kind: 'log';
      readonly level: 'warn' | 'error';
      readonly event: string;
      readonly facts: LogFacts;
    }
  | { readonly kind: 'stopped' };
