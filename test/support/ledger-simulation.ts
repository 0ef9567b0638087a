// A ledger under random requests, faults, crashes and clocks, beside a model that knows only what was
// answered. Deterministic: the same seed makes the same run.
import { expect } from 'vitest';
import { isAuthenticationFailure } from '../../src/core/reason.ts';
import type { LedgerAnswer, LedgerRequest } from '../../src/pdp/settle-group.ts';
import type { SettleCall, SettleResult } from '../../src/pdp/settle-port.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import type { SqlRow } from '../../src/storage/sql-port.ts';
import { sqliteError } from './faulty-database.ts';
import {
  charge,
  createKeyCommand,
  failure,
  item,
  keyCharge,
  type LedgerWorld,
  newDecisionId,
  report,
} from './ledger-world.ts';
import { type ReadRecord, readLog } from './read-log.ts';

const KEYS = 4;
const OWNER = { identity: 'owner', listener: 'admin_unix' } as const;
const FAULT_CODES = ['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_FSYNC', 'SQLITE_READONLY'] as const;
const COMPANY = charge({ name: 'company', counterId: 'b|company|company|cmp_aurora', base: true, burst: 50 });
const NAMED = charge({ name: 'named', counterId: 'n|company|named|cmp_aurora', burst: 20, cost: 2 });

/** Stored counters by the name of their limit; the keys' own stand in key_use. */
const COUNTERS = [COMPANY, NAMED];

interface AnsweredDecision {
  readonly index: number;
  readonly leaf: string;
}

export class LedgerSimulation {
  readonly #random: () => number;
  #world: LedgerWorld;
  #ledger: Ledger;
  /** What was answered: it must be found in the log for ever. */
  readonly #answered: AnsweredDecision[] = [];
  readonly #countedInWindow = new Map<string, number>();
  readonly #revoked = new Set<string>();
  readonly #decisionIds: string[] = [];
  readonly #withOutcome = new Set<string>();
  #seen: { readonly epoch: number; readonly rows: readonly SqlRow[] } = { epoch: 0, rows: [] };
  faults = 0;
  crashes = 0;

  constructor(world: LedgerWorld, random: () => number) {
    this.#world = world;
    this.#random = random;
    this.#ledger = world.open();
    this.#settleSurely({ kind: 'create_company', companyId: 'cmp_aurora', plan: 'p', label: '' });
    for (let key = 1; key <= KEYS; key++) this.#settleSurely(createKeyCommand(`key_${key}`));
    this.#look();
  }

  get answered(): number {
    return this.#answered.length;
  }

  /** A whole number from 0 up to, but without, `limit`. */
  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** One random step. */
  step(): void {
    const dice = this.#below(100);
    if (dice < 70) this.#settle();
    else if (dice < 82) this.#passTime();
    else if (dice < 86) this.#stepWallClock();
    else if (dice < 94) this.#settleWithFault();
    else if (dice < 97) this.#crash();
    else this.#restart();
  }

  /** Everything that must hold at any time. */
  check(): void {
    const records = readLog(this.#world.dataDirectory);
    for (const { index, leaf } of this.#answered) {
      expect(records[index]?.leaf, `record ${index} was answered`).toBe(leaf);
    }
    this.#checkTimes(records);
    this.#checkCounters(records);
    this.#checkWindows(records);
    this.#checkKeys();
    const outcomes = records
      .filter((record) => record.kind === 'outcome')
      .map((record) => record['decision_id']);
    expect(new Set(outcomes).size, 'one outcome a decision').toBe(outcomes.length);
    for (const decisionId of this.#withOutcome) expect(outcomes).toContain(decisionId);
  }

  end(): void {
    this.#ledger.close();
    this.check();
    const open = this.#world.rows('SELECT count(*) FROM windows')[0]?.[0];
    expect(open, 'a stop closes every window').toBe(0);
  }

  /** An evaluator reads the epoch, then the rows; until it looks again it decides from them. */
  #look(): void {
    const epoch = this.#world.control.epoch();
    this.#seen = { epoch, rows: this.#world.rows('SELECT seq, version, status FROM keys ORDER BY seq') };
  }

  #settle(): void {
    if (this.#below(12) === 0) this.#look();
    const requests = Array.from({ length: 1 + this.#below(6) }, () => this.#request());
    const answers = this.#ledger.settle(requests);
    for (const [place, answer] of answers.entries()) this.#remember(requests[place], answer);
  }

  /** Some write of the group fails, with or without an effect; then the database works again. */
  #settleWithFault(): void {
    const { faults } = this.#world;
    const moment = this.#below(2) === 0 ? 'before' : 'after';
    const code = FAULT_CODES[this.#below(FAULT_CODES.length)] ?? 'SQLITE_FULL';
    let left = this.#below(12);
    faults[moment] = () => {
      left -= 1;
      if (left >= 0) return;
      this.faults += 1;
      throw sqliteError(code);
    };
    this.#settle();
    // Now and then the disk stays broken for a while.
    for (let rest = this.#below(3); rest > 0; rest--) this.#settle();
    faults[moment] = () => {};
    this.#pass(200_000);
    this.#ledger.tick();
  }

  /** The process dies: between two groups, or at some write within one. */
  #crash(): void {
    this.crashes += 1;
    let left = this.#below(12);
    const copies: LedgerWorld[] = [];
    this.#world.faults.before = () => {
      left -= 1;
      if (left === -1) copies.push(this.#world.crash());
    };
    const requests = [this.#request(), this.#request()];
    const answers = this.#ledger.settle(requests);
    this.#world.faults.before = () => {};
    // What was answered after the moment of death was answered by nobody.
    if (copies.length === 0) {
      for (const [place, answer] of answers.entries()) this.#remember(requests[place], answer);
    }
    const survivor = copies[0] ?? this.#world.crash();
    this.#ledger.close();
    this.#world = survivor;
    this.#open();
  }

  #restart(): void {
    this.#ledger.close();
    if (this.#below(2) === 0) this.#world.wallUs -= this.#below(3_600_000_000);
    this.#open();
  }

  #open(): void {
    this.#ledger = this.#world.open();
    this.#look();
    this.check();
  }

  #passTime(): void {
    this.#pass(this.#below(3_000_000));
    this.#ledger.tick();
  }

  #pass(us: number): void {
    this.#world.pass(us);
  }

  /** Wall time jumps, either way, by up to a day; a great leap forward must not be believed. */
  #stepWallClock(): void {
    this.#world.wallUs += (this.#below(2) === 0 ? 1 : -1) * this.#below(86_400_000_000);
    this.#ledger.tick();
  }

  #request(): LedgerRequest {
    const dice = this.#below(20);
    if (dice < 12) return { kind: 'settle', call: this.#call() };
    if (dice < 17) return { kind: 'settle', call: this.#failure() };
    if (dice < 19) return { kind: 'outcomes', reports: [report(this.#someDecision())] };
    const keyId = `key_${1 + this.#below(KEYS)}`;
    const status = this.#below(4) === 0 ? 'revoked' : this.#below(2) === 0 ? 'active' : 'inactive';
    return { kind: 'admin', command: { kind: 'set_key_status', keyId, status, why: 'a dice' }, actor: OWNER };
  }

  #call(): SettleCall {
    const keySeq = 1 + this.#below(KEYS);
    const keyId = `key_${keySeq}`;
    const { epoch, rows } = this.#seen;
    const [, keyVersion, status] = rows[keySeq - 1] ?? [];
    const failed = status === 'revoked' ? 'key_revoked' : status === 'inactive' ? 'key_inactive' : null;
    const reason = failed ?? (this.#below(4) === 0 ? 'policy_denied' : 'allowed');
    const named = this.#below(2) === 0 ? [NAMED] : [];
    const base = [{ ...keyCharge(10), counterId: `b|key|key_second|${keyId}`, name: keyId }, COMPANY];
    return {
      deadlineMonoUs: this.#below(10) === 0 ? this.#world.monoUs : 0,
      epoch,
      generation: 0,
      subject: {
        keySeq,
        keyId,
        keyVersion: Number(keyVersion),
        companyId: 'cmp_aurora',
        companyVersion: 1,
        notBeforeUs: null,
        expiresAtUs: null,
      },
      sourceBucket: '192.0.2.9',
      base: failed === null ? base : [],
      items: Array.from({ length: 1 + this.#below(3) }, () => item({ reason, named })),
    };
  }

  #failure(): SettleCall {
    return failure({ sourceBucket: `192.0.2.${this.#below(2)}` });
  }

  #someDecision(): string {
    return this.#decisionIds[this.#below(this.#decisionIds.length + 1)] ?? newDecisionId();
  }

  #settleSurely(command: Extract<LedgerRequest, { readonly kind: 'admin' }>['command']): void {
    const [answer] = this.#ledger.settle([{ kind: 'admin', command, actor: OWNER }]);
    expect(answer).toMatchObject({ result: { ok: true } });
  }

  #remember(request: LedgerRequest | undefined, answer: LedgerAnswer): void {
    if (request?.kind === 'settle' && answer.kind === 'settle')
      this.#rememberCall(request.call, answer.result);
    if (request?.kind === 'outcomes' && answer.kind === 'outcomes' && answer.result[0] === 'recorded') {
      this.#withOutcome.add(request.reports[0]?.decisionId ?? '');
    }
    if (request?.kind === 'admin' && answer.kind === 'admin' && answer.result.ok) {
      const { result } = answer.result;
      if (result.kind === 'key' && result.key.status === 'revoked') this.#revoked.add(result.key.keyId);
    }
  }

  #rememberCall(call: SettleCall, result: SettleResult): void {
    if (result.state !== 'settled') return;
    const passes = call.items.some((each) => !isAuthenticationFailure(each.reason));
    const { keyId = '' } = call.subject ?? {};
    expect(passes && this.#revoked.has(keyId), 'a revoked key passes').toBe(false);
    for (const [place, each] of result.items.entries()) {
      if (each.index === -1) {
        this.#countedInWindow.set(each.windowId, (this.#countedInWindow.get(each.windowId) ?? 0) + 1);
      } else {
        this.#answered.push({ index: each.index, leaf: each.leaf });
        this.#decisionIds.push(call.items[place]?.decisionId ?? '');
      }
    }
  }

  #checkTimes(records: readonly ReadRecord[]): void {
    let previous = 0;
    for (const record of records) {
      if (record.kind !== 'decision') continue;
      const settledAt = Number(record['settled_at']);
      expect(settledAt, 'time never goes back').toBeGreaterThanOrEqual(previous);
      previous = settledAt;
    }
  }

  /** Every counter is exactly what its last record says: no charge without a record, none lost. */
  #checkCounters(records: readonly ReadRecord[]): void {
    const tats = new Map<string, number>();
    for (const record of records) {
      const limits = (record['limits'] ?? []) as readonly { name: string; reset_after_us: number }[];
      for (const limit of limits) tats.set(limit.name, Number(record['settled_at']) + limit.reset_after_us);
    }
    for (const [keySeq, tatUs] of this.#world.rows('SELECT key_seq, tat_us FROM key_use')) {
      this.#expectTat(Number(tatUs), tats.get(`key_${keySeq}`), records);
    }
    for (const { counterId, name } of COUNTERS) {
      const stored = this.#world.rows(`SELECT tat_us FROM counters WHERE id = '${counterId}'`)[0]?.[0];
      if (stored !== undefined) this.#expectTat(Number(stored), tats.get(name), records);
    }
  }

  /** A refused check at a time after the TAT names its own time instead: both mean "full". */
  #expectTat(storedUs: number, recordedUs: number | undefined, records: readonly ReadRecord[]): void {
    const last = records.reduce((time, record) => Math.max(time, Number(record['settled_at'] ?? 0)), 0);
    if (recordedUs === undefined || recordedUs > last) expect(storedUs).toBe(recordedUs ?? 0);
    else expect(storedUs).toBeLessThanOrEqual(last);
  }

  #checkWindows(records: readonly ReadRecord[]): void {
    const opened = new Set(
      records.filter((each) => each.kind === 'window_opened').map((each) => each['window_id']),
    );
    const totals = new Map<unknown, number>();
    for (const each of records) {
      if (each.kind === 'window_closed') totals.set(each['window_id'], Number(each['total']));
    }
    for (const [windowId, count] of this.#world.rows(
      'SELECT window_id, sum(count) FROM window_counts GROUP BY 1',
    )) {
      totals.set(windowId, Number(count));
    }
    for (const [windowId, answered] of this.#countedInWindow) {
      expect(opened, 'a window that was answered was opened').toContain(windowId);
      expect(totals.get(windowId), 'every answered check is counted').toBeGreaterThanOrEqual(answered);
    }
  }

  #checkKeys(): void {
    for (const [keyId, status] of this.#world.rows('SELECT key_id, status FROM keys')) {
      if (this.#revoked.has(String(keyId))) expect(status, 'an answered revocation stays').toBe('revoked');
    }
  }
}
