// One connection of the ledger: the database, its statements and the state that was loaded through it.
// After any error it is closed as a whole; nothing of it is ever used again.

import type { GroupPlan } from '../pdp/settle-plan.ts';
import { CommittedState, type ViewSignals } from './committed-state.ts';
import { ledgerPath } from './create-ledger.ts';
import { DecisionPlaces } from './decision-places.ts';
import { GroupWriter } from './group-writer.ts';
import { LeafEncoder } from './leaf-bytes.ts';
import { type LedgerHead, loadHead } from './ledger-head.ts';
import type { LedgerOptions } from './ledger-options.ts';
import { LedgerRows } from './ledger-rows.ts';
import { LEDGER_PLAN } from './ledger-schema.ts';
import { checkPepper } from './secrets.ts';
import type { SqlDatabase } from './sql-port.ts';
import { transact } from './transact.ts';

export class LedgerConnection {
  readonly state: CommittedState;
  /** The clock as it was last committed. */
  readonly clockUs: number;
  readonly #database: SqlDatabase;
  readonly #writer: GroupWriter;
  readonly #leaves = new LeafEncoder();

  private constructor(options: LedgerOptions, signals: ViewSignals, database: SqlDatabase, head: LedgerHead) {
    const rows = new LedgerRows(database, {
      rowMac: options.secrets.rowMac,
      onDamagedRow: (row) => options.world.onEvent({ kind: 'row_damaged', ...row }),
    });
    const { logId, frontier, policyRevision } = head;
    const { dataDirectory } = options;
    const places = new DecisionPlaces({ dataDirectory, logId, size: frontier.size, rows });
    this.state = new CommittedState({ logId, frontier, policyRevision, rows, places, signals });
    this.clockUs = head.clockUs;
    this.#database = database;
    this.#writer = new GroupWriter(database, options.secrets.rowMac);
  }

  /** @throws PosternError storage_damaged or storage_unavailable, or what SQLite throws. */
  static open(options: LedgerOptions, signals: ViewSignals): LedgerConnection {
    const path = ledgerPath(options.dataDirectory);
    const { durability } = options;
    const database = options.world.openDatabase({ path, plan: LEDGER_PLAN, durability });
    try {
      const head = loadHead(database);
      checkPepper(options.secrets, head.pepperCheck);
      return new LedgerConnection(options, signals, database, head);
    } catch (error) {
      closeQuietly(database);
      throw error;
    }
  }

  /** Writes a planned group. When it returns, the group is committed and stands in `state`. */
  commit(plan: GroupPlan): void {
    const frontier = this.state.frontier.clone();
    this.#leaves.clear();
    const leaves: Uint8Array[] = [];
    for (const record of plan.records) {
      const { bytes, hash } = this.#leaves.encode(record.leaf);
      frontier.append(hash);
      leaves.push(bytes);
    }
    transact(this.#database, () => this.#writer.write(plan, leaves, frontier));
    this.state.merge(plan, frontier);
  }

  /** Also copies the WAL into the database when no reader is left. */
  close(): void {
    this.state.close();
    closeQuietly(this.#database);
  }
}

function closeQuietly(database: SqlDatabase): void {
  try {
    database.close();
  } catch {
    // What is committed stays committed; what is not, was not answered.
  }
}
