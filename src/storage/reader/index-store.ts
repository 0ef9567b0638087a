// Writes the search index: appends a batch of records' terms together with the watermark in one
// transaction, so that a crash leaves either both or neither, and merges runs in the same step.

import { assert } from '../../core/assert.ts';
import { PosternError } from '../../core/error.ts';
import type { SqlDatabase, SqlStatement } from '../sql-port.ts';
import { transact } from '../transact.ts';
import { ChunkCheck } from './index-check.ts';
import { indexDamaged } from './index-damage.ts';
import { leafTerms } from './leaf-terms.ts';
import type { IndexedLeaf } from './log-source.ts';
import { runsToMerge } from './run-merging.ts';
import { CHUNK_READS, readChunk, storeChunk } from './stored-chunk.ts';
import { RUN_RECORDS_MAX, RunBuilder } from './term-run.ts';
import { type Run, TermSearch, ZONE_RECORDS } from './term-search.ts';

/** Most records in one batch: bounds the terms that it sorts, and its transaction. */
export const BATCH_RECORDS_MAX = 1_024;

/** Words of a chunk: with its header it fills one page of 4 KiB. */
const CHUNK_WORDS = 960;

/** Records to add, in order. */
export interface IndexBatch {
  /** First index of the batch: the watermark so far. */
  readonly from: number;
  /** The watermark after it. */
  readonly below: number;
  /** Leaves of [from, below), read once. One that is missing in the log is missing here. */
  readonly leaves: Iterable<IndexedLeaf>;
  /** SHA-256 of the last leaf, in hexadecimal. */
  readonly tip: string;
}

/** The only writer of an index database. */
export class IndexStore {
  readonly search: TermSearch;
  readonly #database: SqlDatabase;
  readonly #builder = new RunBuilder();
  readonly #check: ChunkCheck;
  readonly #advance: SqlStatement;
  readonly #insertRun: SqlStatement;
  readonly #lastRun: SqlStatement;
  readonly #insertChunk: SqlStatement;
  readonly #chunksOf: SqlStatement;
  readonly #deleteRun: SqlStatement;
  readonly #deleteChunks: SqlStatement;
  readonly #widenZone: SqlStatement;
  /** Oldest first; what is stored, kept so that a batch need not ask. */
  #runs: Run[];

  constructor(database: SqlDatabase) {
    this.#database = database;
    this.search = new TermSearch(database);
    this.#check = new ChunkCheck(database);
    this.#advance = database.prepare('UPDATE meta SET indexed = ?, tip = ? WHERE id = 1 AND indexed = ?');
    this.#insertRun = database.prepare('INSERT INTO runs(start, records, chunks) VALUES (?, ?, ?)');
    this.#lastRun = database.prepare('SELECT max(run) FROM runs');
    this.#insertChunk = database.prepare(`INSERT INTO chunks(${CHUNK_READS}) VALUES (?, ?, ?, ?)`);
    this.#chunksOf = database.prepare(`SELECT ${CHUNK_READS} FROM chunks WHERE run = ?`);
    this.#deleteRun = database.prepare('DELETE FROM runs WHERE run = ?');
    this.#deleteChunks = database.prepare('DELETE FROM chunks WHERE run = ?');
    this.#widenZone = database.prepare(
      `INSERT INTO zones(zone, earliest_us, latest_us) VALUES (?, ?, ?) ON CONFLICT(zone) DO UPDATE SET
       earliest_us = min(earliest_us, excluded.earliest_us), latest_us = max(latest_us, excluded.latest_us)`,
    );
    this.#runs = [...this.search.runs()].reverse();
  }

  /** Adds a batch. On an error nothing was added, and the store must be closed and opened again. */
  append(batch: IndexBatch): void {
    const records = batch.below - batch.from;
    assert(records > 0 && records <= BATCH_RECORDS_MAX, 'a batch of no or too many records');
    const zones = this.#collect(batch);
    const runs = transact(this.#database, () => {
      const advanced = this.#advance.run(batch.below, batch.tip, batch.from);
      // Somebody else writes to this index: what is kept here is no longer what is stored.
      if (advanced !== 1) throw new PosternError('internal', 'The search index has another writer.');
      const appended = [...this.#runs, this.#writeRun(batch.from, records)];
      for (const [zone, times] of zones) this.#widenZone.run(zone, times.earliestUs, times.latestUs);
      return this.#merged(appended);
    });
    this.#runs = runs;
  }

  /** Looks at some more of what is stored. @throws PosternError storage_damaged when it was changed. */
  checkSome(): void {
    this.#check.step();
  }

  close(): void {
    this.#database.close();
  }

  /** Puts the batch's terms into the builder and returns the times of its zones. */
  #collect(batch: IndexBatch): Map<number, ZoneTimes> {
    const zones = new Map<number, ZoneTimes>();
    const builder = this.#builder;
    builder.clear();
    let offset = 0;
    for (const { index, leaf } of batch.leaves) {
      offset = index - batch.from;
      const timeUs = leafTerms(leaf, (field, text, start, end) => {
        builder.add(field, text, start, end, offset);
      });
      widen(zones, Math.trunc(index / ZONE_RECORDS), timeUs);
    }
    return zones;
  }

  /** Writes what the builder holds as one run. */
  #writeRun(start: number, records: number): Run {
    const words = this.#builder.sorted();
    const chunks = Math.ceil(words.length / CHUNK_WORDS);
    this.#insertRun.run(start, records, chunks);
    const run = Number(this.#lastRun.row()?.[0]);
    for (let at = 0; at < words.length; at += CHUNK_WORDS) {
      this.#insertChunk.run(...storeChunk(run, words.subarray(at, at + CHUNK_WORDS)));
    }
    return { run, start, records, chunks };
  }

  #merged(runs: readonly Run[]): Run[] {
    let merged = [...runs];
    for (;;) {
      const count = runsToMerge(merged.map((run) => run.records));
      if (count === 0) return merged;
      merged = [...merged.slice(0, -count), this.#merge(merged.slice(-count))];
    }
  }

  #merge(runs: readonly Run[]): Run {
    const start = runs[0]?.start ?? 0;
    const below = runs.reduce((end, run) => Math.max(end, run.start + run.records), 0);
    assert(below - start <= RUN_RECORDS_MAX, 'a run above its length');
    this.#builder.clear();
    for (const { run, start: own, chunks } of runs) {
      const rows = this.#chunksOf.rows(run);
      if (rows.length !== chunks) throw indexDamaged('a run lacks chunks');
      for (const row of rows) this.#builder.addEntries(readChunk(row), own - start);
      this.#deleteChunks.run(run);
      this.#deleteRun.run(run);
    }
    return this.#writeRun(start, below - start);
  }
}

interface ZoneTimes {
  readonly earliestUs: number;
  readonly latestUs: number;
}

function widen(zones: Map<number, ZoneTimes>, zone: number, timeUs: number): void {
  const times = zones.get(zone);
  if (times !== undefined && times.earliestUs <= timeUs && times.latestUs >= timeUs) return;
  zones.set(zone, {
    earliestUs: Math.min(times?.earliestUs ?? timeUs, timeUs),
    latestUs: Math.max(times?.latestUs ?? timeUs, timeUs),
  });
}
