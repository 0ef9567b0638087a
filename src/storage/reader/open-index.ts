// Opens the search index of a log, or begins it anew: when it is missing, or when anything is wrong with
// it. It holds nothing that the log has not, so it must never keep a sidecar from starting.
import { lstatSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabase, openWriter, type WriterOptions } from '../database.ts';
import { INDEX_FILE, INDEX_PLAN } from '../index-schema.ts';
import type { SqlDatabase } from '../sql-port.ts';
import { checkCounts } from './index-check.ts';
import { builtAgain, indexDamaged, isPassing } from './index-damage.ts';
import { IndexStore } from './index-store.ts';
import { isIndexOf, tipOf } from './index-watermark.ts';
import type { LogSource } from './log-source.ts';
import { TermSearch } from './term-search.ts';

/** It is written at its end and seldom read. */
const CACHE_KIB = 1_024;

export interface OpenIndexOptions {
  readonly dataDirectory: string;
  readonly log: LogSource;
  /** Told why an index is built again. */
  readonly onProblem: (problem: unknown) => void;
}

/** @throws PosternError storage_unavailable while no index can be opened or made. */
export function openIndex(options: OpenIndexOptions): IndexStore {
  const path = join(options.dataDirectory, INDEX_FILE);
  try {
    return openAt(path, options.log);
  } catch (error) {
    if (isPassing(error)) throw error;
    options.onProblem(builtAgain(error));
    removeIndex(options.dataDirectory);
    return openAt(path, options.log);
  }
}

/** Deletes the index's files. Nothing may have them open for writing. */
export function removeIndex(dataDirectory: string): void {
  const path = join(dataDirectory, INDEX_FILE);
  // Only an empty directory is taken away: what is in another one is not ours to delete.
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) rmdirSync(path);
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}

function openAt(path: string, log: LogSource): IndexStore {
  const { logId } = log.head();
  // `process`: after a power cut the index may be a little behind, which following mends.
  const options: WriterOptions = { path, plan: INDEX_PLAN, durability: 'process', cacheKib: CACHE_KIB };
  createDatabase(options, (database) => begin(database, logId));
  const database = openWriter(options);
  try {
    checkCounts(database, indexedOf(new TermSearch(database), log));
    return new IndexStore(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Records in an index of this log. An older program's index is of no log: its migration emptied it. */
function indexedOf(search: TermSearch, log: LogSource): number {
  const watermark = search.watermark();
  const { logId } = log.head();
  const leafAt = (index: number) => log.leafAt(index);
  if (watermark !== null && isIndexOf(watermark, { logId, leafAt })) return watermark.indexed;
  throw indexDamaged('it is not of this log as it is now');
}

function begin(database: SqlDatabase, logId: string): void {
  database.prepare('INSERT INTO meta(id, log_id, indexed, tip) VALUES (1, ?, 0, ?)').run(logId, tipOf(null));
}
