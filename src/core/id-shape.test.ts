// Ids are told from texts that only look like them.
import { expect, test } from 'vitest';
import { isDecisionId, isKeyId } from './id-shape.ts';

const V4 = '00000000-0000-4000-8000-000000000000';
const V7 = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f';

test.each([
  [`key_${V7}`, true],
  [`key_${V4}`, false],
  [V7, false],
  [`key_${V7}\n`, false],
  [`KEY_${V7}`, false],
  [`key_${V7.toUpperCase()}`, false],
  ['', false],
])('%j is a key id: %s', (text, expected) => {
  expect(isKeyId(text)).toBe(expected);
});

test.each([
  [`dec_${V4}`, true],
  [`dec_${V7}`, false],
  [`dec_${V4}0`, false],
  [V4, false],
])('%j is a decision id: %s', (text, expected) => {
  expect(isDecisionId(text)).toBe(expected);
});
