// One connection of the ledger: the database, its statements and the state that was loaded through it.
// After any error it is closed as a whole; nothing of it is ever used again.

import type { GroupPlan } from '../pdp/settle-plan.ts';
import { readJournal } from './charge-journal.ts';
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
import { type FoldStep, UnfoldedCharges } from './unfolded-charges.ts';

export class LedgerConnection {
  readonly state: CommittedState;
  /** The clock as it was last committed. */
  readonly clockUs: number;
  readonly #database: SqlDatabase;
  readonly #writer: GroupWriter;
  readonly #leaves = new LeafEncoder();
  readonly #charges: UnfoldedCharges;
  #journalSeq: number;

  private constructor(options: LedgerOptions, signals: ViewSignals, database: SqlDatabase, head: LedgerHead) {
    const rows = new LedgerRows(database, {
      rowMac: options.secrets.rowMac,
      onDamagedRow: (row) => options.world.onEvent({ kind: 'row_damaged', ...row }),
    });
    const { logId, frontier, policyRevision } = head;
    const { dataDirectory } = options;
    const places = new DecisionPlaces({ dataDirectory, logId, size: frontier.size, rows });
    this.#charges = new UnfoldedCharges();
    this.#journalSeq = loadJournal(database, this.#charges, options.world.monoUs());
    const charges = this.#charges;
    this.state = new CommittedState({ logId, frontier, policyRevision, rows, charges, places, signals });
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
    this.#commit(plan, []);
  }

  /** The same for a group of the timer, with the next part of the charges that are due to be folded. */
  commitAndFold(plan: GroupPlan): void {
    const step = this.#charges.nextStep(plan.time.monoUs);
    this.#commit(plan, step === null ? [] : [step]);
    if (step !== null) this.#charges.folded();
  }

  /** The same for the last group: what is left is folded, so that the tables alone hold everything. */
  commitLast(plan: GroupPlan): void {
    this.#commit(plan, this.#charges.lastSteps());
  }

  #commit(plan: GroupPlan, steps: readonly FoldStep[]): void {
    if (!plan.hasWrites && steps.length === 0) return;
    const frontier = this.state.frontier.clone();
    this.#leaves.clear();
    const leaves: Uint8Array[] = [];
    for (const record of plan.records) {
      const { bytes, hash } = this.#leaves.encode(record.leaf);
      frontier.append(hash);
      leaves.push(bytes);
    }
    this.#journalSeq += 1;
    const written = { leaves, frontier, journalSeq: this.#journalSeq };
    transact(this.#database, () => {
      // Also when it only folds: what is pruned at this time must not come before a clock that is older.
      this.#writer.write(plan, written);
      for (const step of steps) this.#writer.fold(step, plan.time.nowUs);
    });
    this.state.merge(plan, written);
  }

  /** Also copies the WAL into the database when no reader is left. */
  close(): void {
    this.state.close();
    closeQuietly(this.#database);
  }
}

/** Charges that are not folded yet. Returns the last row that they have. */
function loadJournal(database: SqlDatabase, charges: UnfoldedCharges, monoUs: number): number {
  let last = 0;
  for (const row of readJournal(database)) {
    charges.add(row, row.seq, monoUs);
    last = row.seq;
  }
  return last;
}

function closeQuietly(database: SqlDatabase): void {
  try {
    database.close();
  } catch {
    // What is committed stays committed; what is not, was not answered.
  }
}
