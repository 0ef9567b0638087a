// Audit leaves of every kind but decisions (decision-leaf.ts): canonical JSON, exactly as stored and
// hashed. docs/audit-record.md and its JSON Schema describe each. They must never hold a secret.
import { canonicalJson, type PlainValue, writeInteger } from './canonical-json.ts';
import type { ErrorCode } from './error.ts';
import type { Reason } from './reason.ts';

/** Where a leaf stands. */
export interface LeafPlace {
  readonly logId: string;
  /** From zero. */
  readonly index: number;
}

/** Kinds of leaf, in the order of the documentation. */
export const LEAF_KINDS = [
  'log_opened',
  'decision',
  'window_opened',
  'window_closed',
  'outcome',
  'admin',
  'policy',
  'recovered',
  'erased',
] as const;

export type LeafKind = (typeof LEAF_KINDS)[number];

export type WindowKind = 'source_failures' | 'over_limit';

function encodeLeaf(
  kind: LeafKind,
  place: LeafPlace,
  members: { readonly [name: string]: PlainValue },
): string {
  return canonicalJson({
    ...members,
    index: writeInteger(place.index),
    kind,
    log_id: place.logId,
    v: 1,
  });
}

/** The first record of a log. `software` is name and version of the program. */
export function encodeLogOpened(
  place: LeafPlace,
  facts: { readonly openedAtUs: number; readonly software: string },
): string {
  return encodeLeaf('log_opened', place, {
    opened_at: writeInteger(facts.openedAtUs),
    predecessor: null,
    software: facts.software,
  });
}

export interface WindowOpenedFacts {
  readonly windowId: string;
  readonly windowKind: WindowKind;
  /** Set for `over_limit`. */
  readonly keyId: string | null;
  readonly companyId: string | null;
  /** Hash of the source bucket for `source_failures`, from `commitment`; null for `over_limit`. */
  readonly sourceCommitment: string | null;
  readonly openedAtUs: number;
}

/** A window opens: answers from now on may carry its id. */
export function encodeWindowOpened(place: LeafPlace, facts: WindowOpenedFacts): string {
  return encodeLeaf('window_opened', place, {
    commitments: facts.sourceCommitment === null ? {} : { source: facts.sourceCommitment },
    company_id: facts.companyId,
    key_id: facts.keyId,
    opened_at: writeInteger(facts.openedAtUs),
    window_id: facts.windowId,
    window_kind: facts.windowKind,
  });
}

/** How many decisions of one reason and key a window counted. */
export interface WindowCount {
  /** Null when no key was resolved. */
  readonly keyId: string | null;
  readonly reason: Reason;
  readonly count: number;
}

export interface WindowClosedFacts {
  readonly windowId: string;
  readonly windowKind: WindowKind;
  readonly openedAtUs: number;
  readonly closedAtUs: number;
  readonly counts: readonly WindowCount[];
  readonly because: 'idle' | 'length' | 'stop' | 'recovered';
}

/** A window closes. Counts are sorted by key and reason, so that equal windows make equal leaves. */
export function encodeWindowClosed(place: LeafPlace, facts: WindowClosedFacts): string {
  const counts = facts.counts.map((each) => ({
    count: each.count,
    key_id: each.keyId,
    reason: each.reason,
  }));
  counts.sort((one, other) => compareText(sortKey(one), sortKey(other)));
  return encodeLeaf('window_closed', place, {
    because: facts.because,
    closed_at: writeInteger(facts.closedAtUs),
    counts,
    opened_at: writeInteger(facts.openedAtUs),
    total: counts.reduce((sum, each) => sum + each.count, 0),
    window_id: facts.windowId,
    window_kind: facts.windowKind,
  });
}

function sortKey(count: { readonly key_id: string | null; readonly reason: string }): string {
  return `${count.key_id ?? ''} ${count.reason}`;
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

export interface OutcomeFacts {
  readonly decisionId: string;
  /** Index of the decision's leaf; null when it was counted in a window. */
  readonly decisionIndex: number | null;
  readonly status: string;
  /** 0: not given. */
  readonly httpStatus: number;
  /** Empty: not given. */
  readonly errorCategory: string;
  readonly reportedAtUs: number;
}

/** What the host did after a decision. */
export function encodeOutcome(place: LeafPlace, facts: OutcomeFacts): string {
  return encodeLeaf('outcome', place, {
    decision_id: facts.decisionId,
    decision_index: facts.decisionIndex === null ? null : writeInteger(facts.decisionIndex),
    error_category: facts.errorCategory === '' ? null : facts.errorCategory,
    host: 'unauthenticated',
    http_status: facts.httpStatus === 0 ? null : facts.httpStatus,
    reported_at: writeInteger(facts.reportedAtUs),
    status: facts.status,
  });
}

export interface AdminFacts {
  /** Name of the command, e.g. `create_key`. */
  readonly action: string;
  readonly actor: { readonly identity: string; readonly listener: string };
  readonly atUs: number;
  readonly result: 'done' | ErrorCode;
  readonly companyId: string | null;
  readonly keyId: string | null;
  readonly requestId: string | null;
  /** What the command asked for. Never a secret, nor its hash. */
  readonly details: { readonly [name: string]: PlainValue };
}

/** An admin command, refused ones too. */
export function encodeAdmin(place: LeafPlace, facts: AdminFacts): string {
  return encodeLeaf('admin', place, {
    action: facts.action,
    actor: { identity: facts.actor.identity, listener: facts.actor.listener },
    at: writeInteger(facts.atUs),
    company_id: facts.companyId,
    details: facts.details,
    key_id: facts.keyId,
    request_id: facts.requestId,
    result: facts.result,
  });
}

export interface PolicyEventFacts {
  readonly event: 'activated' | 'refused';
  readonly revision: string;
  /** The revision in force before; null for the first. */
  readonly previous: string | null;
  readonly source: string;
  readonly trust: string;
  readonly problems: readonly { readonly file: string; readonly line: number; readonly message: string }[];
  readonly atUs: number;
}

/** A policy was activated or refused. */
export function encodePolicyEvent(place: LeafPlace, facts: PolicyEventFacts): string {
  return encodeLeaf('policy', place, {
    at: writeInteger(facts.atUs),
    event: facts.event,
    previous: facts.previous,
    problems: facts.problems.map(({ file, line, message }) => ({ file, line, message })),
    revision: facts.revision,
    source: facts.source,
    trust: facts.trust,
  });
}

/** The ledger reopened its database after an error. `logSize` is the size it found. */
export function encodeRecovered(
  place: LeafPlace,
  facts: { readonly atUs: number; readonly cause: string; readonly logSize: number },
): string {
  return encodeLeaf('recovered', place, {
    at: writeInteger(facts.atUs),
    cause: facts.cause,
    log_size: writeInteger(facts.logSize),
  });
}

/** Values behind commitments were erased (a later part writes these; the form is fixed now). */
export function encodeErased(
  place: LeafPlace,
  facts: { readonly atUs: number; readonly indexes: readonly number[]; readonly fields: readonly string[] },
): string {
  return encodeLeaf('erased', place, {
    at: writeInteger(facts.atUs),
    fields: facts.fields,
    indexes: facts.indexes.map(writeInteger),
  });
}
