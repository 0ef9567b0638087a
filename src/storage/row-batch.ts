// Writes many rows with few statements: a call into SQLite costs more than a row. Must be used inside
// `transact`; one that throws has written an unknown part.
import type { SqlDatabase, SqlStatement, SqlValue } from './sql-port.ts';

/** Rows of one statement, largest first. 32 rows of 17 columns stay far below SQLite's 32,766 parameters. */
const BATCH_ROWS = [32, 8, 1] as const;

export interface RowBatchForm {
  /** `INSERT INTO t(a, b)`. */
  readonly insert: string;
  readonly columns: number;
  /** The values of one row when they are not only parameters. */
  readonly row?: string;
  /** What follows the values, e.g. `ON CONFLICT ...`; empty for none. */
  readonly onConflict: string;
}

/** Rows whose first column is the key of the table: a row that is there takes the other columns. */
export function upsert(table: string, columns: readonly string[]): RowBatchForm {
  const key = columns[0] ?? '';
  const changes = columns.slice(1).map((column) => `${column} = excluded.${column}`);
  return {
    insert: `INSERT INTO ${table}(${columns.join(', ')})`,
    columns: columns.length,
    onConflict: `ON CONFLICT(${key}) DO UPDATE SET ${changes.join(', ')}`,
  };
}

/** Prepared statements for one table. */
export class RowBatch {
  readonly #columns: number;
  readonly #statements: readonly { readonly rows: number; readonly statement: SqlStatement }[];

  constructor(database: SqlDatabase, form: RowBatchForm) {
    this.#columns = form.columns;
    const row = form.row ?? `(${Array(form.columns).fill('?').join(', ')})`;
    this.#statements = BATCH_ROWS.map((rows) => ({
      rows,
      statement: database.prepare(
        `${form.insert} VALUES ${Array(rows).fill(row).join(', ')} ${form.onConflict}`,
      ),
    }));
  }

  /** Writes the rows whose columns stand one after the other in `values`. */
  write(values: readonly SqlValue[]): void {
    let at = 0;
    for (const { rows, statement } of this.#statements) {
      const width = rows * this.#columns;
      while (values.length - at >= width) {
        statement.run(...values.slice(at, at + width));
        at += width;
      }
    }
  }
}
