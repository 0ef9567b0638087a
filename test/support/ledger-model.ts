/**
 * The model that the simulated ledger is compared with: it knows only what was asked and what was
 * answered, and what must follow from that for the log, the counters and the registry.
 */
import { expect } from 'vitest';
import type { ChargedRate } from '../../src/core/gcra.ts';
import { isAuthenticationFailure } from '../../src/core/reason.ts';
import type { AdminCommand } from '../../src/pdp/admin-port.ts';
import type { LedgerAnswer, LedgerRequest } from '../../src/pdp/settle-group.ts';
import type { SettleCall, SettleResult } from '../../src/pdp/settle-port.ts';
import type { LedgerWorld } from './ledger-world.ts';
import { type ReadRecord, readLog } from './read-log.ts';
import { ReplayedCounters } from './replayed-counters.ts';
import { storedCharges } from './stored-charges.ts';

interface AnsweredDecision {
  readonly decisionId: string;
  readonly index: number;
  readonly leaf: string;
}

export class LedgerModel {
  /** What was answered: it must be found in the log for ever. */
  readonly decisions: AnsweredDecision[] = [];
  readonly #limits: ReadonlyMap<string, ChargedRate>;
  readonly #decisionIds = new Set<string>();
  readonly #countedInWindow = new Map<string, number>();
  readonly #withOutcome = new Set<string>();
  /** Keys whose revocation was answered. */
  readonly #revoked = new Set<string>();
  /** Keys and companies that were answered as blocked, and that nobody asked to unblock since. */
  readonly #blocked = new Set<string>();
  /** The policy that was answered as active, of this process. */
  #generation = 0;
  #settledAtUs = 0;

  constructor(limits: ReadonlyMap<string, ChargedRate>) {
    this.#limits = limits;
  }

  /** Whether any decision was answered with this id. */
  knows(decisionId: string): boolean {
    return this.#decisionIds.has(decisionId);
  }

  /** A group is asked for. Whatever becomes of it, what it unblocks may be unblocked. */
  asked(requests: readonly LedgerRequest[]): void {
    for (const request of requests) if (request.kind === 'admin') this.#unblock(request.command);
  }

  /** A group was answered. */
  answered(requests: readonly LedgerRequest[], answers: readonly LedgerAnswer[]): void {
    expect(answers, 'one answer each').toHaveLength(requests.length);
    const kinds = new Set(answers.map((answer) => answer.kind === 'failed'));
    expect(kinds.size, 'all of a group, or none').toBe(1);
    for (const [place, request] of requests.entries()) {
      const answer = answers[place];
      if (request.kind === 'settle' && answer?.kind === 'settle') this.#settled(request.call, answer.result);
      if (request.kind === 'admin' && answer?.kind === 'admin' && answer.result.ok)
        this.#applied(request.command);
      if (request.kind === 'outcomes' && answer?.kind === 'outcomes') this.#reported(request, answer);
    }
  }

  /** A new process knows no policy until one is activated in it. */
  forgetPolicy(): void {
    this.#generation = 0;
  }

  /** Compares with what stands on the disk. */
  check(world: LedgerWorld): void {
    const records = readLog(world.dataDirectory);
    for (const { index, leaf } of this.decisions) {
      expect(records[index]?.leaf, `record ${index} was answered`).toBe(leaf);
    }
    const clockUs = Number(world.rows('SELECT clock_us FROM head')[0]?.[0]);
    expect(clockUs, 'the time of every answer is kept').toBeGreaterThanOrEqual(this.#settledAtUs);
    checkTimes(records, clockUs);
    this.#checkCounters(world, records, clockUs);
    this.#checkWindows(world, records);
    this.#checkOutcomes(records);
    for (const [keyId, status] of world.rows('SELECT key_id, status FROM keys')) {
      if (this.#revoked.has(String(keyId))) expect(status, 'an answered revocation stays').toBe('revoked');
    }
  }

  #unblock(command: AdminCommand): void {
    if (command.kind === 'set_key_status' && command.status === 'active') this.#blocked.delete(command.keyId);
    if (command.kind === 'set_company_status' && command.status === 'active')
      this.#blocked.delete(command.companyId);
  }

  #applied(command: AdminCommand): void {
    this.#unblock(command);
    if (command.kind === 'set_key_status' && command.status !== 'active') {
      this.#blocked.add(command.keyId);
      if (command.status === 'revoked') this.#revoked.add(command.keyId);
    }
    if (command.kind === 'set_company_status' && command.status !== 'active')
      this.#blocked.add(command.companyId);
    if (command.kind === 'policy_activated') this.#generation = command.generation;
  }

  #settled(call: SettleCall, result: SettleResult): void {
    if (result.state !== 'settled') return;
    expect(result.settledAtUs, 'time never goes back').toBeGreaterThanOrEqual(this.#settledAtUs);
    this.#settledAtUs = result.settledAtUs;
    // The simulation's deadlines have all passed when they are given.
    expect(call.deadlineMonoUs, 'a call whose deadline had passed').toBe(0);
    expect(call.generation, 'a policy that was replaced').toBeGreaterThanOrEqual(this.#generation);
    if (call.items.some((each) => !isAuthenticationFailure(each.reason))) {
      const { keyId = '', companyId = '', expiresAtUs = null } = call.subject ?? {};
      expect(this.#revoked, 'a revoked key passes').not.toContain(keyId);
      expect(this.#blocked, 'a blocked key passes').not.toContain(keyId);
      expect(this.#blocked, 'a blocked company passes').not.toContain(companyId);
      expect(expiresAtUs ?? Infinity, 'an expired key passes').toBeGreaterThan(result.settledAtUs);
    }
    for (const [place, { index, leaf, windowId }] of result.items.entries()) {
      if (index === -1) {
        this.#countedInWindow.set(windowId, (this.#countedInWindow.get(windowId) ?? 0) + 1);
        continue;
      }
      const decisionId = call.items[place]?.decisionId ?? '';
      this.decisions.push({ decisionId, index, leaf: String(Buffer.from(leaf)) });
      this.#decisionIds.add(decisionId);
    }
  }

  #reported(
    { reports }: Extract<LedgerRequest, { readonly kind: 'outcomes' }>,
    { result }: Extract<LedgerAnswer, { readonly kind: 'outcomes' }>,
  ): void {
    for (const [place, { decisionId }] of reports.entries()) {
      const state = result[place];
      if (this.#withOutcome.has(decisionId))
        expect(state, 'the first outcome stays').toBe('already_recorded');
      else if (this.knows(decisionId)) expect(state).not.toBe('decision_unknown');
      if (state === 'recorded') this.#withOutcome.add(decisionId);
    }
  }

  /** Every counter is exactly what the records say: no charge without one, none lost, none refilled. */
  #checkCounters(world: LedgerWorld, records: readonly ReadRecord[], clockUs: number): void {
    const replayed = new ReplayedCounters(this.#limits);
    expect(records.flatMap((record) => replayed.follow(record))).toEqual([]);
    const stored = new Map<string, number>();
    const { counters, uses } = storedCharges(world);
    for (const [seq, keyId] of world.rows('SELECT seq, key_id FROM keys')) {
      const [tatUs] = uses.get(Number(seq)) ?? [];
      if (tatUs !== undefined) stored.set(`key_second ${String(keyId)}`, tatUs);
    }
    for (const [id, tatUs] of counters) {
      const [, subject = '', name = '', whose = ''] = id.split('|');
      stored.set(`${name} ${subject === 'source' ? whose : subject}`, tatUs);
    }
    for (const [counter, tatUs] of replayed.tats) {
      // One whose time has come equals one that is not there.
      if (tatUs > clockUs) expect(stored.get(counter), counter).toBe(tatUs);
      else expect(stored.get(counter) ?? 0, counter).toBeLessThanOrEqual(clockUs);
    }
    for (const [counter, tatUs] of stored) {
      if (tatUs > clockUs) expect(replayed.tats.get(counter), `${counter} has a record`).toBe(tatUs);
    }
  }

  #checkWindows(world: LedgerWorld, records: readonly ReadRecord[]): void {
    const opened = new Set<unknown>();
    const totals = new Map<unknown, number>();
    for (const record of records) {
      const windowId = record['window_id'];
      if (record.kind === 'window_opened') opened.add(windowId);
      if (record.kind !== 'window_closed') continue;
      expect(totals, 'a window is closed once').not.toContain(windowId);
      totals.set(windowId, Number(record['total']));
    }
    const counts = world.rows('SELECT window_id, sum(count) FROM window_counts GROUP BY 1');
    for (const [windowId, count] of counts) totals.set(windowId, Number(count));
    for (const [windowId, answered] of this.#countedInWindow) {
      expect(opened, 'a window that was answered was opened').toContain(windowId);
      expect(totals.get(windowId), 'every answered check is counted').toBeGreaterThanOrEqual(answered);
    }
  }

  #checkOutcomes(records: readonly ReadRecord[]): void {
    const outcomes = records.filter(({ kind }) => kind === 'outcome').map((record) => record['decision_id']);
    expect(new Set(outcomes).size, 'one outcome a decision').toBe(outcomes.length);
    const recorded = new Set(outcomes);
    for (const decisionId of this.#withOutcome) expect(recorded).toContain(decisionId);
  }
}

function checkTimes(records: readonly ReadRecord[], clockUs: number): void {
  let previous = 0;
  for (const record of records) {
    if (record.kind !== 'decision') continue;
    const settledAt = Number(record['settled_at']);
    expect(settledAt, 'time never goes back').toBeGreaterThanOrEqual(previous);
    expect(settledAt, 'the clock is kept').toBeLessThanOrEqual(clockUs);
    previous = settledAt;
  }
}
