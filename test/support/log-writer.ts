// Writes a log without the ledger: records of any kind, built with the real encoders, into a real
// database file. For tests of readers, which must also see logs that no ledger would ever write.
import { hash } from 'node:crypto';
import { join } from 'node:path';
import {
  type CheckFacts,
  encodeCheckFragment,
  encodeDecisionLeaf,
  encodePolicyFragment,
} from '../../src/core/decision-leaf.ts';
import { encodeLogOpened, encodeWindowOpened, type LeafPlace } from '../../src/core/leaf.ts';
import { leafHashText, MerkleFrontier } from '../../src/core/merkle.ts';
import type { Reason } from '../../src/core/reason.ts';
import { createDatabase, openWriter } from '../../src/storage/database.ts';
import { LEDGER_FILE, LEDGER_PLAN } from '../../src/storage/ledger-schema.ts';
import type { SqlDatabase, SqlValue } from '../../src/storage/sql-port.ts';
import { transact } from '../../src/storage/transact.ts';

export const LOG_ID = '0123456789abcdef0123456789abcdef';
/** 2026-01-01T00:00:00Z. */
export const START_US = 1_767_225_600_000_000;

/** Builds the leaf that belongs to a place. */
export type LeafMaker = (place: LeafPlace) => string;

/** What a test cares about in a decision; the rest is made up. */
export interface DecisionSketch {
  readonly number: number;
  readonly companyId?: string | null;
  readonly keyId?: string | null;
  readonly operation?: string;
  readonly reason?: Reason;
  readonly requestId?: string;
  readonly correlationId?: string;
  readonly settledAtUs?: number;
  readonly commitments?: string;
}

/** `dec_` and a UUIDv4 that follows from the number. */
export function decisionId(number: number): string {
  const hex = hash('sha256', `decision ${number}`);
  return `dec_${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** `key_` and a UUIDv7 that follows from the number. */
export function keyId(number: number): string {
  return `key_019b76da-a800-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

export function decisionLeaf(sketch: DecisionSketch): LeafMaker {
  const reason = sketch.reason ?? 'allowed';
  const settledAtUs = sketch.settledAtUs ?? START_US + sketch.number * 1_000;
  const check: CheckFacts = {
    authentication: null,
    claims: 0,
    commitments: sketch.commitments ?? '{}',
    companyId: sketch.companyId === undefined ? 'cmp_aurora' : sketch.companyId,
    correlationId: sketch.correlationId ?? '',
    environment: 'live',
    evaluatedAtUs: settledAtUs,
    keyId: sketch.keyId === undefined ? keyId(1) : sketch.keyId,
    listener: 'decision_tcp',
    operation: sketch.operation ?? 'payments.create',
    requestId: sketch.requestId ?? `req-${sketch.number}`,
    resourceType: '',
    revision: hash('sha256', 'revision'),
  };
  const verdict = {
    subject: 'key',
    limit: 50,
    remaining: 49,
    resetAfterUs: 20_000,
    retryAfterUs: 0,
  } as const;
  return ({ logId, index }) =>
    encodeDecisionLeaf({
      check: encodeCheckFragment(check),
      decisionId: decisionId(sketch.number),
      reason,
      index,
      limits: [{ ...verdict, name: 'key_per_minute', refused: false }],
      logId,
      policy: encodePolicyFragment({
        code: '',
        cost: 1,
        evaluationUs: 12,
        flags: [],
        labels: {},
        obligations: [],
        reason,
      }),
      settledAtUs,
    });
}

/** A window over a source that is committed to. */
export function windowOpenedLeaf(commitments: { readonly source: string }): LeafMaker {
  return (place) =>
    encodeWindowOpened(place, {
      windowId: 'win_019b76da-a800-7000-8000-000000000001',
      windowKind: 'source_failures',
      keyId: null,
      companyId: null,
      sourceCommitment: commitments.source,
      openedAtUs: START_US,
    });
}

/** The one writer of a test's log. */
export class LogWriter {
  readonly #database: SqlDatabase;
  #tree = MerkleFrontier.empty(sha256);

  /** A new log with its first record. */
  constructor(dataDirectory: string, logId = LOG_ID) {
    const options = {
      path: join(dataDirectory, LEDGER_FILE),
      plan: LEDGER_PLAN,
      durability: 'process',
    } as const;
    createDatabase(options, (database) => insertHead(database, logId));
    this.#database = openWriter(options);
    this.append([(place) => encodeLogOpened(place, { openedAtUs: START_US, software: 'postern 0.1.0' })]);
  }

  get size(): number {
    return this.#tree.size;
  }

  /** Appends records in one transaction. */
  append(makers: readonly LeafMaker[], privately = ''): void {
    const tree = this.#tree.clone();
    transact(this.#database, () => {
      const insert = this.#database.prepare('INSERT INTO log(idx, leaf, private) VALUES (?, ?, ?)');
      const logId = String(this.#database.prepare('SELECT log_id FROM head').row()?.[0]);
      for (const make of makers) {
        const leaf = make({ logId, index: tree.size });
        insert.run(tree.size, leaf, privately === '' ? null : privately);
        tree.append(hash('sha256', leafHashText(leaf), 'buffer'));
      }
      this.#database.prepare('UPDATE head SET size = ?, frontier = ?').run(tree.size, tree.encode());
    });
    this.#tree = tree;
  }

  /** All leaves, in order. */
  leaves(): readonly string[] {
    return this.#database
      .prepare('SELECT leaf FROM log ORDER BY idx')
      .rows()
      .map((row) => String(row[0]));
  }

  /** Executes SQL that no ledger would: what an intruder with the file could do. */
  tamper(sql: string, ...values: readonly SqlValue[]): void {
    this.#database.prepare(sql).run(...values);
  }

  /** Copies the whole WAL into the file: `busy` is 1, or pages are `left`, when a reader is in the way. */
  checkpoint(): { readonly busy: number; readonly left: number } {
    const row = this.#database.prepare('PRAGMA wal_checkpoint(FULL)').row() ?? [];
    return { busy: Number(row[0]), left: Number(row[1]) - Number(row[2]) };
  }

  close(): void {
    this.#database.close();
  }
}

function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}

/** Columns that do not matter to readers are filled with zeros of their type. */
function insertHead(database: SqlDatabase, logId: string): void {
  const known: Readonly<Record<string, SqlValue>> = {
    id: 1,
    log_id: logId,
    frontier: MerkleFrontier.empty(sha256).encode(),
  };
  const columns = database.prepare('SELECT name, type FROM pragma_table_info(?)').rows('head');
  const values = columns.map(([name, type]): SqlValue => {
    const value = known[String(name)];
    if (value !== undefined) return value;
    return type === 'INTEGER' ? 0 : type === 'BLOB' ? new Uint8Array(0) : '';
  });
  const names = columns.map(([name]) => String(name));
  database
    .prepare(`INSERT INTO head(${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
    .run(...values);
}
