// The ledger as other threads reach it: calls that wait go together in one message, at most two messages
// are under way, and what waits is bounded. Never retries: whoever asked decides that.
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { assert } from '../core/assert.ts';
import type { Actor, AdminCommand, AdminResult, AdminWriter } from '../pdp/admin-port.ts';
import type { FailureCode } from '../pdp/settle-group.ts';
import type { OutcomeReport, OutcomeState, SettleCall, SettleResult, Settler } from '../pdp/settle-port.ts';
import type { LedgerReport } from './ledger.ts';
import { failedResult, joinCalls, type LedgerMessage, type LedgerReply } from './ledger-messages.ts';
import { failureError, outcomesOf, refusalError } from './ledger-refusal.ts';
import { encodeCall } from './settle-codec.ts';
import { type ChargedCall, chargedBy, decodeResults } from './settle-result-codec.ts';

/** Two keep the ledger busy while an answer travels; more would only make groups later. */
const MESSAGES_UNDER_WAY_MAX = 2;

export interface LedgerClientOptions {
  readonly port: MessagePort;
  /** Items and commands that may wait; when so many do, calls are refused as overloaded. */
  readonly queueMax: number;
  /** Items in one message: the ledger's `groupMax`. */
  readonly itemsMax: number;
}

type ObjectMessage = Exclude<LedgerMessage, string>;

/** A call, as it waits. Its text is let go when it is sent: it makes up most of what a call holds. */
interface CallJob {
  readonly charged: ChargedCall;
  text: string;
  readonly settled: (result: SettleResult) => void;
}

/** One thing that waits: a call, or a message of its own. */
type Job =
  | CallJob
  | {
      readonly message: ObjectMessage;
      readonly answered: (reply: Exclude<LedgerReply, ArrayBuffer>) => void;
    };

export class LedgerClient implements Settler, AdminWriter {
  readonly #options: LedgerClientOptions;
  #waiting: Job[] = [];
  /** Of the calls that wait; a batch is worth its items, anything else one. */
  #waitingItems = 0;
  readonly #underWay: (readonly Job[])[] = [];
  #isSendOrdered = false;
  /** Nothing may come after `stop`: it is answered last, and answers are matched by their order. */
  #stopping = false;
  #closed = false;

  constructor(options: LedgerClientOptions) {
    this.#options = options;
    options.port.on('message', (reply: LedgerReply) => this.#receive(reply));
    options.port.on('close', () => this.#failAll());
  }

  submit(call: SettleCall, settled: (result: SettleResult) => void): void {
    if (this.#closed || this.#stopping) {
      settled(failedResult('shutting_down'));
      return;
    }
    if (this.#isFull) throw failureError('overloaded');
    // Encoded here, so that a call that cannot be fails alone. Of the call itself only its limits are
    // kept: thousands may wait, and each holds some kilobytes.
    const text = encodeCall(call);
    this.#waiting.push({ charged: chargedBy(call), text, settled });
    this.#waitingItems += call.items.length;
    this.#sendSoon();
  }

  /** The same as a promise; it rejects where `submit` throws. */
  settle(call: SettleCall): Promise<SettleResult> {
    return new Promise((resolve) => {
      this.submit(call, resolve);
    });
  }

  async reportOutcomes(reports: readonly OutcomeReport[]): Promise<readonly OutcomeState[]> {
    return outcomesOf(await this.#ask({ kind: 'outcomes', reports }));
  }

  async apply(command: AdminCommand, actor: Actor): Promise<AdminResult> {
    const reply = await this.#ask({ kind: 'admin', command, actor });
    assert(reply.kind === 'admin', 'reply of another kind');
    if (!reply.result.ok) throw refusalError(reply.result.refusal);
    return reply.result.result;
  }

  /** What GetStatus says about the ledger and its clock. */
  async report(): Promise<LedgerReport> {
    const reply = await this.#ask({ kind: 'report' });
    assert(reply.kind === 'report', 'reply of another kind');
    return reply.report;
  }

  /** A port for one more client, e.g. of a new evaluator; to be transferred to its thread. */
  connect(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#options.port.postMessage({ kind: 'connect', port: port2 } satisfies LedgerMessage, [port2]);
    return port1;
  }

  /**
   * Asks the ledger to settle what waits and to end; resolves when it has closed its database. What is asked
   * from now on fails as `shutting_down`. It waits for its turn however much waits before it.
   */
  async stop(): Promise<void> {
    if (this.#closed || this.#stopping) throw failureError('shutting_down');
    this.#stopping = true;
    await this.#post({ kind: 'stop' });
  }

  /** Ends this client. What waits fails as `shutting_down`. */
  close(): void {
    this.#options.port.close();
    this.#failAll();
  }

  #ask(message: ObjectMessage): Promise<Exclude<LedgerReply, ArrayBuffer>> {
    if (this.#closed || this.#stopping) return Promise.reject(failureError('shutting_down'));
    if (this.#isFull) return Promise.reject(failureError('overloaded'));
    return this.#post(message);
  }

  #post(message: ObjectMessage): Promise<Exclude<LedgerReply, ArrayBuffer>> {
    return new Promise((resolve, reject) => {
      const answered = (reply: Exclude<LedgerReply, ArrayBuffer>) => {
        if (reply.kind === 'failed') reject(failureError(reply.code));
        else resolve(reply);
      };
      this.#waiting.push({ message, answered });
      this.#waitingItems += 1;
      this.#sendSoon();
    });
  }

  get #isFull(): boolean {
    return this.#waitingItems >= this.#options.queueMax;
  }

  /** When the work at hand is over: what it asks for goes in one message instead of many. */
  #sendSoon(): void {
    if (this.#isSendOrdered) return;
    this.#isSendOrdered = true;
    queueMicrotask(() => {
      this.#isSendOrdered = false;
      this.#send();
    });
  }

  #send(): void {
    while (this.#waiting.length > 0 && this.#underWay.length < MESSAGES_UNDER_WAY_MAX) {
      const first = this.#waiting[0];
      if (first !== undefined && 'message' in first) {
        this.#waiting.shift();
        this.#waitingItems -= 1;
        this.#underWay.push([first]);
        this.#options.port.postMessage(first.message);
      } else {
        const jobs = this.#takeCalls();
        this.#underWay.push(jobs);
        this.#options.port.postMessage(joinCalls(jobs.map((job) => job.text)));
        for (const job of jobs) job.text = '';
      }
    }
  }

  /** The calls at the head of what waits, as many as make one message. */
  #takeCalls(): readonly CallJob[] {
    const jobs: CallJob[] = [];
    let items = 0;
    for (const job of this.#waiting) {
      if (!('text' in job)) break;
      items += job.charged.named.length;
      if (jobs.length > 0 && items > this.#options.itemsMax) break;
      jobs.push(job);
    }
    this.#waiting = this.#waiting.slice(jobs.length);
    for (const job of jobs) this.#waitingItems -= job.charged.named.length;
    return jobs;
  }

  #receive(reply: LedgerReply): void {
    const jobs = this.#underWay.shift();
    assert(jobs !== undefined, 'reply without a message');
    this.#send();
    if (reply instanceof ArrayBuffer) {
      const calls = jobs.filter((job) => 'text' in job);
      const results = decodeResults(
        reply,
        calls.map((job) => job.charged),
      );
      for (const [place, job] of calls.entries()) job.settled(results[place] ?? failedResult('internal'));
    } else {
      for (const job of jobs) answer(job, reply);
    }
  }

  #failAll(): void {
    if (this.#closed) return;
    this.#closed = true;
    const jobs = [...this.#underWay.flat(), ...this.#waiting];
    this.#underWay.length = 0;
    this.#waiting = [];
    this.#waitingItems = 0;
    for (const job of jobs) answer(job, { kind: 'failed', code: 'shutting_down' });
  }
}

/** Calls are answered by an object only when their whole message failed. */
function answer(job: Job, reply: Exclude<LedgerReply, ArrayBuffer>): void {
  if ('message' in job) {
    job.answered(reply);
  } else {
    const code: FailureCode = reply.kind === 'failed' ? reply.code : 'internal';
    job.settled(failedResult(code));
  }
}
