// The part of better-sqlite3 13 that we use. The package ships no types; what is not declared here is
// not used. Only storage/open-database.ts may import the package.
declare module 'better-sqlite3' {
  type SqlValue = null | number | bigint | string | Uint8Array;

  interface Statement {
    run(...values: readonly SqlValue[]): { changes: number; lastInsertRowid: number | bigint };
    get(...values: readonly SqlValue[]): unknown;
    all(...values: readonly SqlValue[]): unknown[];
    iterate(...values: readonly SqlValue[]): IterableIterator<unknown>;
    raw(on?: boolean): this;
    pluck(on?: boolean): this;
  }

  interface OpenOptions {
    readonly readonly?: boolean;
    readonly fileMustExist?: boolean;
    /** How long a statement waits for a lock, in milliseconds. */
    readonly timeout?: number;
  }

  export default class Database {
    constructor(path: string, options?: OpenOptions);
    readonly open: boolean;
    readonly inTransaction: boolean;
    prepare(sql: string): Statement;
    exec(sql: string): this;
    pragma(source: string, options?: { readonly simple?: boolean }): unknown;
    close(): this;
  }
}
