// What each group charged, as one row that is appended: a page or two of the WAL, where the counters' own
// tables would have a page for nearly every key and company. Folding writes them there later, each once.
import { PosternError } from '../core/error.ts';
import type { KeyUse } from '../pdp/settle-view.ts';
import { RowBatch, upsert } from './row-batch.ts';
import type { SqlDatabase, SqlStatement, SqlValue } from './sql-port.ts';
import { transact } from './transact.ts';
import type { Charges, FoldStep } from './unfolded-charges.ts';

/** Dead counters are looked for among this many rows a step, or twice the counters it wrote. */
const PRUNE_ROWS_MIN = 256;

/** Characters of the journal that are folded in one transaction when the ledger is opened: some 20 MB of heap. */
const CATCH_UP_CHARS = 4_194_304;

function parseUses(text: SqlValue | undefined): ReadonlyMap<number, KeyUse> {
  const uses = new Map<number, KeyUse>();
  const numbers = parseList(text);
  for (let at = 0; at < numbers.length; at += 3) {
    const use = { tatUs: integerOf(numbers[at + 1]), lastUsedUs: integerOf(numbers[at + 2]) };
    uses.set(integerOf(numbers[at]), use);
  }
  return uses;
}

function parseCounters(text: SqlValue | undefined): ReadonlyMap<string, number> {
  const tatsUs = new Map<string, number>();
  const pairs = parseList(text);
  for (let at = 0; at < pairs.length; at += 2) tatsUs.set(textOf(pairs[at]), integerOf(pairs[at + 1]));
  return tatsUs;
}

function damaged(): PosternError {
  return new PosternError('storage_damaged', 'The journal of charges cannot be read.', {
    facts: { problem: 'journal_damaged' },
  });
}

function parseList(text: SqlValue | undefined): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(String(text));
    if (Array.isArray(list)) return list;
  } catch {
    // Not JSON: damaged.
  }
  throw damaged();
}

function integerOf(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw damaged();
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw damaged();
}

/**
 * Prepared writes. Lives as long as its connection. In a row, `uses` is a JSON array of key, TAT and last use
 * by turns, `counters` one of id and TAT; a later row holds for what an earlier one holds too.
 */
export class ChargeJournal {
  readonly #database: SqlDatabase;
  readonly #next: SqlStatement;
  readonly #append: SqlStatement;
  readonly #forget: SqlStatement;
  readonly #keyUses: RowBatch;
  readonly #counters: RowBatch;
  readonly #pruneEnd: SqlStatement;
  readonly #prune: SqlStatement;
  readonly #pruneRest: SqlStatement;
  /** Pruning goes on behind this counter. */
  #prunedTo = '';

  constructor(database: SqlDatabase) {
    this.#database = database;
    this.#next = database.prepare(
      'SELECT seq, uses, counters FROM charge_journal WHERE seq > ? ORDER BY seq LIMIT 1',
    );
    this.#append = database.prepare('INSERT INTO charge_journal(seq, uses, counters) VALUES (?, ?, ?)');
    this.#forget = database.prepare('DELETE FROM charge_journal WHERE seq <= ?');
    this.#keyUses = new RowBatch(database, {
      insert: 'INSERT INTO key_use(key_seq, tat_us, last_used_us)',
      columns: 3,
      onConflict:
        // Who reads last uses while older rows are folded after an error is not told an older one.
        `ON CONFLICT(key_seq) DO UPDATE SET tat_us = excluded.tat_us,
           last_used_us = max(last_used_us, excluded.last_used_us)`,
    });
    this.#counters = new RowBatch(database, upsert('counters', ['id', 'tat_us']));
    this.#pruneEnd = database.prepare('SELECT id FROM counters WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?');
    this.#pruneRest = database.prepare('DELETE FROM counters WHERE id > ? AND tat_us <= ?');
    this.#prune = database.prepare('DELETE FROM counters WHERE id > ? AND id <= ? AND tat_us <= ?');
  }

  /** Writes what a group charged, when it charged anything. Only inside `transact`. */
  append(seq: number, { keyUses, counters }: Charges): void {
    if (keyUses.size + counters.size === 0) return;
    const uses: number[] = [];
    for (const [keySeq, use] of keyUses) uses.push(keySeq, use.tatUs, use.lastUsedUs);
    const tatsUs: (string | number)[] = [];
    for (const [counterId, tatUs] of counters) tatsUs.push(counterId, tatUs);
    this.#append.run(seq, JSON.stringify(uses), JSON.stringify(tatsUs));
  }

  /**
   * Folds what another connection left, before the ledger reads the tables: as much as there is, in
   * transactions of bounded size, so that a process that is killed again and again gets on with it. Nothing is
   * pruned. @throws PosternError storage_damaged.
   */
  catchUp(): void {
    for (let step = this.#readStep(0); step !== null; step = this.#readStep(step.journalDoneTo)) {
      const left = step;
      transact(this.#database, () => this.#write(left));
    }
  }

  /** What the rows after this one charged, up to some size; null when there is none. */
  #readStep(after: number): (FoldStep & { readonly journalDoneTo: number }) | null {
    const uses = new Map<number, KeyUse>();
    const counters = new Map<string, number>();
    let chars = 0;
    let journalDoneTo = after;
    while (chars < CATCH_UP_CHARS) {
      const row = this.#next.row(journalDoneTo);
      if (row === null) break;
      const [seq, usesText, countersText] = row.map(String);
      for (const [keySeq, use] of parseUses(usesText)) uses.set(keySeq, use);
      for (const [counterId, tatUs] of parseCounters(countersText)) counters.set(counterId, tatUs);
      chars += (usesText?.length ?? 0) + (countersText?.length ?? 0);
      journalDoneTo = Number(seq);
    }
    if (journalDoneTo === after) return null;
    return { uses: sorted(uses), counters: sorted(counters), journalDoneTo };
  }

  /** Writes a step to the tables. Only inside `transact`, which must also write the clock. */
  fold(step: FoldStep, nowUs: number): void {
    this.#write(step);
    this.#pruneCounters(Math.max(PRUNE_ROWS_MIN, 2 * step.counters.length), nowUs);
  }

  #write(step: FoldStep): void {
    this.#keyUses.write(step.uses.flatMap(([keySeq, use]) => [keySeq, use.tatUs, use.lastUsedUs]));
    this.#counters.write(step.counters.flat());
    if (step.journalDoneTo !== null) this.#forget.run(step.journalDoneTo);
  }

  /**
   * A counter whose time has come equals one that is not there, as long as the clock is never older than that
   * time again.
   */
  #pruneCounters(rows: number, nowUs: number): void {
    const end = this.#pruneEnd.row(this.#prunedTo, rows - 1)?.[0] ?? null;
    if (end === null) this.#pruneRest.run(this.#prunedTo, nowUs);
    else this.#prune.run(this.#prunedTo, end, nowUs);
    this.#prunedTo = end === null ? '' : String(end);
  }
}

function sorted<K extends number | string, V>(states: ReadonlyMap<K, V>): readonly (readonly [K, V])[] {
  return [...states].sort(([one], [other]) => (one < other ? -1 : 1));
}
