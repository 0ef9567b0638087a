// Writes the overlay of a planned group: batched statements, one row of the journal for all its charges.
// Only inside `transact`; what it wrote counts once the commit returned.
import type { MerkleFrontier } from '../core/merkle.ts';
import type { GroupPlan } from '../pdp/settle-plan.ts';
import { ChargeJournal } from './charge-journal.ts';
import { decisionBytes } from './decision-id.ts';
import type { Hmac } from './hmac.ts';
import { COMPANY_COLUMNS, encodeCompany, encodeKey, KEY_COLUMNS } from './registry-row.ts';
import { RowBatch } from './row-batch.ts';
import type { SqlDatabase, SqlStatement, SqlValue } from './sql-port.ts';
import type { FoldStep } from './unfolded-charges.ts';
import { WindowWriter } from './window-writer.ts';

function upsert(table: string, columns: readonly string[]) {
  const key = columns[0] ?? '';
  const changes = columns.slice(1).map((column) => `${column} = excluded.${column}`);
  return {
    insert: `INSERT INTO ${table}(${columns.join(', ')})`,
    columns: columns.length,
    onConflict: `ON CONFLICT(${key}) DO UPDATE SET ${changes.join(', ')}`,
  };
}

/** What is computed for a group when it is written. */
export interface WrittenGroup {
  /** Bytes of its records, in their order. */
  readonly leaves: readonly Uint8Array[];
  /** The tree as it is with them. */
  readonly frontier: MerkleFrontier;
  readonly journalSeq: number;
}

/** Prepared writes. Lives as long as its connection. */
export class GroupWriter {
  readonly #rowMac: Hmac;
  readonly #log: RowBatch;
  readonly #charges: ChargeJournal;
  readonly #companies: RowBatch;
  readonly #keys: RowBatch;
  readonly #outcomes: RowBatch;
  readonly #windows: WindowWriter;
  readonly #head: SqlStatement;

  constructor(database: SqlDatabase, rowMac: Hmac) {
    this.#rowMac = rowMac;
    this.#log = new RowBatch(database, {
      insert: 'INSERT INTO log(idx, leaf, private)',
      columns: 3,
      row: '(?, CAST(? AS TEXT), ?)',
      onConflict: '',
    });
    this.#charges = new ChargeJournal(database);
    this.#companies = new RowBatch(database, upsert('companies', COMPANY_COLUMNS));
    this.#keys = new RowBatch(database, upsert('keys', KEY_COLUMNS));
    this.#outcomes = new RowBatch(database, {
      insert: 'INSERT INTO outcomes(decision_id, idx)',
      columns: 2,
      onConflict: '',
    });
    this.#windows = new WindowWriter(database);
    this.#head = database.prepare(
      'UPDATE head SET size = ?, frontier = ?, clock_us = ?, policy_revision = ? WHERE id = 1',
    );
  }

  /** Writes everything of the plan, its charges as this row of the journal, and the tree with its records. */
  write(plan: GroupPlan, written: WrittenGroup): void {
    this.#writeRecords(plan, written.leaves);
    this.#charges.append(written.journalSeq, plan);
    this.#writeRegistry(plan);
    const outcomes: SqlValue[] = [];
    for (const [decisionId, index] of plan.outcomes) outcomes.push(decisionBytes(decisionId), index);
    this.#outcomes.write(outcomes);
    this.#windows.write(plan);
    const { frontier } = written;
    this.#head.run(frontier.size, frontier.encode(), plan.time.nowUs, plan.policyRevision);
  }

  /** Folds what an earlier connection left. To be called before anything is read. */
  catchUp(): void {
    this.#charges.catchUp();
  }

  /** Writes charges of earlier groups to the tables of counters and uses. Only beside `write`. */
  fold(step: FoldStep, nowUs: number): void {
    this.#charges.fold(step, nowUs);
  }

  #writeRecords(plan: GroupPlan, leaves: readonly Uint8Array[]): void {
    const values: SqlValue[] = [];
    let index = plan.view.size;
    for (const [place, record] of plan.records.entries()) {
      values.push(index, leaves[place] ?? null, record.private === '' ? null : record.private);
      index += 1;
    }
    this.#log.write(values);
  }

  #writeRegistry(plan: GroupPlan): void {
    for (const company of plan.companies.values()) {
      this.#companies.write(encodeCompany(company, this.#rowMac));
    }
    for (const key of plan.keys.values()) this.#keys.write(encodeKey(key, this.#rowMac));
  }
}
