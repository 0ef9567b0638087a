// Opens the search index of a log, or begins it anew: when it is missing, damaged, of another program
// version, of another log, or ahead of a log that lost its end. It holds nothing that the log has not.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { PosternError } from '../../core/error.ts';
import { createDatabase, openWriter, type WriterOptions } from '../database.ts';
import { INDEX_FILE, INDEX_PLAN } from '../index-schema.ts';
import { isDamage } from '../sql-error.ts';
import type { SqlDatabase } from '../sql-port.ts';
import { transact } from '../transact.ts';
import { IndexStore } from './index-store.ts';
import { isIndexOf, tipOf } from './index-watermark.ts';
import type { LogSource } from './log-source.ts';
import { TermSearch } from './term-search.ts';

/** Problems of the file (PosternError facts) that building it anew solves. */
const SOLVED_BY_REBUILDING: ReadonlySet<string> = new Set([
  'database_damaged',
  'database_foreign',
  'database_newer',
]);

/** It is written at its end and seldom read. */
const CACHE_KIB = 1_024;

/** @throws PosternError storage_unavailable when the directory cannot be written. */
export function openIndex(dataDirectory: string, log: LogSource): IndexStore {
  const path = join(dataDirectory, INDEX_FILE);
  try {
    return openAt(path, log);
  } catch (error) {
    if (!isSolvedByRebuilding(error)) throw error;
    removeIndex(dataDirectory);
    return openAt(path, log);
  }
}

/** Whether the index can be deleted and built again instead of giving up. */
export function isSolvedByRebuilding(error: unknown): boolean {
  if (error instanceof PosternError) return SOLVED_BY_REBUILDING.has(error.facts['problem'] ?? '');
  return isDamage(error);
}

/** Deletes the index's files. Nothing may have them open for writing. */
export function removeIndex(dataDirectory: string): void {
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(join(dataDirectory, `${INDEX_FILE}${suffix}`), { force: true });
  }
}

function openAt(path: string, log: LogSource): IndexStore {
  const { logId } = log.head();
  // `process`: after a power cut the index may be a little behind, which following mends.
  const options: WriterOptions = { path, plan: INDEX_PLAN, durability: 'process', cacheKib: CACHE_KIB };
  createDatabase(options, (database) => begin(database, logId));
  const database = openWriter(options);
  try {
    if (!isOf(new TermSearch(database), log)) transact(database, () => begin(database, logId));
    return new IndexStore(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Whether the index is of this log, and not ahead of it. */
function isOf(search: TermSearch, log: LogSource): boolean {
  const watermark = search.watermark();
  const { logId, size } = log.head();
  if (watermark === null || watermark.indexed > size) return false;
  return isIndexOf(watermark, { logId, leafAt: (index) => log.leafAt(index) });
}

function begin(database: SqlDatabase, logId: string): void {
  for (const table of ['meta', 'runs', 'chunks', 'zones']) database.exec(`DELETE FROM ${table}`);
  database.prepare('INSERT INTO meta(id, log_id, indexed, tip) VALUES (1, ?, 0, ?)').run(logId, tipOf(null));
}
