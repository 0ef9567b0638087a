// Times on the command line and in results: RFC 3339 with microseconds, or an offset such as `+90d`.
import { InvalidArgumentError } from 'commander';
import type { Duration__Output } from '../grpc/gen/google/protobuf/Duration.ts';
import type { Timestamp, Timestamp__Output } from '../grpc/gen/google/protobuf/Timestamp.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const ABSOLUTE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.(\d{1,6}))?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
const OFFSET = /^([+-])(\d{1,6})([smhd])$/;

function timestampOfUs(us: number): Timestamp {
  const seconds = Math.floor(us / 1_000_000);
  return { seconds: String(seconds), nanos: (us - seconds * 1_000_000) * 1_000 };
}

/** `2026-01-31`, `2026-01-31T10:00:00Z`, `+90d` or `-1h`, from now. */
export function parseTime(text: string): Timestamp {
  const [, sign, amount, unit] = OFFSET.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) {
    const offsetMs = Number(amount) * (UNIT_MS[unit] ?? 0);
    return timestampOfUs((Date.now() + (sign === '-' ? -offsetMs : offsetMs)) * 1_000);
  }
  const match = ABSOLUTE.exec(text);
  const ms = match === null ? Number.NaN : Date.parse(text);
  if (Number.isNaN(ms)) {
    throw new InvalidArgumentError(
      'must be a time such as 2026-01-31T10:00:00Z, or an offset such as +90d or -1h',
    );
  }
  const fraction = (match?.[1] ?? '').padEnd(6, '0').slice(3);
  return timestampOfUs(Math.floor(ms) * 1_000 + Number(fraction));
}

/** RFC 3339 in UTC, with as many digits as there are; null when unset. */
export function timeText(timestamp: Timestamp__Output | null): string | null {
  if (timestamp === null) return null;
  const seconds = new Date(Number(timestamp.seconds) * 1_000).toISOString().slice(0, 19);
  const us = Math.trunc(timestamp.nanos / 1_000);
  return us === 0 ? `${seconds}Z` : `${seconds}.${String(us).padStart(6, '0')}Z`;
}

/** Whole microseconds. */
export function durationUs(duration: Duration__Output | null): number {
  return duration === null ? 0 : Number(duration.seconds) * 1_000_000 + Math.trunc(duration.nanos / 1_000);
}

/** The largest unit of which there are two. */
const LONG_UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

/** For people: `250 ms`, `1.5 s`, `2 min`, `3.5 h`, `40 d`. */
export function durationText(us: number): string {
  const ms = us / 1_000;
  if (Math.abs(ms) < 1_000) return `${Number(ms.toFixed(ms < 10 ? 2 : 0))} ms`;
  const seconds = ms / 1_000;
  const [unit, size] = LONG_UNITS.find(([, unitSeconds]) => Math.abs(seconds) >= 2 * unitSeconds) ?? ['s', 1];
  return `${Number((seconds / size).toFixed(unit === 'min' ? 0 : 1))} ${unit}`;
}

/** How the sidecar’s clock stands to the machine’s, from the machine’s time minus its own. */
export function clockOffsetText(wallOffsetUs: number): string {
  if (wallOffsetUs === 0) return 'the same as the machine’s';
  const side = wallOffsetUs > 0 ? 'behind' : 'ahead of';
  return `${durationText(Math.abs(wallOffsetUs))} ${side} the machine’s`;
}
