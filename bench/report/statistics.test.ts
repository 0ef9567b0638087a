// The statistics that ratios are judged by.
import { expect, test } from 'vitest';
import { median, medianInterval, percentile } from './statistics.ts';

test('a percentile is a value that was seen, and the hundredth is the largest', () => {
  const sorted = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  expect(percentile(sorted, 0.5)).toBe(5);
  expect(percentile(sorted, 0.99)).toBe(10);
  expect(percentile(sorted, 1)).toBe(10);
  expect(percentile([], 0.5)).toBeNaN();
});

test('a median does not depend on the order', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('seven pairs give an interval of all of them, at 98 percent', () => {
  const interval = medianInterval([1.4, 1.1, 1.2, 1.7, 1.3, 1.6, 1.5]);
  expect(interval).toMatchObject({ median: 1.4, low: 1.1, high: 1.7 });
  expect(interval.confidence).toBeCloseTo(1 - 2 / 2 ** 7, 12);
});

test('nine pairs leave out the best and the worst, and still cover 95 percent', () => {
  const interval = medianInterval([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(interval).toMatchObject({ median: 5, low: 2, high: 8 });
  expect(interval.confidence).toBeCloseTo(1 - 2 * (10 / 2 ** 9), 12);
});

test('three pairs do not claim 95 percent', () => {
  expect(medianInterval([1, 2, 3]).confidence).toBeCloseTo(0.75, 12);
});
