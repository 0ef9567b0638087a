// The search index: a database of its own beside the ledger's, written by the reader thread that
// follows the committed log, read by queries and (read-only) by the ledger, which looks up decisions
// that outcomes are reported for. It can be deleted at any time: it is built again from the log.
import type { Migration, MigrationPlan } from './migrate.ts';

/** Name inside the data directory. */
export const INDEX_FILE = 'index.db';

/** `PRAGMA application_id` of the index: "PSTI". */
const INDEX_APPLICATION_ID = 0x50535449;

/**
 * `meta` has one row: the log that is indexed, how many of its records are (all below `indexed`;
 * committed in the same transaction as their terms), and the SHA-256 of the last of them, so that an
 * index that is ahead of a log that lost its end is noticed. A row of `runs` covers `records` consecutive
 * records from `start`; its terms stand in as many `chunks` as it says, as sorted 8-byte entries
 * (reader/term-run.ts), `first` being a chunk's first entry in big-endian form, `crc` a checksum of its row. A row of `zones` holds the earliest and latest
 * time of the 256 records whose index divided by 256 is `zone`. What a term stands for is read from the
 * log: there is no text here.
 */
const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE meta(
        id INTEGER PRIMARY KEY CHECK (id = 1),
        log_id TEXT NOT NULL,
        indexed INTEGER NOT NULL,
        tip TEXT NOT NULL
      );
      CREATE TABLE runs(
        run INTEGER PRIMARY KEY AUTOINCREMENT,
        start INTEGER NOT NULL,
        records INTEGER NOT NULL
      );
      CREATE TABLE chunks(
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL,
        first BLOB NOT NULL,
        entries BLOB NOT NULL
      );
      CREATE UNIQUE INDEX chunks_by_first ON chunks(run, first);
      CREATE TABLE zones(
        zone INTEGER PRIMARY KEY,
        earliest_us INTEGER NOT NULL,
        latest_us INTEGER NOT NULL
      );
    `,
  },
  {
    // What is needed to notice that rows are missing or changed. Built again, like all of an index.
    version: 2,
    sql: `
      DELETE FROM meta;
      DROP TABLE runs;
      DROP TABLE chunks;
      DELETE FROM zones;
      CREATE TABLE runs(
        run INTEGER PRIMARY KEY AUTOINCREMENT,
        start INTEGER NOT NULL,
        records INTEGER NOT NULL,
        chunks INTEGER NOT NULL
      );
      CREATE TABLE chunks(
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL,
        first BLOB NOT NULL,
        entries BLOB NOT NULL,
        crc INTEGER NOT NULL
      );
      CREATE UNIQUE INDEX chunks_by_first ON chunks(run, first);
    `,
  },
];

/** How far the index has come, and in which log. */
export const INDEX_WATERMARK_SQL = 'SELECT log_id, indexed, tip FROM meta WHERE id = 1';

/** For `createDatabase`, `openWriter` and `openReader` of database.ts. */
export const INDEX_PLAN: MigrationPlan = {
  name: INDEX_FILE,
  applicationId: INDEX_APPLICATION_ID,
  pageBytes: 4_096,
  migrations: MIGRATIONS,
};
