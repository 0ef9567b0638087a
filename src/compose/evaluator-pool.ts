// The evaluator threads: starts them, hands them policies, ends the one that the watchdog names, and puts
// another in the place of each that is gone, for as long as it takes. It decides nothing about a check.
import { type MessagePort, Worker } from 'node:worker_threads';
import { ListenRefused, requireFreeTcp } from '../grpc/listen.ts';
import { monoUs } from '../ops/clock.ts';
import type { LogFacts } from '../ops/log.ts';
import { threadTimeUs } from '../ops/thread-time.ts';
import type { PolicyProblem } from '../pdp/admin-port.ts';
import type { ControlBlock } from '../pdp/control-block.ts';
import type { NumberedCandidate } from '../pdp/policy-control.ts';
import type { EvaluatorOptions } from './evaluator-options.ts';
import type { EvaluatorCounts, EvaluatorStart, FromEvaluator } from './evaluator-protocol.ts';
import { emptySeat, type Seat, type SeatState, vacate } from './evaluator-seat.ts';
import { drain, once, post } from './evaluator-thread.ts';
import { nameSetting } from './name-setting.ts';
import { restartDelayMs } from './restart-delay.ts';
import { socketLine } from './socket-line.ts';
import type { CandidatePayload } from './trial-host.ts';

export interface EvaluatorPoolParts {
  readonly entry: URL;
  readonly count: number;
  readonly options: EvaluatorOptions;
  readonly control: ControlBlock;
  readonly tcp: { readonly host: string; readonly port: number } | null;
  readonly socketPath: string | null;
  readonly memoryMbMax: number;
  readonly pepper: Uint8Array;
  /** A new evaluator's port to the ledger. */
  readonly connectLedger: () => MessagePort;
  readonly startingPolicies: () => readonly NumberedCandidate<CandidatePayload>[];
  readonly onCounts: (evaluator: number, counts: EvaluatorCounts) => void;
  readonly onLog: (level: 'warn' | 'error', event: string, facts: LogFacts) => void;
  /** An evaluator ended without being told to, or was ended by the watchdog. */
  readonly onLost: (evaluator: number, why: 'watchdog' | 'exit') => void;
  /** The pool stopped and this thread is gone: records the evaluation it may have been at. */
  readonly settle: (evaluator: number) => Promise<void>;
}

/** Every evaluator of a sidecar. */
export class EvaluatorPool {
  readonly #parts: EvaluatorPoolParts;
  readonly #seats: Seat[];
  readonly #prepared = new Map<number, (problems: readonly PolicyProblem[]) => void>();
  #tcpPort: number;
  #nextId = 1;
  #stopping = false;

  constructor(parts: EvaluatorPoolParts) {
    this.#parts = parts;
    this.#tcpPort = parts.tcp?.port ?? 0;
    this.#seats = Array.from({ length: parts.count }, (_, number) => emptySeat(number));
  }

  /** Starts every thread, without listening. Resolves when all can prepare policies. */
  async start(): Promise<void> {
    await Promise.all(this.#seats.map((seat) => this.#start(seat)));
  }

  /** Opens the listeners. The first evaluator goes first: it finds the port when none was given. */
  async listen(): Promise<void> {
    const { tcp, count } = this.#parts;
    if (tcp !== null && count > 1) await nameSetting('decision_tcp', requireFreeTcp(tcp));
    for (const seat of this.#seats) await this.#listen(seat);
  }

  /** Prepares a candidate on every thread. Resolves with what was wrong on any of them. */
  async prepare(policy: NumberedCandidate<CandidatePayload>): Promise<readonly PolicyProblem[]> {
    const answers = await Promise.all(this.#seats.map((seat) => this.#prepare(seat, policy)));
    return answers.find((problems) => problems.length > 0) ?? [];
  }

  seats(): readonly { readonly number: number; readonly state: SeatState; readonly kills: number }[] {
    return this.#seats.map(({ number, state, kills }) => ({ number, state, kills }));
  }

  /** Processor time of an evaluator's thread, in microseconds; null when it cannot be told. */
  threadTimeUs(number: number): number | null {
    const threadId = this.#seats[number]?.threadId ?? null;
    return threadId === null ? null : threadTimeUs(threadId);
  }

  addresses(): readonly string[] {
    return [...new Set(this.#seats.flatMap((seat) => seat.addresses))];
  }

  /** Whether callers can find none of the evaluators. */
  get isUnreachable(): boolean {
    return this.#parts.tcp === null && this.#seats.some(({ isSocketLost }) => isSocketLost);
  }

  /** What health checks over gRPC are told. */
  setServing(serving: boolean): void {
    for (const { worker } of this.#seats) if (worker !== null) post(worker, { kind: 'health', serving });
  }

  /** Ends an evaluator at once. `afterwards` runs when its thread is gone, before the next one starts. */
  async replace(number: number, afterwards: () => void): Promise<void> {
    const seat = this.#seats[number];
    if (seat === undefined || seat.worker === null) return;
    const worker = seat.worker;
    vacate(seat);
    seat.kills += 1;
    seat.ending = worker.terminate();
    await seat.ending;
    // Whoever stops the pool settles what its threads were at, and waits for that.
    if (this.#stopping) return;
    try {
      afterwards();
      this.#parts.onLost(number, 'watchdog');
    } catch (error) {
      const problem = error instanceof Error ? error.message : 'unknown';
      this.#parts.onLog('error', 'evaluator_end_failed', { evaluator: number, problem });
    } finally {
      // Whatever failed about the thread that is gone, its seat must not stay empty.
      await this.#restart(seat);
    }
  }

  /** Drains every evaluator within the grace period, and settles what one that had to be ended was at. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      this.#seats.map(async (seat) => {
        if (seat.retry !== null) clearTimeout(seat.retry);
        const { worker } = seat;
        if (worker !== null) {
          await drain(worker, graceMs);
          seat.worker = null;
          await worker.terminate();
        }
        await seat.ending;
        await this.#parts.settle(seat.number);
      }),
    );
  }

  async #start(seat: Seat): Promise<void> {
    const parts = this.#parts;
    const ledgerPort = parts.connectLedger();
    const start: EvaluatorStart = {
      role: 'evaluator',
      number: seat.number,
      options: parts.options,
      control: parts.control.buffer,
      evaluators: parts.count,
      ledgerPort,
      pepper: parts.pepper,
      policies: parts.startingPolicies(),
      tcp: parts.tcp === null ? null : { host: parts.tcp.host, reusePort: parts.count > 1 },
      socketPath: seat.number === 0 ? parts.socketPath : null,
    };
    parts.control.leaveEvaluation(seat.number);
    const worker = new Worker(parts.entry, {
      workerData: start,
      transferList: [ledgerPort],
      resourceLimits: { maxOldGenerationSizeMb: parts.memoryMbMax, maxYoungGenerationSizeMb: 16 },
    });
    seat.worker = worker;
    worker.on('message', (message: FromEvaluator) => this.#hear(seat, message));
    worker.on('error', (error) =>
      parts.onLog('error', 'evaluator_error', { evaluator: seat.number, problem: error.message }),
    );
    worker.on('exit', () => this.#lose(seat, worker));
    const ready = await once(worker, 'ready');
    seat.threadId = ready.kind === 'ready' ? ready.threadId : null;
  }

  /** A thread ended by itself. One that never served is the concern of whoever starts it. */
  #lose(seat: Seat, worker: Worker): void {
    if (seat.worker !== worker || this.#stopping) return;
    // What it was at is lost with its caller; the watchdog must not look for a thread to blame.
    this.#parts.control.leaveEvaluation(seat.number);
    if (seat.state !== 'serving') {
      seat.worker = null;
      return;
    }
    vacate(seat);
    this.#parts.onLost(seat.number, 'exit');
    this.#restartLater(seat);
  }

  #restartLater(seat: Seat): number {
    const delayMs = restartDelayMs(seat.failures);
    seat.failures += 1;
    seat.retry = setTimeout(() => {
      seat.retry = null;
      void this.#restart(seat);
    }, delayMs);
    return delayMs;
  }

  /** Puts a thread on an empty seat, and tries again later when that fails. Never rejects. */
  async #restart(seat: Seat): Promise<void> {
    if (this.#stopping) return;
    const { turn } = seat;
    try {
      await this.#start(seat);
      await this.#listen(seat);
    } catch (error) {
      // Ended by the watchdog before we heard that it served: whoever ended it fills the seat.
      if (seat.turn !== turn) return;
      const { worker } = seat;
      vacate(seat);
      await worker?.terminate();
      if (this.#stopping) return;
      const problem = error instanceof Error ? error.message : 'unknown';
      const facts = { evaluator: seat.number, problem, attempt: seat.failures + 1 };
      const delayMs = this.#restartLater(seat);
      this.#parts.onLog('error', 'evaluator_restart_failed', { ...facts, retry_after_ms: delayMs });
    }
  }

  async #listen(seat: Seat): Promise<void> {
    const worker = seat.worker;
    if (worker === null) throw new Error(`evaluator ${seat.number} ended while it started`);
    const listening = once(worker, 'listening', 'refused');
    post(worker, { kind: 'listen', tcpPort: this.#tcpPort });
    const answer = await listening;
    if (answer.kind === 'refused') throw new ListenRefused(answer.address, answer.message);
    if (answer.kind !== 'listening') return;
    seat.addresses = answer.addresses;
    seat.state = 'serving';
    seat.servingSinceUs = monoUs();
    if (answer.tcpPort !== 0) this.#tcpPort = answer.tcpPort;
  }

  #prepare(seat: Seat, policy: NumberedCandidate<CandidatePayload>): Promise<readonly PolicyProblem[]> {
    const { worker, kills } = seat;
    // A seat without a thread gets the candidate with its next thread: it is pending until it is active.
    if (worker === null) return Promise.resolve([]);
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const end = (problems: readonly PolicyProblem[]) => {
        this.#prepared.delete(id);
        worker.off('exit', gone);
        resolve(problems);
      };
      const gone = () => {
        const problem = { file: '', line: 0, message: 'an evaluator ended while it prepared this revision' };
        // The watchdog ends a thread for what the policy in force does, which is not the candidate's fault.
        end(seat.kills === kills ? [problem] : []);
      };
      this.#prepared.set(id, end);
      worker.once('exit', gone);
      post(worker, { kind: 'prepare', id, policy });
    });
  }

  #hear(seat: Seat, message: FromEvaluator): void {
    if (message.kind === 'prepared') this.#prepared.get(message.id)?.(message.problems);
    if (message.kind === 'counts') this.#parts.onCounts(seat.number, message.counts);
    if (message.kind === 'socket') {
      seat.isSocketLost = message.problem !== null;
      const { level, event, facts } = socketLine(message.path, message.problem);
      this.#parts.onLog(level, event, { evaluator: seat.number, ...facts });
    }
    if (message.kind === 'log')
      this.#parts.onLog(message.level, message.event, { evaluator: seat.number, ...message.facts });
  }
}
