// Draws have the distribution that their name says, and are the same in every run.
import { expect, test } from 'vitest';
import { createDraw, type Draw } from './key-draw.ts';

const DRAWS = 100_000;

function counts(draw: Draw, keys: number): number[] {
  const next = createDraw(draw, keys, 7);
  const seen = new Array<number>(keys).fill(0);
  for (let one = 0; one < DRAWS; one += 1) {
    const key = next();
    seen[key] = (seen[key] ?? Number.NaN) + 1;
  }
  return seen;
}

test('uniform draws reach every key about as often', () => {
  const seen = counts('uniform', 100);
  expect(Math.min(...seen)).toBeGreaterThan(850);
  expect(Math.max(...seen)).toBeLessThan(1_150);
});

test('Zipf draws take the first key twice as often as the second and ten times as often as the tenth', () => {
  const seen = counts('zipf', 100);
  const [first = 0, second = 0] = seen;
  expect(first / second).toBeCloseTo(2, 0);
  expect(first / (seen[9] ?? 0)).toBeGreaterThan(9);
  expect(first / (seen[9] ?? 0)).toBeLessThan(11);
});

test('the same seed draws the same keys', () => {
  const draws = [createDraw('zipf', 1_000, 5), createDraw('zipf', 1_000, 5)].map((next) =>
    Array.from({ length: 50 }, next),
  );
  expect(draws[0]).toEqual(draws[1]);
});
