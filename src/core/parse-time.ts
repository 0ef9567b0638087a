// google.protobuf.Timestamp to integer microseconds since the Unix epoch. Finer digits are cut off.
import type { FieldFaults } from './field-faults.ts';

/** As decoded: seconds as a decimal text, because they are 64 bits wide. */
export interface RawTimestamp {
  readonly seconds: string;
  readonly nanos: number;
}

/** Start of the year 2200 in seconds: later times would not stay exact as microseconds for long. */
const SECONDS_MAX = 7_258_118_400;
const NANOS_PER_SECOND = 1_000_000_000;

/** Microseconds, or null when the time is absent or at fault. */
export function parseTime(raw: RawTimestamp | null, field: string, faults: FieldFaults): number | null {
  if (raw === null) return null;
  const seconds = Number(raw.seconds);
  if (!Number.isSafeInteger(seconds) || seconds < 0 || seconds >= SECONDS_MAX) {
    faults.add(field, 'must be a time from 1970 to 2199');
    return null;
  }
  if (!Number.isInteger(raw.nanos) || raw.nanos < 0 || raw.nanos >= NANOS_PER_SECOND) {
    faults.add(field, 'must have nanoseconds from 0 to 999,999,999');
    return null;
  }
  return seconds * 1_000_000 + Math.floor(raw.nanos / 1_000);
}
