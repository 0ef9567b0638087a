// An event of the ledger as a line of the log: a name and flat facts, as an operator searches for them. It
// decides nothing; what an event leads to is decided where it is heard.
import type { LogFacts, LogLevel } from '../ops/log.ts';
import type { LedgerEvent } from '../storage/ledger-options.ts';

export interface LogEntry {
  readonly level: LogLevel;
  readonly event: string;
  readonly facts: LogFacts;
}

const MICROS_PER_MS = 1_000;

export function ledgerEventLine(event: LedgerEvent): LogEntry {
  switch (event.kind) {
    case 'write_failed':
      return { level: 'error', event: 'ledger_write_failed', facts: { cause: event.cause } };
    case 'recovered': {
      const facts = { cause: event.cause, log_size: event.logSize };
      return { level: 'warn', event: 'ledger_recovered', facts };
    }
    case 'damaged':
      return { level: 'error', event: 'ledger_damaged', facts: { problem: event.message } };
    case 'row_damaged': {
      // The same line as from an evaluator or the admin services, which find the same edit.
      const facts = { table: event.table, id: event.id };
      return { level: 'error', event: 'registry_row_edited', facts };
    }
    case 'clock':
      return clockLine(event);
    case 'request_failed':
      return { level: 'error', event: 'ledger_request_failed', facts: { problem: event.problem } };
    case 'recovery_failed':
      return { level: 'error', event: 'ledger_recovery_failed', facts: { problem: event.problem } };
  }
}

function clockLine({ change, byUs }: Extract<LedgerEvent, { kind: 'clock' }>): LogEntry {
  const byMs = Math.round(byUs / MICROS_PER_MS);
  switch (change) {
    case 'jump_pending':
      // The sidecar is not ready until an admin accepted the time, so this must not be overlooked.
      return {
        level: 'error',
        event: 'clock_jump_pending',
        facts: { wall_offset_ms: byMs, message: 'accept it with: postern clock accept' },
      };
    case 'jump_withdrawn':
      return { level: 'warn', event: 'clock_jump_withdrawn', facts: {} };
    case 'jump_accepted':
      return { level: 'warn', event: 'clock_jump_accepted', facts: { adopted_ms: byMs } };
    case 'leap_adopted':
      return { level: 'warn', event: 'clock_leap_adopted', facts: { adopted_ms: byMs } };
    case 'wall_behind':
      return { level: 'warn', event: 'clock_behind', facts: { wall_offset_ms: byMs } };
  }
}
