// Whether an index has everything that its watermark says: what is missing would be missing in answers
// that call themselves complete. At the start all that counting tells; later, chunk by chunk, their bytes.
import type { SqlDatabase, SqlStatement } from '../sql-port.ts';
import { indexDamaged } from './index-damage.ts';
import { CHUNK_READS, readChunk } from './stored-chunk.ts';
import { ZONE_RECORDS } from './term-search.ts';

/** Chunks in one step: some 2 ms. */
const CHUNKS_PER_STEP = 256;

/**
 * Counts what belongs to the runs and to the times of the records below `indexed`. Reads no chunk, only the
 * index over them: a hundredth of the file.
 * @throws PosternError storage_damaged when something is missing.
 */
export function checkCounts(database: SqlDatabase, indexed: number): void {
  const lacking = database.prepare(
    `SELECT run FROM runs WHERE chunks <>
     (SELECT count(*) FROM chunks INDEXED BY chunks_by_first WHERE chunks.run = runs.run) LIMIT 1`,
  );
  if (lacking.row() !== null) throw indexDamaged('a run lacks chunks');
  const zones = database.prepare('SELECT count(*) FROM zones').row()?.[0];
  if (zones !== Math.ceil(indexed / ZONE_RECORDS)) throw indexDamaged('times are missing');
}

/** Reads all chunks once, in steps. */
export class ChunkCheck {
  readonly #following: SqlStatement;
  #below = -1;
  #isDone = false;

  constructor(database: SqlDatabase) {
    this.#following = database.prepare(
      `SELECT ${CHUNK_READS}, id FROM chunks WHERE id > ? ORDER BY id LIMIT ${CHUNKS_PER_STEP}`,
    );
  }

  /** @throws PosternError storage_damaged at a chunk that is not what was written. */
  step(): void {
    if (this.#isDone) return;
    const rows = this.#following.rows(this.#below);
    for (const row of rows) readChunk(row);
    this.#below = Number(rows.at(-1)?.[4] ?? this.#below);
    this.#isDone = rows.length < CHUNKS_PER_STEP;
  }
}
