// The search index: a database of its own beside the ledger's, written by the reader thread that
// follows the committed log, read by queries and (read-only) by the ledger, which looks up decisions
// that outcomes are reported for. It can be deleted at any time: it is built again from the log.
import type { Migration, MigrationPlan } from './migrate.ts';

/** Name inside the data directory. */
export const INDEX_FILE = 'index.db';

/** `PRAGMA application_id` of the index: "PSTI". */
const INDEX_APPLICATION_ID = 0x50535449;

/**
 * `meta` has one row: the log that is indexed, and how many of its records are (all below `indexed`;
 * committed in the same transaction as their rows). A row of `records` holds what can be asked for;
 * everything else is read from the log by `idx`. `decisions` holds the 16 bytes of the UUID of each
 * decision record. Texts are null where the record has none.
 */
const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE meta(
        id INTEGER PRIMARY KEY CHECK (id = 1),
        log_id TEXT NOT NULL,
        indexed INTEGER NOT NULL
      );
      CREATE TABLE records(
        idx INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        company_id TEXT,
        key_id TEXT,
        operation TEXT,
        effect TEXT,
        reason TEXT,
        request_id TEXT,
        correlation_id TEXT
      );
      CREATE INDEX records_by_company ON records(company_id) WHERE company_id IS NOT NULL;
      CREATE INDEX records_by_key ON records(key_id) WHERE key_id IS NOT NULL;
      CREATE INDEX records_by_reason ON records(reason) WHERE reason IS NOT NULL;
      CREATE INDEX records_by_request ON records(request_id) WHERE request_id IS NOT NULL;
      CREATE INDEX records_by_correlation ON records(correlation_id) WHERE correlation_id IS NOT NULL;
      CREATE INDEX records_by_time ON records(at_us);
      CREATE TABLE decisions(
        decision_id BLOB PRIMARY KEY,
        idx INTEGER NOT NULL
      ) WITHOUT ROWID;
    `,
  },
];

/** How the ledger asks the index. Parameters: none; the decision's 16 bytes. */
export const INDEX_WATERMARK_SQL = 'SELECT log_id, indexed FROM meta WHERE id = 1';
export const INDEX_DECISION_SQL = 'SELECT idx FROM decisions WHERE decision_id = ?';

/** For `createDatabase`, `openWriter` and `openReader` of database.ts. */
export const INDEX_PLAN: MigrationPlan = {
  name: INDEX_FILE,
  applicationId: INDEX_APPLICATION_ID,
  migrations: MIGRATIONS,
};
