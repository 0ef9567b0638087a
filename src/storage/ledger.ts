// The ledger: settles groups, one transaction each, and says afterwards what became of them. Nothing is
// answered before it is committed, and after any error everything in memory is dropped and loaded again.
import { AssertionFailure } from '../core/assert.ts';
import type { ClockState } from '../core/clock.ts';
import { PosternError } from '../core/error.ts';
import { encodeRecovered } from '../core/leaf.ts';
import { type FailureCode, type LedgerAnswer, type LedgerRequest, planGroup } from '../pdp/settle-group.ts';
import { GroupPlan } from '../pdp/settle-plan.ts';
import { closeWindows } from '../pdp/settle-window.ts';
import type { ViewSignals } from './committed-state.ts';
import { createLedger } from './create-ledger.ts';
import { LeafEncoder } from './leaf-bytes.ts';
import { LedgerConnection } from './ledger-connection.ts';
import type { LedgerOptions } from './ledger-options.ts';
import { LedgerTime } from './ledger-time.ts';
import { saltedHash } from './salted-hash.ts';
import { isDamage, recordedCause, sqlErrorCode } from './sql-error.ts';

/** While it cannot write, opening is tried again at most so often. */
const RETRY_US = 100_000;

/** Windows are looked through for ones to close at most so often. */
const WINDOWS_US = 1_000_000;

/** A stop folds for so long at most, however slow the disk is. */
const LAST_FOLD_US = 3_000_000;

/** What the status says about the ledger. */
export interface LedgerReport {
  readonly logId: string;
  readonly logSize: number;
  readonly rootHash: Uint8Array;
  readonly durability: 'disk' | 'process';
  readonly writable: boolean;
  readonly clock: ClockState;
}

/** Only for one thread. */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #time: LedgerTime;
  readonly #leaves = new LeafEncoder();
  #connection: LedgerConnection | null;
  /** Of the last connection, for the status while there is none. */
  #report: Pick<LedgerReport, 'logId' | 'logSize' | 'rootHash'>;
  #cause = '';
  #damaged = false;
  #closed = false;
  /** Why recovering failed last, when that is a mistake of the program. */
  #toldMistake = '';
  #retryMonoUs = 0;
  #windowsMonoUs = 0;

  /**
   * Opens the ledger, creating it in an empty data directory.
   * @throws PosternError storage_damaged, storage_unavailable.
   */
  constructor(options: LedgerOptions) {
    this.#options = options;
    createLedger(options);
    const connection = LedgerConnection.open(options, this.#signals());
    this.#time = new LedgerTime(options, connection.clockUs);
    this.#connection = connection;
    this.#report = reportOf(connection);
    const plan = this.#plan(connection);
    closeWindows(plan, 'recovered');
    options.control.publishWritable(this.#tryCommit(connection, plan));
  }

  /**
   * Settles what waits as one group. One answer each, in order; all are committed, or all failed. Leaves in them are
   * valid until the ledger is called again.
   */
  settle(requests: readonly LedgerRequest[]): readonly LedgerAnswer[] {
    this.#leaves.clear();
    return this.#settle(requests);
  }

  #settle(requests: readonly LedgerRequest[]): readonly LedgerAnswer[] {
    const connection = this.#connection ?? this.#recover();
    if (connection === null) return this.#failAll(requests);
    const plan = this.#plan(connection);
    let answers: readonly LedgerAnswer[];
    try {
      answers = planGroup(plan, requests);
    } catch (error) {
      if (isMistake(error)) return this.#settleApart(requests, error);
      this.#fail(error);
      return this.#failAll(requests);
    }
    return this.#tryCommit(connection, plan) ? answers : this.#failAll(requests);
  }

  /** To be called about ten times a second: publishes the clock, closes windows, folds, tries to recover. */
  tick(): void {
    if (this.#closed) return;
    this.#leaves.clear();
    const connection = this.#connection ?? this.#recover();
    if (connection === null) {
      this.#time.advance();
      this.#publishClock();
      return;
    }
    const plan = this.#plan(connection);
    if (plan.time.monoUs >= this.#windowsMonoUs) {
      this.#windowsMonoUs = plan.time.monoUs + WINDOWS_US;
      closeWindows(plan, 'due');
    }
    this.#tryCommit(connection, plan, 'timer');
  }

  report(): LedgerReport {
    if (this.#connection !== null) this.#report = reportOf(this.#connection);
    return {
      ...this.#report,
      durability: this.#options.durability,
      writable: this.#connection !== null,
      clock: this.#time.state,
    };
  }

  /** Closes the windows and the database. Requests that come later fail. */
  close(): void {
    const connection = this.#connection;
    this.#closed = true;
    this.#options.control.publishWritable(false);
    if (connection === null) return;
    try {
      const plan = this.#plan(connection);
      closeWindows(plan, 'stop');
      connection.commitLast(plan);
      this.#publish(connection, plan);
      // What is not folded now is folded at the next start.
      const { monoUs } = this.#options.world;
      const untilUs = monoUs() + LAST_FOLD_US;
      connection.foldAll(this.#plan(connection), () => monoUs() > untilUs);
    } catch (error) {
      this.#reportFailure(error);
    }
    this.#report = reportOf(connection);
    this.#connection = null;
    connection.close();
  }

  #signals(): ViewSignals {
    const { control } = this.#options;
    return {
      epoch: () => control.epoch(),
      generation: () => control.generation(),
      clockJumpPending: () => this.#time.state.jumpPending,
      wallOffsetUs: () => this.#time.state.wallOffsetUs,
    };
  }

  #plan(connection: LedgerConnection): GroupPlan {
    const { ids } = this.#options.world;
    return new GroupPlan(connection.state, this.#time.advance(), {
      ids,
      rules: this.#options.rules,
      saltedHash,
      encodeLeaf: (leaf) => this.#leaves.encode(leaf),
    });
  }

  /** Commits unless there is nothing to, then publishes: readers see a change before it is answered. */
  #tryCommit(connection: LedgerConnection, plan: GroupPlan, by: 'request' | 'timer' = 'request'): boolean {
    try {
      if (by === 'timer') connection.commitAndFold(plan);
      else connection.commit(plan);
      this.#publish(connection, plan);
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #publish(connection: LedgerConnection, plan: GroupPlan): void {
    const { control } = this.#options;
    if (plan.acceptClock) this.#time.acceptJump();
    control.publishLogSize(connection.state.size);
    if (plan.rowsChanged) control.raiseEpoch();
    if (plan.generation !== control.generation()) control.publishGeneration(plan.generation);
    this.#publishClock();
  }

  #publishClock(): void {
    const { control } = this.#options;
    control.publishClock(this.#time.state);
    control.publishJumpPending(this.#time.state.jumpPending);
  }

  /** One request that cannot be planned must not take the others of its group with it. */
  #settleApart(requests: readonly LedgerRequest[], error: unknown): readonly LedgerAnswer[] {
    if (requests.length > 1) return requests.flatMap((request) => this.#settle([request]));
    this.#options.world.onEvent({ kind: 'request_failed', problem: problemOf(error) });
    return failAll(requests, 'internal');
  }

  #failAll(requests: readonly LedgerRequest[]): readonly LedgerAnswer[] {
    if (this.#closed) return failAll(requests, 'shutting_down');
    return failAll(requests, this.#damaged ? 'storage_damaged' : 'storage_unavailable');
  }

  #fail(error: unknown): void {
    this.#reportFailure(error);
    const connection = this.#connection;
    if (connection !== null) this.#report = reportOf(connection);
    this.#connection = null;
    this.#options.control.publishWritable(false);
    connection?.close();
    this.#retryMonoUs = 0;
  }

  #reportFailure(error: unknown): void {
    this.#cause = sqlErrorCode(error) || (error instanceof Error ? error.name : 'unknown');
    const { onEvent } = this.#options.world;
    if (isDamage(error)) {
      this.#damaged = true;
      onEvent({ kind: 'damaged', message: error instanceof PosternError ? error.message : this.#cause });
    } else {
      onEvent({ kind: 'write_failed', cause: this.#cause });
    }
  }

  /** Opens the database again, and proves that it can be written by recording that it was lost. */
  #recover(): LedgerConnection | null {
    const monoUs = this.#options.world.monoUs();
    if (this.#damaged || this.#closed || monoUs < this.#retryMonoUs) return null;
    this.#retryMonoUs = monoUs + RETRY_US;
    let connection: LedgerConnection | null = null;
    try {
      connection = LedgerConnection.open(this.#options, this.#signals());
      const logSize = connection.state.size;
      const plan = this.#plan(connection);
      closeWindows(plan, 'recovered');
      const place = { logId: connection.state.logId, index: plan.nextIndex };
      const cause = recordedCause(this.#cause);
      plan.append(encodeRecovered(place, { atUs: plan.time.nowUs, cause, logSize }), '');
      connection.commit(plan);
      this.#connection = connection;
      this.#toldMistake = '';
      this.#options.world.onEvent({ kind: 'recovered', cause: this.#cause, logSize });
      // A group that was answered as failed may have been committed: whatever was read before is old.
      this.#options.control.raiseEpoch();
      this.#publish(connection, plan);
      this.#options.control.publishWritable(true);
      return connection;
    } catch (error) {
      connection?.close();
      if (isDamage(error)) this.#reportFailure(error);
      else if (isMistake(error)) this.#reportMistake(problemOf(error));
      return null;
    }
  }

  /** No disk that gets well ends a mistake. Told once for each problem: it is tried ten times a second. */
  #reportMistake(problem: string): void {
    if (problem !== this.#toldMistake) this.#options.world.onEvent({ kind: 'recovery_failed', problem });
    this.#toldMistake = problem;
  }
}

function reportOf({ state }: LedgerConnection): Pick<LedgerReport, 'logId' | 'logSize' | 'rootHash'> {
  return { logId: state.logId, logSize: state.size, rootHash: state.frontier.root() };
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}

function failAll(requests: readonly LedgerRequest[], code: FailureCode): readonly LedgerAnswer[] {
  return requests.map(() => ({ kind: 'failed', code }));
}

/** A mistake of the program, as opposed to an error of the storage. */
function isMistake(error: unknown): boolean {
  return (
    error instanceof AssertionFailure ||
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof SyntaxError
  );
}
