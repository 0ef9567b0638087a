// What the ledger knows, as planning a group sees it: committed state only, read and never written.
// Storage implements it; planning never learns how anything is stored.
import type { WindowCount, WindowKind } from '../core/leaf.ts';
import type { Limit } from '../core/limit.ts';
import type { CompanyRecord, KeyRecord } from '../core/registry.ts';

/** A key's record and what only the ledger needs of it. */
export interface KeyRow {
  readonly seq: number;
  /** Wrapped hash of the secret, and the scheme it was made with. */
  readonly lookup: Uint8Array;
  readonly schemeId: number;
  /** The request that created it: creating twice finds the first. */
  readonly requestId: string;
  readonly record: KeyRecord;
}

/** The counter of a key's base limit, and when the key was last used; zeros when never. */
export interface KeyUse {
  readonly tatUs: number;
  readonly lastUsedUs: number;
}

/** A window that counts. Values are never changed: counting makes a new one. */
export interface OpenWindow {
  /** What is counted in it: see settle-window.ts. */
  readonly subject: string;
  /** `win_` + UUIDv7. */
  readonly windowId: string;
  readonly kind: WindowKind;
  readonly keyId: string | null;
  readonly companyId: string | null;
  readonly openedAtUs: number;
  readonly countedAtUs: number;
  readonly counts: readonly WindowCount[];
}

/** Over-limit checks of a key that were recorded one by one within one second. */
export interface OverLimitSecond {
  readonly startUs: number;
  readonly recorded: number;
}

/** Index of a decision's record; `unknown`: there is none; `unindexed`: it cannot be told yet. */
export type DecisionPlace = number | 'unknown' | 'unindexed';

export interface LedgerView {
  readonly logId: string;
  /** Records in the log: the index of the next one. */
  readonly size: number;
  readonly epoch: number;
  readonly generation: number;
  /** The revision last activated, also before a restart; empty when none ever was. */
  readonly policyRevision: string;
  /** Whether the wall clock jumped and was not believed, and how far it is ahead. */
  readonly clockJumpPending: boolean;
  readonly wallOffsetUs: number;
  readonly nextKeySeq: number;
  readonly windows: ReadonlyMap<string, OpenWindow>;
  /** TAT of a counter in microseconds; 0 when there is none. */
  counterTatUs(counterId: string): number;
  keyUse(keySeq: number): KeyUse;
  overLimitSecond(keySeq: number): OverLimitSecond | undefined;
  /** Version of the row, or 0 when there is none. */
  keyVersion(keySeq: number): number;
  companyVersion(companyId: string): number;
  /** Rows that were edited behind our back count as not there. */
  key(keyId: string): KeyRow | null;
  /** Whether there is a row of this id, edited or not. */
  hasKeyRow(keyId: string): boolean;
  keyIdOfRequest(requestId: string): string | null;
  keyIdOfLookup(lookup: Uint8Array): string | null;
  company(companyId: string): CompanyRecord | null;
  decisionPlace(decisionId: string): DecisionPlace;
  hasOutcome(decisionId: string): boolean;
}

/** Randomness of the ledger. Faked in tests. */
export interface LedgerIds {
  /** `win_` + UUIDv7 of this time. */
  windowId(nowUs: number): string;
  /** 16 random bytes as 32 hexadecimal characters. */
  salt(): string;
}

/** What the configuration says about settling. */
export interface SettleRules {
  /** Failed authentications of a source. */
  readonly sourceFailures: Pick<Limit, 'count' | 'periodMs' | 'burst'>;
  /** Over-limit checks of one key that are recorded one by one; the rest is counted in a window. */
  readonly overLimitPerSecondPerKey: number;
  /** A window closes when nothing was counted for so long ... */
  readonly windowIdleMs: number;
  /** ... or when it has been open for so long. */
  readonly windowLengthMsMax: number;
}
