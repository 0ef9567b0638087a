// Reading the audit log: queries through the search index, tailing, verification. Reading never writes
// to the log, and never holds a read transaction across an await.
import type { Reason } from '../core/reason.ts';

/** One record as stored. */
export interface StoredRecord {
  readonly logId: string;
  readonly index: number;
  /** The exact text whose UTF-8 bytes were hashed into the tree. */
  readonly leaf: string;
  /** Canonical JSON of {field: {salt, value}}, or empty. */
  readonly private: string;
}

/** Which records. Empty texts and lists mean all. */
export interface RecordFilter {
  readonly kinds: readonly string[];
  readonly companyId: string;
  readonly keyId: string;
  readonly operation: string;
  readonly effect: 'allow' | 'deny' | null;
  readonly reasons: readonly Reason[];
  readonly requestId: string;
  readonly correlationId: string;
  readonly decisionId: string;
  readonly sinceUs: number | null;
  readonly untilUs: number | null;
}

/** A filter that lets everything pass. */
export const EVERY_RECORD: RecordFilter = {
  kinds: [],
  companyId: '',
  keyId: '',
  operation: '',
  effect: null,
  reasons: [],
  requestId: '',
  correlationId: '',
  decisionId: '',
  sinceUs: null,
  untilUs: null,
};

export interface RecordPage {
  /** Newest first. */
  readonly records: readonly StoredRecord[];
  readonly nextPageToken: string;
  /** Complete for indexes below this one. */
  readonly completeBelow: number;
  readonly logSize: number;
}

export interface VerifyProgress {
  readonly records: number;
  readonly logSize: number;
  /** Null until the last message. */
  readonly result: VerifyResult | null;
}

export interface VerifyResult {
  readonly ok: boolean;
  readonly logId: string;
  /** RFC 6962 root over all records, 32 bytes; empty unless `ok`: it would be of no log. */
  readonly rootHash: Uint8Array;
  readonly firstBadIndex: number | null;
  readonly problem: string;
}

/** Rejects with PosternError. Iterators end when the signal aborts. */
export interface AuditReader {
  query(filter: RecordFilter, pageSize: number, pageToken: string): Promise<RecordPage>;
  /** From `fromIndex` (null: records after the call) on, in order, in chunks. */
  tail(
    fromIndex: number | null,
    filter: RecordFilter,
    stopAtEnd: boolean,
    signal: AbortSignal,
  ): AsyncIterable<readonly StoredRecord[]>;
  verify(progressEvery: number, signal: AbortSignal): AsyncIterable<VerifyProgress>;
  /** How many records the search index holds. */
  indexed(): Promise<number>;
}
