// Creates the ledger's database with the log's first record, whole or not at all.
import { join } from 'node:path';
import { encodeLogOpened } from '../core/leaf.ts';
import { MerkleFrontier } from '../core/merkle.ts';
import { createDatabase } from './database.ts';
import { hashLeaf, sha256 } from './ledger-head.ts';
import type { LedgerOptions } from './ledger-options.ts';
import { LEDGER_FILE, LEDGER_PLAN } from './ledger-schema.ts';
import type { SqlDatabase } from './sql-port.ts';
import { transact } from './transact.ts';

/** Path of the ledger's database. */
export function ledgerPath(dataDirectory: string): string {
  return join(dataDirectory, LEDGER_FILE);
}

/**
 * Creates the database unless it exists.
 * @throws PosternError storage_damaged when a file is there that is not a whole database.
 */
export function createLedger(options: LedgerOptions): boolean {
  const path = ledgerPath(options.dataDirectory);
  return createDatabase({ path, plan: LEDGER_PLAN, durability: options.durability }, (database) =>
    openLog(database, options),
  );
}

function openLog(database: SqlDatabase, options: LedgerOptions): void {
  const { world, secrets, software } = options;
  const logId = world.newLogId();
  const openedAtUs = world.wallUs();
  const leaf = encodeLogOpened({ logId, index: 0 }, { openedAtUs, software });
  const frontier = MerkleFrontier.empty(sha256);
  frontier.append(hashLeaf(leaf));
  const head = database.prepare(
    `INSERT INTO head(id, log_id, size, frontier, clock_us, policy_revision, pepper_check)
     VALUES (1, ?, ?, ?, ?, '', ?)`,
  );
  const log = database.prepare('INSERT INTO log(idx, leaf, private) VALUES (0, ?, NULL)');
  transact(database, () => {
    head.run(logId, frontier.size, frontier.encode(), openedAtUs, secrets.pepperCheck);
    log.run(leaf);
  });
}
