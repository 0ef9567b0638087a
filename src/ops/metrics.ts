// The metrics of one sidecar, held on the main thread. Label sets are closed and start at zero: no
// company, key, address or operation is ever a label, so a partner cannot make the registry grow.
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { ERROR_CODES, type ErrorCode } from '../core/error.ts';
import { isReason, REASON_TABLE, type Reason } from '../core/reason.ts';

/** Facts that are read when somebody looks, not counted. */
export interface MetricsSources {
  readonly ledgerWritable: () => boolean;
  readonly logSize: () => number;
  /** Records that the search index holds. */
  readonly indexed: () => number;
  readonly clockJumpPending: () => boolean;
  readonly ready: () => boolean;
  /** 0: no policy is active. */
  readonly policyGeneration: () => number;
  /** Seconds since the active policy went live; 0 when none is. */
  readonly policyAgeSeconds: () => number;
  readonly evaluatorsServing: () => number;
}

export type RestartCause = 'watchdog' | 'exit';
const RESTART_CAUSES: readonly RestartCause[] = ['watchdog', 'exit'];

const ERROR_CODE_SET: ReadonlySet<string> = new Set(ERROR_CODES);

function effectOf(reason: Reason): 'allow' | 'deny' {
  return reason === 'allowed' ? 'allow' : 'deny';
}

/** Counts and shows. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #decisions: Counter<'effect' | 'reason'>;
  readonly #errors: Counter<'code'>;
  readonly #restarts: Counter<'cause'>;
  readonly #policyRefusals: Counter;
  readonly #policyOverruled: Counter;
  readonly #policyFailures: Counter;
  readonly #policyAnswers: Counter<'from'>;
  readonly #rowMacMismatches: Counter;

  constructor(sources: MetricsSources) {
    collectDefaultMetrics({ register: this.#registry });
    this.#decisions = this.#counter('postern_decisions_total', 'Decisions, by effect and reason.', [
      'effect',
      'reason',
    ]);
    for (const { name } of REASON_TABLE) this.#decisions.inc({ effect: effectOf(name), reason: name }, 0);
    this.#errors = this.#counter(
      'postern_call_errors_total',
      'Calls answered with an error, by error code.',
      ['code'],
    );
    for (const code of ERROR_CODES) this.#errors.inc({ code }, 0);
    this.#restarts = this.#counter(
      'postern_evaluator_restarts_total',
      'Evaluators that were started anew: ended by the watchdog, or ended by themselves.',
      ['cause'],
    );
    for (const cause of RESTART_CAUSES) this.#restarts.inc({ cause }, 0);
    this.#policyRefusals = this.#counter('postern_policy_refusals_total', 'Policies that were refused.', []);
    this.#policyOverruled = this.#counter(
      'postern_policy_overruled_total',
      'Decisions in which the policy allowed what an invariant forbids.',
      [],
    );
    this.#policyAnswers = this.#counter(
      'postern_policy_answers_total',
      'Answers of the policy, by where they came from: an evaluation, or memory.',
      ['from'],
    );
    for (const from of ['evaluation', 'memory'] as const) this.#policyAnswers.inc({ from }, 0);
    this.#policyFailures = this.#counter(
      'postern_policy_failures_total',
      'Evaluations without a usable answer.',
      [],
    );
    this.#rowMacMismatches = this.#counter(
      'postern_registry_mac_mismatches_total',
      'Rows of keys and companies whose MAC did not fit: somebody edited the database.',
      [],
    );
    this.#readOnScrape(sources);
  }

  /** Adds decisions by the name of their reason. Names that are none are passed over. */
  addDecisions(byReason: Readonly<Record<string, number>>): void {
    for (const [reason, count] of Object.entries(byReason)) {
      if (isReason(reason)) this.#decisions.inc({ effect: effectOf(reason), reason }, count);
    }
  }

  /** Adds errors by their code. Codes that are none count as `internal`. */
  addErrors(byCode: Readonly<Record<string, number>>): void {
    for (const [code, count] of Object.entries(byCode)) {
      const known: ErrorCode | string = ERROR_CODE_SET.has(code) ? code : 'internal';
      this.#errors.inc({ code: known }, count);
    }
  }

  evaluatorRestarted(cause: RestartCause): void {
    this.#restarts.inc({ cause });
  }

  policyRefused(): void {
    this.#policyRefusals.inc();
  }

  addPolicyOverruled(count: number): void {
    this.#policyOverruled.inc(count);
  }

  addPolicyAnswers({
    evaluated,
    remembered,
  }: {
    readonly evaluated: number;
    readonly remembered: number;
  }): void {
    this.#policyAnswers.inc({ from: 'evaluation' }, evaluated);
    this.#policyAnswers.inc({ from: 'memory' }, remembered);
  }

  addPolicyFailures(count: number): void {
    this.#policyFailures.inc(count);
  }

  addRowMacMismatches(count: number): void {
    this.#rowMacMismatches.inc(count);
  }

  /** The page that Prometheus reads. */
  async exposition(): Promise<{ readonly contentType: string; readonly body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  /** Stops what the default metrics keep running. */
  close(): void {
    this.#registry.clear();
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }

  #readOnScrape(sources: MetricsSources): void {
    const flag = (read: () => boolean) => () => (read() ? 1 : 0);
    this.#gauge('postern_ready', 'Whether checks are answered.', flag(sources.ready));
    this.#gauge('postern_ledger_writable', 'Whether the ledger can write.', flag(sources.ledgerWritable));
    this.#gauge(
      'postern_clock_jump_pending',
      'Whether a clock jump waits to be accepted.',
      flag(sources.clockJumpPending),
    );
    this.#gauge('postern_log_records', 'Records in the audit log.', sources.logSize);
    this.#gauge('postern_index_lag_records', 'Records that the search index does not hold yet.', () =>
      Math.max(0, sources.logSize() - sources.indexed()),
    );
    this.#gauge(
      'postern_policy_generation',
      'Activations in this process; 0: no policy.',
      sources.policyGeneration,
    );
    this.#gauge(
      'postern_policy_age_seconds',
      'Seconds since the policy went live.',
      sources.policyAgeSeconds,
    );
    this.#gauge('postern_evaluators_serving', 'Evaluators that answer.', sources.evaluatorsServing);
  }
}
