// One connection of the ledger: the database, its statements and the state that was loaded through it.
// After any error it is closed as a whole; nothing of it is ever used again.

import type { GroupPlan } from '../pdp/settle-plan.ts';
import { ChargeJournal } from './charge-journal.ts';
import { CommittedState, type ViewSignals } from './committed-state.ts';
import { ledgerPath } from './create-ledger.ts';
import { DecisionPlaces } from './decision-places.ts';
import { GroupWriter } from './group-writer.ts';
import { type LedgerHead, loadHead } from './ledger-head.ts';
import type { LedgerOptions } from './ledger-options.ts';
import { LedgerRows } from './ledger-rows.ts';
import { LEDGER_PLAN } from './ledger-schema.ts';
import { checkPepper } from './secrets.ts';
import type { SqlDatabase } from './sql-port.ts';
import { transact } from './transact.ts';
import { type FoldStep, UnfoldedCharges } from './unfolded-charges.ts';

/** Rows that are folded beside a group, and twice as many as it charged. */
const FOLD_ROWS_MIN = 32;

/** Rows that are folded at once when nothing else is written: a millisecond or two. */
const FOLD_ROWS_TICK = 512;

/** Rows that are folded at once when nobody waits any more. */
const FOLD_ROWS_STOP = 4_096;

export class LedgerConnection {
  readonly state: CommittedState;
  /** The clock as it was last committed. */
  readonly clockUs: number;
  readonly #database: SqlDatabase;
  readonly #writer: GroupWriter;
  readonly #journal: ChargeJournal;
  readonly #charges = new UnfoldedCharges();
  #journalSeq = 0;

  private constructor(options: LedgerOptions, signals: ViewSignals, database: SqlDatabase, head: LedgerHead) {
    this.#database = database;
    this.#writer = new GroupWriter(database, options.secrets.rowMac);
    this.#journal = new ChargeJournal(database);
    this.#journal.catchUp();
    const rows = new LedgerRows(database, {
      rowMac: options.secrets.rowMac,
      onDamagedRow: (row) => options.world.onEvent({ kind: 'row_damaged', ...row }),
    });
    const { logId, frontier, policyRevision } = head;
    const { dataDirectory } = options;
    const places = new DecisionPlaces({ dataDirectory, logId, size: frontier.size, rows });
    const charges = this.#charges;
    this.state = new CommittedState({ logId, frontier, policyRevision, rows, charges, places, signals });
    this.clockUs = head.clockUs;
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

  /**
   * Writes a planned group, and beside it charges of earlier ones that are due to be folded: twice as many as
   * it brings, so that they never pile up. When it returns, the group is committed and stands in `state`.
   */
  commit(plan: GroupPlan): void {
    if (!plan.hasWrites) return;
    const charged = plan.keyUses.size + plan.counters.size;
    this.#commit(plan, this.#charges.nextStep(plan.time.monoUs, FOLD_ROWS_MIN + 2 * charged));
  }

  /** The same for the timer, which also folds when nothing else is written. */
  commitAndFold(plan: GroupPlan): void {
    const step = this.#charges.nextStep(plan.time.monoUs, FOLD_ROWS_TICK);
    if (plan.hasWrites || step !== null) this.#commit(plan, step);
  }

  /** The same for the last group, whose records must not fail with charges of others. */
  commitLast(plan: GroupPlan): void {
    if (plan.hasWrites) this.#commit(plan, null);
  }

  /** Folds what is left, so that a directory at rest holds its counters in their tables, until it is over. */
  foldAll(plan: GroupPlan, isOver: () => boolean): void {
    while (!isOver()) {
      const step = this.#charges.nextOfAll(FOLD_ROWS_STOP);
      if (step === null) return;
      this.#commit(plan, step);
    }
  }

  #commit(plan: GroupPlan, step: FoldStep | null): void {
    const frontier = this.state.frontier.clone();
    for (const { leaf } of plan.records) frontier.append(leaf.hash);
    this.#journalSeq += 1;
    transact(this.#database, () => {
      // Also when it only folds: what is pruned at this time must not come before a clock that is older.
      this.#writer.write(plan, frontier);
      this.#journal.append(this.#journalSeq, plan);
      if (step !== null) this.#journal.fold(step, plan.time.nowUs);
    });
    this.state.merge(plan, frontier);
    this.#charges.add(plan, this.#journalSeq, plan.time.monoUs);
    if (step !== null) this.#charges.folded(step);
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
