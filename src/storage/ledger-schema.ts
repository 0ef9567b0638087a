// The ledger's database. The log has its primary key only (secondary indexes cost a factor of ten);
// what is searched for stands in the index database. Columns are never reused for another meaning.
import type { Migration, MigrationPlan } from './migrate.ts';

/** Name inside the data directory. */
export const LEDGER_FILE = 'ledger.db';

/** `PRAGMA application_id`: "PSTL". */
const LEDGER_APPLICATION_ID = 0x5053544c;

/**
 * `head` is the one row that every group updates: the tree's frontier over `size` records, the clock's
 * floor, the last policy. `keys.mac` and `companies.mac` cover the row (row-mac.ts). `key_use` holds the
 * counter of a key's base limit and its last use, so that a check writes one row for both. `windows` and
 * `window_counts` hold open windows only. `outcomes` holds which decisions have one. `charge_journal` holds
 * charges that do not stand in `key_use` and `counters` yet: a row a group, as JSON arrays.
 */
const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE head(
        id INTEGER PRIMARY KEY CHECK (id = 1),
        log_id TEXT NOT NULL,
        size INTEGER NOT NULL,
        frontier BLOB NOT NULL,
        clock_us INTEGER NOT NULL,
        policy_revision TEXT NOT NULL,
        pepper_check BLOB NOT NULL
      );
      CREATE TABLE log(
        idx INTEGER PRIMARY KEY,
        leaf TEXT NOT NULL,
        private TEXT
      );
      CREATE TABLE companies(
        company_id TEXT PRIMARY KEY,
        status TEXT NOT NULL,
        plan TEXT NOT NULL,
        label TEXT NOT NULL,
        created_at_us INTEGER NOT NULL,
        version INTEGER NOT NULL,
        mac BLOB NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE keys(
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        key_id TEXT NOT NULL UNIQUE,
        lookup BLOB NOT NULL UNIQUE,
        scheme_id INTEGER NOT NULL,
        company_id TEXT NOT NULL,
        status TEXT NOT NULL,
        environment TEXT NOT NULL,
        label TEXT NOT NULL,
        scopes TEXT NOT NULL,
        networks TEXT NOT NULL,
        created_at_us INTEGER NOT NULL,
        not_before_us INTEGER,
        expires_at_us INTEGER,
        revoked_reason TEXT NOT NULL,
        request_id TEXT NOT NULL UNIQUE,
        version INTEGER NOT NULL,
        mac BLOB NOT NULL
      );
      CREATE INDEX keys_by_company ON keys(company_id, seq);
      CREATE TABLE key_use(
        key_seq INTEGER PRIMARY KEY,
        tat_us INTEGER NOT NULL,
        last_used_us INTEGER NOT NULL
      );
      CREATE TABLE counters(
        id TEXT PRIMARY KEY,
        tat_us INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE windows(
        window_id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        key_id TEXT,
        company_id TEXT,
        opened_at_us INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE window_counts(
        window_id TEXT NOT NULL,
        key_id TEXT NOT NULL,
        reason TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (window_id, key_id, reason)
      ) WITHOUT ROWID;
      CREATE TABLE outcomes(
        decision_id BLOB PRIMARY KEY,
        idx INTEGER NOT NULL
      ) WITHOUT ROWID;
    `,
  },
  {
    version: 2,
    sql: `
      CREATE TABLE charge_journal(
        seq INTEGER PRIMARY KEY,
        uses TEXT NOT NULL,
        counters TEXT NOT NULL
      );
    `,
  },
  {
    version: 3,
    // Companies are listed as they were made. They are few, and none is made on the hot path.
    sql: 'CREATE INDEX companies_by_creation ON companies(created_at_us, company_id);',
  },
];

export const LEDGER_PLAN: MigrationPlan = {
  name: LEDGER_FILE,
  applicationId: LEDGER_APPLICATION_ID,
  // Six records a page instead of three: a group writes half as many pages to the WAL.
  pageBytes: 8_192,
  migrations: MIGRATIONS,
};
