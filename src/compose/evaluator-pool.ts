// The evaluator threads: starts them, hands them policies, ends the one that the watchdog names, and
// starts another in its place. It never decides anything about a check.
import { type MessagePort, Worker } from 'node:worker_threads';
import { requireFreeTcp } from '../grpc/listen.ts';
import type { LogFacts } from '../ops/log.ts';
import type { PolicyProblem } from '../pdp/admin-port.ts';
import type { ControlBlock } from '../pdp/control-block.ts';
import type { NumberedCandidate } from '../pdp/policy-control.ts';
import type { EvaluatorOptions } from './evaluator-options.ts';
import type { EvaluatorCounts, EvaluatorStart, FromEvaluator, ToEvaluator } from './evaluator-protocol.ts';
import type { CandidatePayload } from './policy-loading.ts';

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
}

type State = 'starting' | 'serving' | 'restarting';

interface Seat {
  readonly number: number;
  state: State;
  kills: number;
  worker: Worker | null;
  addresses: readonly string[];
}

/** One seat for each evaluator; a seat outlives the threads that sit on it. */
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
    this.#seats = Array.from({ length: parts.count }, (_, number) => ({
      number,
      state: 'starting' as State,
      kills: 0,
      worker: null,
      addresses: [],
    }));
  }

  /** Starts every thread, without listening. Resolves when all can prepare policies. */
  async start(): Promise<void> {
    await Promise.all(this.#seats.map((seat) => this.#start(seat)));
  }

  /** Opens the listeners. The first evaluator goes first: it finds the port when none was given. */
  async listen(): Promise<void> {
    const { tcp, count } = this.#parts;
    if (tcp !== null && count > 1) await requireFreeTcp(tcp);
    for (const seat of this.#seats) await this.#listen(seat);
  }

  /** Prepares a candidate on every thread. Resolves with what was wrong on any of them. */
  async prepare(policy: NumberedCandidate<CandidatePayload>): Promise<readonly PolicyProblem[]> {
    const answers = await Promise.all(this.#seats.map((seat) => this.#prepare(seat, policy)));
    return answers.find((problems) => problems.length > 0) ?? [];
  }

  seats(): readonly { readonly number: number; readonly state: State; readonly kills: number }[] {
    return this.#seats.map(({ number, state, kills }) => ({ number, state, kills }));
  }

  addresses(): readonly string[] {
    return [...new Set(this.#seats.flatMap((seat) => seat.addresses))];
  }

  /** What health checks over gRPC are told. */
  setServing(serving: boolean): void {
    for (const { worker } of this.#seats) if (worker !== null) post(worker, { kind: 'health', serving });
  }

  /** Ends an evaluator at once. `afterwards` runs when its thread is gone, before the next one starts. */
  async replace(number: number, afterwards: () => void): Promise<void> {
    const seat = this.#seats[number];
    if (seat === undefined || seat.worker === null || this.#stopping) return;
    const worker = seat.worker;
    seat.worker = null;
    seat.state = 'restarting';
    seat.kills += 1;
    await worker.terminate();
    afterwards();
    this.#parts.onLost(number, 'watchdog');
    await this.#restart(seat);
  }

  /** Drains every evaluator within the grace period. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      this.#seats.map(async (seat) => {
        const worker = seat.worker;
        if (worker === null) return;
        const stopped = once(worker, 'stopped');
        post(worker, { kind: 'stop', graceMs });
        // The evaluator bounds its own drain; the second half of this race is for one that is stuck.
        await Promise.race([stopped, delay(graceMs + 500)]);
        seat.worker = null;
        await worker.terminate();
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
    worker.on('exit', () => {
      if (seat.worker !== worker) return;
      seat.worker = null;
      if (this.#stopping) return;
      seat.state = 'restarting';
      parts.onLost(seat.number, 'exit');
      void this.#restart(seat);
    });
    await once(worker, 'ready');
  }

  async #restart(seat: Seat): Promise<void> {
    if (this.#stopping) return;
    try {
      await this.#start(seat);
      await this.#listen(seat);
    } catch (error) {
      this.#parts.onLog('error', 'evaluator_restart_failed', {
        evaluator: seat.number,
        problem: error instanceof Error ? error.message : 'unknown',
      });
    }
  }

  async #listen(seat: Seat): Promise<void> {
    const worker = seat.worker;
    if (worker === null) throw new Error(`evaluator ${seat.number} is not running`);
    const listening = once(worker, 'listening', 'refused');
    post(worker, { kind: 'listen', tcpPort: this.#tcpPort });
    const answer = await listening;
    if (answer.kind === 'refused') throw new Error(answer.message);
    if (answer.kind !== 'listening') return;
    seat.addresses = answer.addresses;
    seat.state = 'serving';
    if (answer.tcpPort !== 0) this.#tcpPort = answer.tcpPort;
  }

  #prepare(seat: Seat, policy: NumberedCandidate<CandidatePayload>): Promise<readonly PolicyProblem[]> {
    const worker = seat.worker;
    // A seat without a thread gets the candidate with its next thread: it is pending until it is active.
    if (worker === null) return Promise.resolve([]);
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const end = (problems: readonly PolicyProblem[]) => {
        this.#prepared.delete(id);
        worker.off('exit', gone);
        resolve(problems);
      };
      const gone = () =>
        end([{ file: '', line: 0, message: 'an evaluator ended while it prepared this revision' }]);
      this.#prepared.set(id, end);
      worker.once('exit', gone);
      post(worker, { kind: 'prepare', id, policy });
    });
  }

  #hear(seat: Seat, message: FromEvaluator): void {
    if (message.kind === 'prepared') this.#prepared.get(message.id)?.(message.problems);
    if (message.kind === 'counts') this.#parts.onCounts(seat.number, message.counts);
    if (message.kind === 'log')
      this.#parts.onLog(message.level, message.event, { evaluator: seat.number, ...message.facts });
  }
}

function post(worker: Worker, message: ToEvaluator): void {
  worker.postMessage(message);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

/** The next message of one of these kinds; rejects when the thread ends first. */
function once(worker: Worker, ...kinds: readonly FromEvaluator['kind'][]): Promise<FromEvaluator> {
  return new Promise((resolve, reject) => {
    const hear = (message: FromEvaluator) => {
      if (!kinds.includes(message.kind)) return;
      end();
      resolve(message);
    };
    const gone = (code: number) => {
      end();
      reject(new Error(`the evaluator ended with code ${code} before it was ${kinds.join(' or ')}`));
    };
    const failed = (error: Error) => {
      end();
      reject(error);
    };
    const end = () => {
      worker.off('message', hear);
      worker.off('exit', gone);
      worker.off('error', failed);
    };
    worker.on('message', hear);
    worker.once('exit', gone);
    worker.once('error', failed);
  });
}
