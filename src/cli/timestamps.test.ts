// Times: what is typed is what is sent, to the microsecond, and back.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clockOffsetText, durationText, parseTime, timeText } from './timestamps.ts';

const roundTrip = (text: string) => {
  const { seconds, nanos } = parseTime(text);
  return timeText({ seconds: String(seconds), nanos: nanos ?? 0 });
};

test.each([
  ['2026-01-31', '2026-01-31T00:00:00Z'],
  ['2026-01-31T10:20Z', '2026-01-31T10:20:00Z'],
  ['2026-01-31T10:20:30.5Z', '2026-01-31T10:20:30.500000Z'],
  ['2026-01-31T10:20:30.123456Z', '2026-01-31T10:20:30.123456Z'],
  ['2026-01-31T10:20:30.000001+01:00', '2026-01-31T09:20:30.000001Z'],
  ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z'],
])('%s is %s', (text, expected) => {
  expect(roundTrip(text)).toBe(expected);
});

test('every microsecond between 1970 and 2200 survives', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 7_258_118_400 }),
      fc.integer({ min: 0, max: 999_999 }),
      (seconds, us) => {
        const text = timeText({ seconds: String(seconds), nanos: us * 1_000 }) ?? '';
        expect(roundTrip(text)).toBe(text);
      },
    ),
  );
});

test.each(['', 'now', '10', '+5', '+5y', '2026-1-1', '2026-02-30T25:00Z', '2026-01-31 10:00', '+1h30m'])(
  '%j is no time',
  (text) => {
    expect(() => parseTime(text)).toThrow(/must be a time/);
  },
);

test('an offset counts from now, both ways', () => {
  const nowSeconds = Date.now() / 1_000;
  expect(Number(parseTime('+90d').seconds) - nowSeconds).toBeCloseTo(90 * 86_400, -1);
  expect(Number(parseTime('-15m').seconds) - nowSeconds).toBeCloseTo(-900, -1);
});

test('durations read well', () => {
  const long = [600_000_000, 9_000_000_000, 314_735_580_000_000];
  expect([0, 250, 1_500, 250_000, 1_500_000, 119_900_000, ...long].map(durationText)).toEqual([
    '0 ms',
    '0.25 ms',
    '1.5 ms',
    '250 ms',
    '1.5 s',
    '119.9 s',
    '10 min',
    '2.5 h',
    '3642.8 d',
  ]);
});

test('a clock is ahead or behind, never a negative time off', () => {
  expect([0, 2_000_000, -172_800_000_000].map(clockOffsetText)).toEqual([
    'the same as the machine’s',
    '2 s behind the machine’s',
    '2 d ahead of the machine’s',
  ]);
});
