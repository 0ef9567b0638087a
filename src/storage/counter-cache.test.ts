// The caches of what counts may forget, but never tell an old state, nor that of another counter or key.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { campaignRuns } from '../../test/support/campaign.ts';
import { CounterCache } from './counter-cache.ts';
import { KeyUseCache } from './key-use-cache.ts';

const PLACES = 16;
const step = fc.record({
  kind: fc.constantFrom('set' as const, 'get' as const),
  number: fc.integer({ min: 1, max: 60 }),
});
const steps = fc.array(step, { maxLength: 300 });

test('whatever happens, a counter that is found is as it was set last', () => {
  const law = fc.property(steps, (taken) => {
    const cache = new CounterCache(PLACES);
    const latest = new Map<number, number>();
    for (const [time, { kind, number }] of taken.entries()) {
      const counterId = `b|company|per_company|cmp_${number}`;
      if (kind === 'get') {
        const tatUs = cache.get(counterId);
        if (tatUs !== undefined) expect(tatUs).toBe(latest.get(number));
        continue;
      }
      cache.set(counterId, 1_767_225_600_000_000 + time);
      latest.set(number, 1_767_225_600_000_000 + time);
      expect(cache.get(counterId)).toBe(latest.get(number));
    }
  });
  fc.assert(law, campaignRuns(100));
});

test("whatever happens, a key's use that is found is as it was set last", () => {
  const law = fc.property(steps, (taken) => {
    const cache = new KeyUseCache(PLACES);
    const latest = new Map<number, { tatUs: number; lastUsedUs: number }>();
    for (const [time, { kind, number }] of taken.entries()) {
      if (kind === 'get') {
        const use = cache.get(number);
        if (use !== undefined) expect(use).toEqual(latest.get(number));
        continue;
      }
      const use = { tatUs: 1_767_225_600_000_000 + time, lastUsedUs: time };
      cache.set(number, use);
      latest.set(number, use);
      expect(cache.get(number)).toEqual(use);
    }
  });
  fc.assert(law, campaignRuns(100));
});

test('two counters whose ids have one hash are not mixed up', () => {
  const cache = new CounterCache(PLACES);
  cache.set('costarring', 1);
  expect(cache.get('liquid')).toBeUndefined();
  cache.set('liquid', 2);
  expect([cache.get('costarring'), cache.get('liquid')]).toEqual([1, 2]);
});

test('as many counters as half of the places are nearly all kept', () => {
  const cache = new CounterCache(4_096);
  const ids = Array.from({ length: 2_048 }, (_, number) => `b|company|per_company|cmp_bench_${number * 7}`);
  for (const id of ids) cache.set(id, 1);
  expect(ids.filter((id) => cache.get(id) === 1).length).toBeGreaterThan(1_900);
});

test('neighbouring keys are all kept, up to the places there are', () => {
  const cache = new KeyUseCache(PLACES);
  for (let keySeq = 1; keySeq <= PLACES; keySeq += 1) cache.set(keySeq, { tatUs: keySeq, lastUsedUs: 0 });
  for (let keySeq = 1; keySeq <= PLACES; keySeq += 1) expect(cache.get(keySeq)?.tatUs).toBe(keySeq);
});
