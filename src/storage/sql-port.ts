// What the rest of storage needs of a database connection: small, synchronous, and so easily wrapped
// that tests make any write or commit fail. Rows are arrays in the order of the selected columns.

export type SqlValue = null | number | string | Uint8Array;
export type SqlRow = readonly SqlValue[];

/** A prepared statement. Lives as long as its connection. */
export interface SqlStatement {
  /** Executes a write; returns how many rows it changed. */
  run(...values: readonly SqlValue[]): number;
  /** The first row, or null. */
  row(...values: readonly SqlValue[]): SqlRow | null;
  rows(...values: readonly SqlValue[]): readonly SqlRow[];
}

/** A connection. Errors of SQLite come through as they are; see sql-error.ts. */
export interface SqlDatabase {
  prepare(sql: string): SqlStatement;
  /** Executes statements without parameters. */
  exec(sql: string): void;
  /** Value of a pragma, or the value after setting it (`cache_size = -2000`). */
  pragma(source: string): SqlValue;
  readonly inTransaction: boolean;
  close(): void;
}
