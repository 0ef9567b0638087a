// Which runs may be kept as results, and what is refused.
import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';

test('a full run has seven pairs, a million keys and ten thousand calls, and is kept', () => {
  expect(parseOptions([], {})).toMatchObject({
    pairs: 7,
    manyKeys: 1_000_000,
    calls: 10_000,
    only: null,
    isFull: true,
  });
});

test.each([
  ['--quick'],
  ['--only', 'unary-echo'],
  ['--source'],
  ['--pairs', '5'],
  ['--many-keys', '1000'],
  ['--calls', '500'],
  ['--set', 'POSTERN_LEDGER__GROUP_MAX=64'],
])('%s %s gives a run that is not kept', (...words) => {
  expect(parseOptions(words, {}).isFull).toBe(false);
});

test.each([
  [['--pairs', '0'], '--pairs needs a number above 0'],
  [['--seconds', 'two'], '--seconds needs a number above 0'],
  [['--set', 'GROUP_MAX=64'], '--set needs POSTERN_NAME=value'],
  [['--fast'], "Unknown option '--fast'"],
])('%j is refused', (words, problem) => {
  expect(() => parseOptions(words, {})).toThrow(problem);
});
