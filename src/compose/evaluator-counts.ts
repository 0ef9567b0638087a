// What an evaluator counts between two reports to the main thread, which keeps the metrics. A report is
// sent when something was counted, at most a few times a second.
import type { AnswerTally } from '../pdp/draft-call.ts';
import type { EvaluatorCounts, FromEvaluator } from './evaluator-protocol.ts';

const REPORT_MS = 500;
/** Log lines about failing policies in one report period: a broken policy fails on every check. */
const LOGGED_FAILURES_MAX = 1;

/** Counts on one evaluator. */
export class AuthorizationCounts {
  readonly #send: (counts: EvaluatorCounts) => void;
  readonly #decisions = new Map<string, number>();
  readonly #errors = new Map<string, number>();
  #policyFailures = 0;
  #loggedFailures = 0;
  #timer: NodeJS.Timeout | null = null;
  /** Counted while checks are drafted; they are reported with what the checks are answered. */
  readonly answers: AnswerTally = { evaluated: 0, remembered: 0 };
  policyOverruled = 0;
  rowMacMismatches = 0;

  constructor(send: (counts: EvaluatorCounts) => void) {
    this.#send = send;
  }

  answered(reason: string): void {
    this.#decisions.set(reason, (this.#decisions.get(reason) ?? 0) + 1);
    this.#schedule();
  }

  failed(code: string): void {
    this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1);
    this.#schedule();
  }

  /** Counts an evaluation without a usable answer, and logs the first of each period. */
  policyFailed(revision: string, problem: string, tell: (message: FromEvaluator) => void): void {
    this.#policyFailures += 1;
    this.#schedule();
    if (this.#loggedFailures >= LOGGED_FAILURES_MAX) return;
    this.#loggedFailures += 1;
    tell({ kind: 'log', level: 'warn', event: 'policy_failed', facts: { revision, problem } });
  }

  /** Sends what was counted and starts anew. */
  report(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#loggedFailures = 0;
    this.#send({
      decisions: Object.fromEntries(this.#decisions),
      errors: Object.fromEntries(this.#errors),
      answers: { ...this.answers },
      policyFailures: this.#policyFailures,
      policyOverruled: this.policyOverruled,
      rowMacMismatches: this.rowMacMismatches,
    });
    this.#decisions.clear();
    this.#errors.clear();
    this.answers.evaluated = 0;
    this.answers.remembered = 0;
    this.#policyFailures = 0;
    this.policyOverruled = 0;
    this.rowMacMismatches = 0;
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.report(), REPORT_MS).unref();
  }
}
