// The cache may forget, but it never tells an old value, and never holds more than its bound.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { campaignRuns } from '../../test/support/campaign.ts';
import { GenerationCache } from './generation-cache.ts';

const key = fc.nat({ max: 12 });
const action = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key }),
  fc.record({ kind: fc.constant('get' as const), key }),
  fc.record({ kind: fc.constant('delete' as const), key }),
);

test('whatever happens, a hit is the value that was set last', () => {
  const law = fc.property(
    fc.array(action, { maxLength: 60 }),
    fc.integer({ min: 1, max: 10 }),
    (steps, max) => {
      const cache = new GenerationCache<number, number>(max);
      const latest = new Map<number, number>();
      for (const [value, step] of steps.entries()) {
        if (step.kind === 'set') {
          cache.set(step.key, value);
          latest.set(step.key, value);
        } else if (step.kind === 'delete') {
          cache.delete(step.key);
          latest.delete(step.key);
        } else {
          const hit = cache.get(step.key);
          if (hit !== undefined) expect(hit).toBe(latest.get(step.key));
        }
      }
    },
  );
  fc.assert(law, campaignRuns(500));
});

test('what is used stays while others come and go, and others do not stay', () => {
  const cache = new GenerationCache<number, string>(100);
  cache.set(0, 'used');
  for (let other = 1; other <= 10_000; other++) {
    cache.set(other, 'other');
    expect(cache.get(0)).toBe('used');
  }
  const held = Array.from({ length: 10_000 }, (_, at) => cache.get(at + 1)).filter((value) => value);
  expect(held.length).toBeLessThanOrEqual(100);
  expect(held.length).toBeGreaterThan(0);
});
