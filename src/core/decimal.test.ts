// The digits must be those that V8 itself would write.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { campaignRuns } from '../../test/support/campaign.ts';
import { writeDecimal, writeSixDigits } from './decimal.ts';

const RUNS = campaignRuns(5_000);

test.for([
  0,
  -1,
  2 ** 31 - 1,
  2 ** 31,
  2_147_999_999,
  2_148_000_000,
  1_767_225_600_000_001,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
])('%d is written as String writes it', (value) => {
  expect(writeDecimal(value)).toBe(String(value));
});

test('any safe integer is written as String writes it', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(writeDecimal(value)).toBe(String(value));
    }),
    RUNS,
  );
});

test('six digits are six', () => {
  fc.assert(
    fc.property(fc.nat({ max: 999_999 }), (value) => {
      expect(writeSixDigits(value)).toBe(String(value).padStart(6, '0'));
    }),
    RUNS,
  );
});
