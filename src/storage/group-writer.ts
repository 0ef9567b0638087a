// Writes the overlay of a planned group: batched statements, one row for each distinct counter. Only
// inside `transact`; what it wrote counts once the commit returned.
import type { MerkleFrontier } from '../core/merkle.ts';
import type { GroupPlan } from '../pdp/settle-plan.ts';
import { decisionBytes } from './decision-id.ts';
import type { Hmac } from './hmac.ts';
import { COMPANY_COLUMNS, encodeCompany, encodeKey, KEY_COLUMNS } from './registry-row.ts';
import { RowBatch } from './row-batch.ts';
import type { SqlDatabase, SqlStatement, SqlValue } from './sql-port.ts';
import { WindowWriter } from './window-writer.ts';

/** Dead counters are looked for among this many rows a group, and twice the counters it wrote. */
const PRUNE_ROWS_MIN = 8;
const PRUNE_ROWS_MAX = 256;

function upsert(table: string, columns: readonly string[]) {
  const key = columns[0] ?? '';
  const changes = columns.slice(1).map((column) => `${column} = excluded.${column}`);
  return {
    insert: `INSERT INTO ${table}(${columns.join(', ')})`,
    columns: columns.length,
    onConflict: `ON CONFLICT(${key}) DO UPDATE SET ${changes.join(', ')}`,
  };
}

/** Prepared writes. Lives as long as its connection. */
export class GroupWriter {
  readonly #rowMac: Hmac;
  readonly #log: RowBatch;
  readonly #counters: RowBatch;
  readonly #keyUses: RowBatch;
  readonly #companies: RowBatch;
  readonly #keys: RowBatch;
  readonly #outcomes: RowBatch;
  readonly #windows: WindowWriter;
  readonly #head: SqlStatement;
  readonly #pruneEnd: SqlStatement;
  readonly #prune: SqlStatement;
  readonly #pruneRest: SqlStatement;
  /** Pruning goes on behind this counter. */
  #prunedTo = '';

  constructor(database: SqlDatabase, rowMac: Hmac) {
    this.#rowMac = rowMac;
    this.#log = new RowBatch(database, {
      insert: 'INSERT INTO log(idx, leaf, private)',
      columns: 3,
      row: '(?, CAST(? AS TEXT), ?)',
      onConflict: '',
    });
    this.#counters = new RowBatch(database, upsert('counters', ['id', 'tat_us']));
    this.#keyUses = new RowBatch(database, upsert('key_use', ['key_seq', 'tat_us', 'last_used_us']));
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
    this.#pruneEnd = database.prepare('SELECT id FROM counters WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?');
    this.#pruneRest = database.prepare('DELETE FROM counters WHERE id > ? AND tat_us <= ?');
    this.#prune = database.prepare('DELETE FROM counters WHERE id > ? AND id <= ? AND tat_us <= ?');
  }

  /** Writes everything of the plan, and the tree as it is with the plan's records. */
  write(plan: GroupPlan, leaves: readonly Uint8Array[], frontier: MerkleFrontier): void {
    this.#writeRecords(plan, leaves);
    const counters: SqlValue[] = [];
    for (const [counterId, tatUs] of plan.counters) counters.push(counterId, tatUs);
    this.#counters.write(counters);
    const uses: SqlValue[] = [];
    for (const [keySeq, use] of plan.keyUses) uses.push(keySeq, use.tatUs, use.lastUsedUs);
    this.#keyUses.write(uses);
    this.#writeRegistry(plan);
    const outcomes: SqlValue[] = [];
    for (const [decisionId, index] of plan.outcomes) outcomes.push(decisionBytes(decisionId), index);
    this.#outcomes.write(outcomes);
    this.#windows.write(plan);
    this.#head.run(frontier.size, frontier.encode(), plan.time.nowUs, plan.policyRevision);
    this.#pruneCounters(plan);
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

  /** A counter whose time has come equals one that is not there. Small steps, faster than counters grow. */
  #pruneCounters(plan: GroupPlan): void {
    const rows = Math.min(PRUNE_ROWS_MAX, PRUNE_ROWS_MIN + 2 * plan.counters.size);
    const end = this.#pruneEnd.row(this.#prunedTo, rows - 1)?.[0] ?? null;
    if (end === null) this.#pruneRest.run(this.#prunedTo, plan.time.nowUs);
    else this.#prune.run(this.#prunedTo, end, plan.time.nowUs);
    this.#prunedTo = end === null ? '' : String(end);
  }
}
