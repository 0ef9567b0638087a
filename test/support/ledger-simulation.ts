// A ledger under random requests, faults, crashes and clocks, beside a model that knows only what was
// answered. Deterministic: the same seed makes the same run.
import { expect } from 'vitest';
import type { LedgerAnswer, LedgerRequest } from '../../src/pdp/settle-group.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import { sqliteError } from './faulty-database.ts';
import { LedgerModel } from './ledger-model.ts';
import type { LedgerWorld } from './ledger-world.ts';
import { byOwner, LIMITS, look, RandomRequests, type Seen } from './random-requests.ts';

const KEYS = 4;
const FAULT_CODES = ['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_FSYNC', 'SQLITE_READONLY'] as const;
const MOMENTS = ['before', 'after', 'read'] as const;
const HOUR_US = 3_600_000_000;

export class LedgerSimulation {
  readonly #model = new LedgerModel(LIMITS);
  readonly #random: () => number;
  readonly #requests = new RandomRequests((limit) => this.#below(limit));
  #world: LedgerWorld;
  #ledger: Ledger;
  #seen: Seen;
  /** The time at which the last call was settled. */
  #settledAtUs = 0;
  faults = 0;
  crashes = 0;
  restarts = 0;

  constructor(world: LedgerWorld, random: () => number) {
    this.#world = world;
    this.#random = random;
    this.#ledger = world.open();
    this.#ask([this.#requests.newCompany()]);
    for (let key = 0; key < KEYS; key++) this.#ask([this.#requests.newKey()]);
    this.#seen = look(this.#world);
  }

  get answered(): number {
    return this.#model.decisions.length;
  }

  get allowed(): number {
    return this.#model.decisions.filter(({ leaf }) => leaf.includes('"reason":"allowed"')).length;
  }

  /** One random step. */
  step(): void {
    const dice = this.#below(100);
    if (dice < 68) this.#settle();
    else if (dice < 80) this.#passTime();
    else if (dice < 84) this.#stepWallClock();
    else if (dice < 94) this.#settleWithFault();
    else if (dice < 97) this.#crash();
    else this.#restart();
  }

  end(): void {
    this.#ledger.close();
    this.#model.check(this.#world);
    const open = this.#world.rows(
      'SELECT (SELECT count(*) FROM windows), (SELECT count(*) FROM window_counts)',
    );
    expect(open, 'a stop closes every window').toEqual([[0, 0]]);
  }

  /** A whole number from 0 up to, but without, `limit`. */
  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #request(): LedgerRequest {
    return this.#requests.next({
      seen: this.#seen,
      generation: this.#world.control.generation(),
      monoUs: this.#world.monoUs,
      settledAtUs: this.#settledAtUs,
      decisionIds: this.#model.decisions.map(({ decisionId }) => decisionId),
    });
  }

  /** Asks for one group, and tells the model what was answered. */
  #ask(requests: readonly LedgerRequest[]): readonly LedgerAnswer[] {
    this.#model.asked(requests);
    const answers = this.#ledger.settle(requests);
    this.#take(requests, answers);
    return answers;
  }

  #take(requests: readonly LedgerRequest[], answers: readonly LedgerAnswer[]): void {
    this.#model.answered(requests, answers);
    for (const answer of answers) {
      if (answer.kind === 'settle' && answer.result.state === 'settled')
        this.#settledAtUs = answer.result.settledAtUs;
    }
  }

  #settle(): readonly LedgerRequest[] {
    // An evaluator looks again when it sees that something moved, but it may be in the middle of a call.
    const { control } = this.#world;
    const moved = this.#seen.epoch !== control.epoch() || this.#seen.generation !== control.generation();
    if (this.#below(moved ? 2 : 12) === 0) this.#seen = look(this.#world);
    const requests = Array.from({ length: 1 + this.#below(6) }, () => this.#request());
    this.#ask(requests);
    return requests;
  }

  /** Some write of the group fails, with or without an effect, or some read; then the database works again. */
  #settleWithFault(): void {
    const { faults } = this.#world;
    const moment = MOMENTS[this.#below(MOMENTS.length)] ?? 'before';
    const code = FAULT_CODES[this.#below(FAULT_CODES.length)] ?? 'SQLITE_FULL';
    const atCommit = this.#below(3) === 0 && moment !== 'read';
    let left = this.#below(12);
    faults[moment] = (sql) => {
      left -= 1;
      if (atCommit ? sql !== 'COMMIT' : left >= 0) return;
      this.faults += 1;
      throw sqliteError(code);
    };
    const requests = this.#settle();
    // Now and then the disk stays broken for a while.
    for (let rest = this.#below(3); rest > 0; rest--) this.#settle();
    if (this.#below(3) === 0) this.#foldSome();
    faults[moment] = () => {};
    this.#world.pass(200_000);
    this.#ledger.tick();
    expect(this.#world.control.writable(), 'it goes on by itself').toBe(true);
    // Whoever was told that a command failed gives it again.
    const commands = requests.filter((request) => request.kind === 'admin');
    if (commands.length > 0) this.#ask(commands);
  }

  /** The process dies: between two groups, or at some write within one or while it folds. */
  #crash(): void {
    this.crashes += 1;
    let left = this.#below(12);
    const copies: LedgerWorld[] = [];
    this.#world.faults.before = () => {
      left -= 1;
      if (left === -1) copies.push(this.#world.crash());
    };
    if (this.#below(3) === 0) this.#foldSome();
    const requests = [this.#request(), this.#request()];
    this.#model.asked(requests);
    const answers = this.#ledger.settle(requests);
    this.#world.faults.before = () => {};
    // What was answered after the moment of death was answered by nobody.
    if (copies.length === 0) this.#take(requests, answers);
    const survivor = copies[0] ?? this.#world.crash();
    this.#ledger.close();
    this.#world = survivor;
    this.#open();
  }

  #restart(): void {
    this.restarts += 1;
    this.#ledger.close();
    if (this.#below(2) === 0) this.#world.wallUs -= this.#below(HOUR_US);
    this.#world.startProcess();
    this.#open();
  }

  #open(): void {
    this.#ledger = this.#world.open();
    this.#model.forgetPolicy();
    this.#seen = look(this.#world);
    this.#model.check(this.#world);
  }

  #passTime(): void {
    this.#world.pass(this.#below(3_000_000));
    this.#ledger.tick();
    if (this.#below(3) === 0) this.#foldSome();
  }

  /** Charges become due to be folded, and some of the ticks that fold them come. */
  #foldSome(): void {
    this.#world.pass(this.#below(6_000_000));
    for (let ticks = this.#below(20); ticks > 0; ticks--) this.#ledger.tick();
  }

  /** Wall time jumps, either way, by up to a day; a great leap forward is only believed when accepted. */
  #stepWallClock(): void {
    this.#world.wallUs += (this.#below(2) === 0 ? 1 : -1) * this.#below(24 * HOUR_US);
    this.#ledger.tick();
    if (this.#below(4) === 0) this.#ask([byOwner({ kind: 'accept_clock', why: 'a dice' })]);
  }
}
