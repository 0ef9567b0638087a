// Writes the overlay of a planned group, but for its charges, which go to their journal: batched statements.
// Only inside `transact`; what it wrote counts once the commit returned.
import type { MerkleFrontier } from '../core/merkle.ts';
import type { GroupPlan } from '../pdp/settle-plan.ts';
import { decisionBytes } from './decision-id.ts';
import type { Hmac } from './hmac.ts';
import { COMPANY_COLUMNS, encodeCompany, encodeKey, KEY_COLUMNS } from './registry-row.ts';
import { RowBatch, upsert } from './row-batch.ts';
import type { SqlDatabase, SqlStatement, SqlValue } from './sql-port.ts';
import { WindowWriter } from './window-writer.ts';

/** Prepared writes. Lives as long as its connection. */
export class GroupWriter {
  readonly #rowMac: Hmac;
  readonly #log: RowBatch;
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

  /** Writes the plan, and the tree as it is with the plan's records. */
  write(plan: GroupPlan, frontier: MerkleFrontier): void {
    this.#writeRecords(plan);
    this.#writeRegistry(plan);
    const outcomes: SqlValue[] = [];
    for (const [decisionId, index] of plan.outcomes) outcomes.push(decisionBytes(decisionId), index);
    this.#outcomes.write(outcomes);
    this.#windows.write(plan);
    this.#head.run(frontier.size, frontier.encode(), plan.time.nowUs, plan.policyRevision);
  }

  #writeRecords(plan: GroupPlan): void {
    const values: SqlValue[] = [];
    for (const { index, leaf, private: kept } of plan.records) {
      values.push(index, leaf.bytes, kept === '' ? null : kept);
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
