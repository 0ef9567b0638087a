// The ledger's log as readers see it: committed records only, through a read-only connection. Every
// method is one statement that is read to its end, so no read transaction outlives a call.
import { join } from 'node:path';
import { PosternError } from '../../core/error.ts';
import type { StoredRecord } from '../../pdp/audit-port.ts';
import { openReader } from '../database.ts';
import { LEDGER_FILE, LEDGER_PLAN } from '../ledger-schema.ts';
import type { SqlDatabase, SqlRow, SqlStatement } from '../sql-port.ts';

/** The log's own state, updated in the same transaction as the records. */
export interface LogHead {
  readonly logId: string;
  readonly size: number;
  /** core/merkle.ts, encoded. */
  readonly frontier: Uint8Array;
}

/** A leaf and its place. */
export interface IndexedLeaf {
  readonly index: number;
  readonly leaf: string;
}

/** A leaf as the bytes that were hashed, and what is kept beside it. */
export interface RawLeaf {
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly private: string;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value instanceof Uint8Array ? Buffer.from(value).toString() : '';
}

/** Reads the log. Open one for each thread. */
export class LogSource {
  readonly #database: SqlDatabase;
  readonly #head: SqlStatement;
  readonly #leaf: SqlStatement;
  readonly #records: SqlStatement;
  readonly #leaves: SqlStatement;
  readonly #raw: SqlStatement;
  readonly #extent: SqlStatement;

  private constructor(database: SqlDatabase) {
    const where = 'FROM log WHERE idx >= ? AND idx < ? ORDER BY idx';
    this.#database = database;
    this.#head = database.prepare('SELECT log_id, size, frontier FROM head WHERE id = 1');
    this.#leaf = database.prepare('SELECT leaf FROM log WHERE idx = ?');
    this.#records = database.prepare(`SELECT idx, leaf, private ${where}`);
    this.#leaves = database.prepare(`SELECT idx, leaf ${where}`);
    this.#raw = database.prepare(`SELECT idx, CAST(leaf AS BLOB), private ${where}`);
    this.#extent = database.prepare(
      'SELECT (SELECT min(idx) FROM log), (SELECT max(idx) FROM log), size FROM head WHERE id = 1',
    );
  }

  /** @throws PosternError when the ledger's database is missing, damaged or of another version. */
  static open(dataDirectory: string): LogSource {
    return new LogSource(openReader({ path: join(dataDirectory, LEDGER_FILE), plan: LEDGER_PLAN }));
  }

  head(): LogHead {
    const row = this.#head.row();
    const frontier = row?.[2];
    if (row === null || !(frontier instanceof Uint8Array)) {
      throw new PosternError('storage_damaged', 'The ledger has no head.');
    }
    return { logId: String(row[0]), size: Number(row[1]), frontier };
  }

  /** The leaf at this index, or null. */
  leafAt(index: number): string | null {
    const row = this.#leaf.row(index);
    return row === null ? null : textOf(row[0]);
  }

  /** Records with `from` <= index < `below`, in order. */
  records(logId: string, from: number, below: number): readonly StoredRecord[] {
    return this.#records.rows(from, below).map((row: SqlRow) => ({
      logId,
      index: Number(row[0]),
      leaf: textOf(row[1]),
      private: textOf(row[2]),
    }));
  }

  /** Leaves with `from` <= index < `below`, in order. */
  leaves(from: number, below: number): readonly IndexedLeaf[] {
    return this.#leaves.rows(from, below).map((row) => ({ index: Number(row[0]), leaf: textOf(row[1]) }));
  }

  /** The same as bytes, exactly as stored. */
  rawLeaves(from: number, below: number): readonly RawLeaf[] {
    return this.#raw.rows(from, below).map((row) => ({
      index: Number(row[0]),
      bytes: row[1] instanceof Uint8Array ? row[1] : new Uint8Array(0),
      private: textOf(row[2]),
    }));
  }

  /** First and last index that are stored, and the size of the same moment. An empty log: 0 and -1. */
  extent(): { readonly first: number; readonly last: number; readonly size: number } {
    const row = this.#extent.row();
    return { first: Number(row?.[0] ?? 0), last: Number(row?.[1] ?? -1), size: Number(row?.[2] ?? 0) };
  }

  close(): void {
    this.#database.close();
  }
}
