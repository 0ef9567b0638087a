// Finds records by term in the index database. Read-only and synchronous: whoever calls it from another
// connection than the follower's must do so inside one read transaction, because merging moves entries.
import { INDEX_WATERMARK_SQL } from '../index-schema.ts';
import type { SqlDatabase, SqlRow, SqlStatement } from '../sql-port.ts';
import { indexDamaged } from './index-damage.ts';
import type { Watermark } from './index-watermark.ts';
import { CHUNK_READS, readChunk } from './stored-chunk.ts';
import type { TermKey } from './term-hash.ts';
import { collectOffsets, keyRange } from './term-run.ts';

/** Records that share one row of times. */
export const ZONE_RECORDS = 256;

/** A run as stored. */
export interface Run {
  readonly run: number;
  /** Index of its first record. */
  readonly start: number;
  readonly records: number;
  /** Rows of `chunks` that hold its terms. */
  readonly chunks: number;
}

/** Statements over one connection to the index. */
export class TermSearch {
  readonly #watermark: SqlStatement;
  readonly #runs: SqlStatement;
  readonly #chunkAt: SqlStatement;
  readonly #chunksBetween: SqlStatement;
  readonly #zonesBetween: SqlStatement;

  constructor(database: SqlDatabase) {
    this.#watermark = database.prepare(INDEX_WATERMARK_SQL);
    this.#runs = database.prepare('SELECT run, start, records, chunks FROM runs ORDER BY start DESC');
    this.#chunkAt = database.prepare(
      `SELECT ${CHUNK_READS} FROM chunks WHERE run = ? AND first <= ? ORDER BY first DESC LIMIT 1`,
    );
    this.#chunksBetween = database.prepare(
      `SELECT ${CHUNK_READS} FROM chunks WHERE run = ? AND first > ? AND first <= ? ORDER BY first`,
    );
    this.#zonesBetween = database.prepare(
      'SELECT min(zone), max(zone) FROM zones WHERE latest_us >= ? AND earliest_us < ?',
    );
  }

  watermark(): Watermark | null {
    const row = this.#watermark.row();
    return row === null ? null : { logId: String(row[0]), indexed: Number(row[1]), tip: String(row[2]) };
  }

  /**
   * Newest first.
   * @throws PosternError storage_damaged unless they cover each record below the watermark once.
   */
  runs(): readonly Run[] {
    const runs = this.#runs.rows().map(runOf);
    let below = this.watermark()?.indexed ?? 0;
    for (const { start, records } of runs) {
      if (start + records !== below) throw indexDamaged('runs are missing');
      below = start;
    }
    if (below !== 0) throw indexDamaged('runs are missing');
    return runs;
  }

  /**
   * Indexes of the run's records that may hold the term, ascending. Hashes collide: verify each
   * against its leaf.
   */
  indexesIn(run: Run, key: TermKey): number[] {
    const { from, to } = keyRange(key);
    const offsets: number[] = [];
    const first = this.#chunkAt.row(run.run, from);
    const following = this.#chunksBetween.rows(run.run, from, to);
    for (const row of first === null ? following : [first, ...following]) {
      collectOffsets(readChunk(row), key, offsets);
    }
    for (let i = 0; i < offsets.length; i++) offsets[i] = (offsets[i] ?? 0) + run.start;
    return offsets;
  }

  /**
   * A range of indexes outside of which no record has a time in [sinceUs, untilUs). One row holds the
   * times of 256 records, so reading all of them is cheap.
   */
  indexesBetween(
    sinceUs: number | null,
    untilUs: number | null,
  ): { readonly from: number; readonly below: number } {
    const row = this.#zonesBetween.row(sinceUs ?? 0, untilUs ?? Number.MAX_SAFE_INTEGER);
    if (row === null || row[0] === null) return { from: 0, below: 0 };
    return { from: Number(row[0]) * ZONE_RECORDS, below: (Number(row[1]) + 1) * ZONE_RECORDS };
  }
}

function runOf(row: SqlRow): Run {
  const [run, start, records, chunks] = row.map(Number);
  return { run: run ?? 0, start: start ?? 0, records: records ?? 0, chunks: chunks ?? 0 };
}
