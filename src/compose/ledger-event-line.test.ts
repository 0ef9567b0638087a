// Every event of the ledger reaches the operator whole: named, flat, with units in the names, and with no
// fact lost to the list of fields that a line may have.
import { expect, test } from 'vitest';
import { Log } from '../ops/log.ts';
import type { LedgerEvent } from '../storage/ledger-options.ts';
import { ledgerEventLine } from './ledger-event-line.ts';

function lineOf(event: LedgerEvent): Readonly<Record<string, unknown>> {
  const lines: string[] = [];
  const { level, event: name, facts } = ledgerEventLine(event);
  new Log({ level: 'debug', sink: { write: (line) => void lines.push(line) } }).write(level, name, facts);
  const { time: _time, ...line } = JSON.parse(lines.join(''));
  return line;
}

test.each<[LedgerEvent, Readonly<Record<string, unknown>>]>([
  [
    { kind: 'clock', change: 'jump_pending', byUs: 31_536_000_000_499 },
    {
      level: 'error',
      event: 'clock_jump_pending',
      wall_offset_ms: 31_536_000_000,
      message: expect.stringContaining('postern clock accept'),
    },
  ],
  [
    { kind: 'clock', change: 'wall_behind', byUs: -2_500_000 },
    { level: 'warn', event: 'clock_behind', wall_offset_ms: -2_500 },
  ],
  [
    { kind: 'clock', change: 'jump_accepted', byUs: 600_000_000 },
    { level: 'warn', event: 'clock_jump_accepted', adopted_ms: 600_000 },
  ],
  [
    { kind: 'clock', change: 'leap_adopted', byUs: 86_400_000_000 },
    { level: 'warn', event: 'clock_leap_adopted', adopted_ms: 86_400_000 },
  ],
  [
    { kind: 'clock', change: 'jump_withdrawn', byUs: 0 },
    { level: 'warn', event: 'clock_jump_withdrawn' },
  ],
  [
    { kind: 'write_failed', cause: 'SQLITE_FULL' },
    { level: 'error', event: 'ledger_write_failed', cause: 'SQLITE_FULL' },
  ],
  [
    { kind: 'recovered', cause: 'SQLITE_FULL', logSize: 7 },
    { level: 'warn', event: 'ledger_recovered', cause: 'SQLITE_FULL', log_size: 7 },
  ],
  [
    { kind: 'damaged', message: 'The database is damaged.' },
    { level: 'error', event: 'ledger_damaged', problem: 'The database is damaged.' },
  ],
  [
    { kind: 'row_damaged', table: 'keys', id: 'key_1' },
    { level: 'error', event: 'registry_row_edited', table: 'keys', id: 'key_1' },
  ],
  [
    { kind: 'request_failed', problem: 'AssertionError: odd' },
    { level: 'error', event: 'ledger_request_failed', problem: 'AssertionError: odd' },
  ],
  [
    { kind: 'recovery_failed', problem: 'a row of another shape' },
    { level: 'error', event: 'ledger_recovery_failed', problem: 'a row of another shape' },
  ],
])('%o is logged as one flat line', (event, line) => {
  expect(lineOf(event)).toEqual(line);
});
