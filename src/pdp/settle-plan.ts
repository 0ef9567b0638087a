// The overlay of a group: everything that settling changes stands here, beside the committed state, until
// the commit returned. Dropping it undoes the group.
import type { SaltedHash } from '../core/commitment.ts';
import type { CompanyRecord } from '../core/registry.ts';
import type {
  KeyRow,
  KeyUse,
  LedgerIds,
  LedgerView,
  OpenWindow,
  OverLimitSecond,
  SettleRules,
} from './settle-view.ts';

/** When a group is settled. */
export interface GroupTime {
  /** The ledger's clock: one time for the whole group, in microseconds since the epoch. */
  readonly nowUs: number;
  /** The process's monotonic clock, which deadlines are on, in microseconds. */
  readonly monoUs: number;
}

/** A leaf as it is stored and hashed. */
export interface EncodedLeaf {
  /** UTF-8. Whoever keeps it beyond the group copies it: the memory is used again for the next one. */
  readonly bytes: Uint8Array;
  /** SHA-256(0x00 ‖ leaf). */
  readonly hash: Uint8Array;
}

export interface PlanTools {
  readonly ids: LedgerIds;
  readonly rules: SettleRules;
  readonly saltedHash: SaltedHash;
  readonly encodeLeaf: (leaf: string) => EncodedLeaf;
}

/** A record to append. */
export interface PlannedRecord {
  readonly index: number;
  readonly leaf: EncodedLeaf;
  /** Canonical JSON of the values behind commitments, or empty. */
  readonly private: string;
}

/** What a window became in the group; `closed` windows are forgotten. */
export interface WindowChange {
  readonly window: OpenWindow;
  readonly state: 'opened' | 'counted' | 'closed';
}

/** Reads go to the overlay first, writes only there. */
export class GroupPlan {
  readonly view: LedgerView;
  readonly time: GroupTime;
  readonly tools: PlanTools;
  readonly records: PlannedRecord[] = [];
  readonly counters = new Map<string, number>();
  readonly keyUses = new Map<number, KeyUse>();
  readonly overLimitSeconds = new Map<number, OverLimitSecond>();
  readonly windows = new Map<string, WindowChange>();
  /** Closed and opened again in one group: the earlier one must still be deleted. */
  readonly windowsClosed: OpenWindow[] = [];
  readonly companies = new Map<string, CompanyRecord>();
  readonly keys = new Map<string, KeyRow>();
  /** Decision id and index of the decisions recorded in this group. */
  readonly decisions: [string, number][] = [];
  /** Index of the outcome's record by decision id. */
  readonly outcomes = new Map<string, number>();
  /** A row that decisions may have been made from was changed (not merely created). */
  rowsChanged = false;
  generation: number;
  policyRevision: string;
  acceptClock = false;
  openWindows: number;
  readonly #createdByRequest = new Map<string, string>();

  constructor(view: LedgerView, time: GroupTime, tools: PlanTools) {
    this.view = view;
    this.time = time;
    this.tools = tools;
    this.generation = view.generation;
    this.policyRevision = view.policyRevision;
    this.openWindows = view.windows.size;
  }

  /** Index that the next record gets. */
  get nextIndex(): number {
    return this.view.size + this.records.length;
  }

  /** Whether committing the plan would change anything. */
  get hasWrites(): boolean {
    return (
      this.records.length > 0 || this.counters.size > 0 || this.keyUses.size > 0 || this.windows.size > 0
    );
  }

  get nextKeySeq(): number {
    return this.view.nextKeySeq + this.#createdByRequest.size;
  }

  /** Appends a record whose leaf was written for `nextIndex`. */
  append(leaf: string, privateValues: string): PlannedRecord {
    const record = { index: this.nextIndex, leaf: this.tools.encodeLeaf(leaf), private: privateValues };
    this.records.push(record);
    return record;
  }

  tatUs(counterId: string): number {
    return this.counters.get(counterId) ?? this.view.counterTatUs(counterId);
  }

  keyUse(keySeq: number): KeyUse {
    return this.keyUses.get(keySeq) ?? this.view.keyUse(keySeq);
  }

  overLimitSecond(keySeq: number): OverLimitSecond | undefined {
    return this.overLimitSeconds.get(keySeq) ?? this.view.overLimitSecond(keySeq);
  }

  window(subject: string): OpenWindow | undefined {
    const change = this.windows.get(subject);
    if (change === undefined) return this.view.windows.get(subject);
    return change.state === 'closed' ? undefined : change.window;
  }

  company(companyId: string): CompanyRecord | null {
    return this.companies.get(companyId) ?? this.view.company(companyId);
  }

  companyVersion(companyId: string): number {
    return this.companies.get(companyId)?.version ?? this.view.companyVersion(companyId);
  }

  key(keyId: string): KeyRow | null {
    return this.keys.get(keyId) ?? this.view.key(keyId);
  }

  keyVersion(key: { readonly keyId: string; readonly keySeq: number }): number {
    return this.keys.get(key.keyId)?.record.version ?? this.view.keyVersion(key.keySeq);
  }

  keyIdOfRequest(requestId: string): string | null {
    return this.#createdByRequest.get(requestId) ?? this.view.keyIdOfRequest(requestId);
  }

  keyIdOfLookup(lookup: Uint8Array): string | null {
    for (const row of this.keys.values()) {
      if (row.lookup.every((byte, place) => byte === lookup[place])) return row.record.keyId;
    }
    return this.view.keyIdOfLookup(lookup);
  }

  createKey(row: KeyRow): void {
    this.keys.set(row.record.keyId, row);
    this.#createdByRequest.set(row.requestId, row.record.keyId);
  }

  changeKey(row: KeyRow): void {
    this.keys.set(row.record.keyId, row);
    this.rowsChanged = true;
  }

  changeCompany(company: CompanyRecord): void {
    this.companies.set(company.companyId, company);
    this.rowsChanged = true;
  }
}
