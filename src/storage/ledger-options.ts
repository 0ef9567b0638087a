// What the ledger is made of. Everything that is not a pure function of the requests comes in here, so
// that tests replace clocks, randomness and the database.
import type { ClockBounds, ClockEvent } from '../core/clock.ts';
import type { ControlBlock } from '../pdp/control-block.ts';
import type { LedgerIds, SettleRules } from '../pdp/settle-view.ts';
import type { Durability, WriterOptions } from './database.ts';
import type { DamagedRow } from './registry-reader.ts';
import type { Secrets } from './secrets.ts';
import type { SqlDatabase } from './sql-port.ts';

/** What happens in the ledger and concerns the operator. */
export type LedgerEvent =
  /** A group could not be written; nothing of it counts. `cause` is SQLite's code or an error's name. */
  | { readonly kind: 'write_failed'; readonly cause: string }
  /** It writes again; `logSize` is what it found. */
  | { readonly kind: 'recovered'; readonly cause: string; readonly logSize: number }
  /** The database does not agree with itself: the ledger stays closed, the process must stop. */
  | { readonly kind: 'damaged'; readonly message: string }
  /** A row was edited behind our back; it counts as not there. */
  | ({ readonly kind: 'row_damaged' } & DamagedRow)
  /** The clock; `byUs` is how far wall time is from the ledger's, or was adopted. */
  | { readonly kind: 'clock'; readonly change: ClockEvent['kind']; readonly byUs: number }
  /** A request that could not be planned, which is a mistake of the program. */
  | { readonly kind: 'request_failed'; readonly problem: string }
  /** It cannot write again because of a mistake of the program; it goes on trying. */
  | { readonly kind: 'recovery_failed'; readonly problem: string };

/** The outside world of the ledger. Tests fake it. */
export interface LedgerWorld {
  /** Wall time in microseconds since the epoch. */
  wallUs(): number;
  /** Monotonic time of the process in microseconds. */
  monoUs(): number;
  readonly ids: LedgerIds;
  /** 32 random hexadecimal characters: a log has one for ever. */
  newLogId(): string;
  openDatabase(options: WriterOptions): SqlDatabase;
  onEvent(event: LedgerEvent): void;
}

export interface LedgerOptions {
  readonly dataDirectory: string;
  readonly durability: Durability;
  /** Name and version of the program, for the first record. */
  readonly software: string;
  readonly secrets: Secrets;
  readonly rules: SettleRules;
  readonly clock: ClockBounds;
  readonly control: ControlBlock;
  readonly world: LedgerWorld;
}
