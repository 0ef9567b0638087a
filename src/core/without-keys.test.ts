/** What is kept beside the log holds no key, and nothing else is lost. */
import { expect, test } from 'vitest';
import { formatKey } from './key-format.ts';
import { withoutKeys } from './without-keys.ts';

const key = formatKey('pst', 'live', new Uint8Array(32).fill(0xa5));

test.each([
  [key, '[redacted]'],
  [`client/1 (${key}) ${key}`, 'client/1 ([redacted]) [redacted]'],
  [key.replace('_live_', '_test_'), '[redacted]'],
  [key.slice(0, -4), '[redacted]'],
  [key.slice(0, -10), '[redacted]'],
])('%s is taken out', (text, kept) => {
  expect(withoutKeys(text)).toBe(kept);
});

test.each(['client/1.0 (+https://example.com)', 'pay_live_1', 'a_test_of_something', ''])(
  '%j stays as it is',
  (text) => {
    expect(withoutKeys(text)).toBe(text);
  },
);
