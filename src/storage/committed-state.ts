// The ledger's committed state as planning sees it: counters and rows read through bounded caches, open
// windows and recent decisions in memory. Changes only by `merge`, after a commit returned.
import type { MerkleFrontier } from '../core/merkle.ts';
import type { CompanyRecord } from '../core/registry.ts';
import type { GroupPlan } from '../pdp/settle-plan.ts';
import type {
  DecisionPlace,
  KeyRow,
  KeyUse,
  LedgerView,
  OpenWindow,
  OverLimitSecond,
} from '../pdp/settle-view.ts';
import { CounterCache } from './counter-cache.ts';
import type { DecisionPlaces } from './decision-places.ts';
import { KeyUseCache } from './key-use-cache.ts';
import type { LedgerRows } from './ledger-rows.ts';
import type { UnfoldedCharges } from './unfolded-charges.ts';

/** Some 2.5 MB and 1.5 MB. A counter that is not cached costs one indexed read. */
const CACHED_COUNTERS_MAX = 32_768;
const CACHED_KEY_USES_MAX = 65_536;

/** Keys whose over-limit checks of this second are remembered. */
const OVER_LIMIT_KEYS_MAX = 8_192;

/** What changes by itself, not by groups. */
export interface ViewSignals {
  epoch(): number;
  generation(): number;
  clockJumpPending(): boolean;
  wallOffsetUs(): number;
}

export interface CommittedStateParts {
  readonly logId: string;
  readonly frontier: MerkleFrontier;
  readonly policyRevision: string;
  readonly rows: LedgerRows;
  /** What the rows of counters and uses are behind with. */
  readonly charges: UnfoldedCharges;
  readonly places: DecisionPlaces;
  readonly signals: ViewSignals;
}

/** One for each connection: after an error it is dropped and loaded again. */
export class CommittedState implements LedgerView {
  readonly logId: string;
  readonly windows: Map<string, OpenWindow>;
  readonly #rows: LedgerRows;
  readonly #charges: UnfoldedCharges;
  readonly #places: DecisionPlaces;
  readonly #signals: ViewSignals;
  readonly #counters = new CounterCache(CACHED_COUNTERS_MAX);
  readonly #keyUses = new KeyUseCache(CACHED_KEY_USES_MAX);
  #overLimitSeconds = new Map<number, OverLimitSecond>();
  #frontier: MerkleFrontier;
  #policyRevision: string;
  #nextKeySeq: number;

  constructor(parts: CommittedStateParts) {
    this.logId = parts.logId;
    this.#frontier = parts.frontier;
    this.#policyRevision = parts.policyRevision;
    this.#rows = parts.rows;
    this.#charges = parts.charges;
    this.#places = parts.places;
    this.#signals = parts.signals;
    this.#nextKeySeq = parts.rows.nextKeySeq();
    this.windows = parts.rows.openWindows();
  }

  get size(): number {
    return this.#frontier.size;
  }

  get frontier(): MerkleFrontier {
    return this.#frontier;
  }

  get policyRevision(): string {
    return this.#policyRevision;
  }

  get nextKeySeq(): number {
    return this.#nextKeySeq;
  }

  get epoch(): number {
    return this.#signals.epoch();
  }

  get generation(): number {
    return this.#signals.generation();
  }

  get clockJumpPending(): boolean {
    return this.#signals.clockJumpPending();
  }

  get wallOffsetUs(): number {
    return this.#signals.wallOffsetUs();
  }

  counterTatUs(counterId: string): number {
    const cached = this.#counters.get(counterId);
    if (cached !== undefined) return cached;
    const tatUs = this.#charges.counterTatUs(counterId) ?? this.#rows.counterTatUs(counterId);
    this.#counters.set(counterId, tatUs);
    return tatUs;
  }

  keyUse(keySeq: number): KeyUse {
    const cached = this.#keyUses.get(keySeq);
    if (cached !== undefined) return cached;
    const use = this.#charges.use(keySeq) ?? this.#rows.keyUse(keySeq);
    this.#keyUses.set(keySeq, use);
    return use;
  }

  overLimitSecond(keySeq: number): OverLimitSecond | undefined {
    return this.#overLimitSeconds.get(keySeq);
  }

  keyVersion(keySeq: number): number {
    return this.#rows.keyVersion(keySeq);
  }

  companyVersion(companyId: string): number {
    return this.#rows.companyVersion(companyId);
  }

  key(keyId: string): KeyRow | null {
    const row = this.#rows.key(keyId);
    if (row === null) return null;
    const { lastUsedUs } = this.keyUse(row.seq);
    return { ...row, record: { ...row.record, lastUsedAtUs: lastUsedUs === 0 ? null : lastUsedUs } };
  }

  keyIdOfRequest(requestId: string): string | null {
    return this.#rows.keyIdOfRequest(requestId);
  }

  hasKeyRow(keyId: string): boolean {
    return this.#rows.hasKeyRow(keyId);
  }

  keyIdOfLookup(lookup: Uint8Array): string | null {
    return this.#rows.keyIdOfLookup(lookup);
  }

  company(companyId: string): CompanyRecord | null {
    return this.#rows.company(companyId);
  }

  decisionPlace(decisionId: string): DecisionPlace {
    return this.#places.find(decisionId);
  }

  hasOutcome(decisionId: string): boolean {
    return this.#rows.hasOutcome(decisionId);
  }

  /** Takes over what a group changed, once its commit returned. */
  merge(plan: GroupPlan, frontier: MerkleFrontier): void {
    for (const [counterId, tatUs] of plan.counters) this.#counters.set(counterId, tatUs);
    for (const [keySeq, use] of plan.keyUses) this.#keyUses.set(keySeq, use);
    this.#mergeOverLimit(plan);
    for (const [subject, { window, state }] of plan.windows) {
      if (state === 'closed') this.windows.delete(subject);
      else this.windows.set(subject, window);
    }
    this.#nextKeySeq = plan.nextKeySeq;
    this.#policyRevision = plan.policyRevision;
    this.#frontier = frontier;
    this.#places.add(plan.decisions);
  }

  close(): void {
    this.#places.close();
  }

  #mergeOverLimit(plan: GroupPlan): void {
    if (plan.overLimitSeconds.size === 0) return;
    // A key that is forgotten within its second is recorded a few times more: harmless.
    if (this.#overLimitSeconds.size + plan.overLimitSeconds.size > OVER_LIMIT_KEYS_MAX) {
      this.#overLimitSeconds = new Map();
    }
    for (const [keySeq, second] of plan.overLimitSeconds) this.#overLimitSeconds.set(keySeq, second);
  }
}
