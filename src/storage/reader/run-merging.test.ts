// Merging keeps runs few for searches and within what offsets can name, however records arrive.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runsToMerge } from './run-merging.ts';
import { RUN_RECORDS_MAX } from './term-run.ts';

function appendAll(batches: readonly number[]): { lengths: number[]; rewritten: number } {
  const lengths: number[] = [];
  let rewritten = 0;
  for (const batch of batches) {
    lengths.push(batch);
    for (let count = runsToMerge(lengths); count > 0; count = runsToMerge(lengths)) {
      expect(count).toBeGreaterThan(1);
      const merged = lengths.splice(-count).reduce((sum, length) => sum + length, 0);
      rewritten += merged;
      lengths.push(merged);
    }
  }
  return { lengths, rewritten };
}

test('no run grows beyond what its offsets can name, and no record is lost by merging', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4_096 }), { maxLength: 200 }), (batches) => {
      const { lengths } = appendAll(batches);
      expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(RUN_RECORDS_MAX);
      const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
      expect(sum(lengths)).toBe(sum(batches));
    }),
  );
});

test('runs are never merged into one that is too long, whatever lengths they have', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 32_767 }), { maxLength: 40 });
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
  const times = (count: number, length: number): number[] => Array<number>(count).fill(length);
  fc.assert(
    fc.property(lengths, (all) => {
      const count = runsToMerge(all);
      expect(sum(count === 0 ? [] : all.slice(-count))).toBeLessThanOrEqual(RUN_RECORDS_MAX);
    }),
    // The longest that batches can lead to: 69,539 records.
    { examples: [[[32_760, ...times(7, 4_095), ...times(7, 511), ...times(7, 63), 4_096]]] },
  );
});

test.each([
  ['one record a batch', () => 1],
  ['large batches', () => 4_096],
  ['bursts between single records', (n: number) => (n % 10 === 0 ? 3_000 : 1)],
])('a search visits few runs after %s', (_, batch) => {
  const batches = Array.from({ length: 20_000 }, (_unused, n) => batch(n)).slice(0, 6_000);
  const records = batches.reduce((total, each) => total + each, 0);
  const { lengths, rewritten } = appendAll(batches);
  expect(lengths.length).toBeLessThan(60 + records / 20_000);
  expect(rewritten / records).toBeLessThan(6);
});
