// Laws of counting, over random definitions and sequences of calls with time that stands still, creeps
// or leaps: a window never admits more than burst + rate·t, retry_after is exact to the microsecond, and
// what is denied charges nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chargeSet } from '../../src/core/charge-set.ts';
import { chargeLimit, emissionIntervalUs } from '../../src/core/gcra.ts';
import type { LimitCharge } from '../../src/core/limit.ts';
import { rateProblem } from '../../src/core/limit-bounds.ts';
import { namedCharges, namedTerms } from '../../src/core/limit-charges.ts';
import { campaignRuns } from '../support/campaign.ts';

const START_US = 1_893_456_000_000_000;

const definition = fc
  .record({
    count: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1_000_000_000 })),
    periodMs: fc.oneof(fc.constantFrom(1, 1_000, 60_000, 3_600_000), fc.integer({ min: 1, max: 86_400_000 })),
    burst: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 1_000_000 })),
  })
  .filter((each) => rateProblem(each) === null)
  .map((each) => ({ ...each, intervalUs: emissionIntervalUs(each) }));

/** Steps between calls, as parts of the emission interval, and how much of the burst each call costs. */
const calls = fc.array(
  fc.record({
    stepPart: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3, noNaN: true }), fc.nat(50)),
    costPart: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
  }),
  { minLength: 1, maxLength: 60 },
);

type Definition = typeof definition extends fc.Arbitrary<infer Value> ? Value : never;
type Calls = typeof calls extends fc.Arbitrary<infer Value> ? Value : never;

interface Admitted {
  readonly atUs: number;
  readonly cost: number;
}

function replay(limit: Definition, list: Calls): readonly Admitted[] {
  const admitted: Admitted[] = [];
  let tatUs = 0;
  let nowUs = START_US;
  for (const { stepPart, costPart } of list) {
    nowUs += Math.floor(stepPart * limit.intervalUs);
    const cost = 1 + Math.floor(costPart * (limit.burst - 1));
    const result = charge(limit, tatUs, nowUs, cost);
    if (result.state === 'impossible') throw new Error('the cost is within the burst');
    if (result.state === 'admitted') admitted.push({ atUs: nowUs, cost });
    else expect(result.tatUs).toBe(tatUs);
    tatUs = result.tatUs;
  }
  return admitted;
}

function charge(limit: Definition, tatUs: number, nowUs: number, cost: number) {
  return chargeLimit({ emissionIntervalUs: limit.intervalUs, burst: limit.burst, cost }, tatUs, nowUs);
}

test('any window of length t admits at most burst + rate·t', () => {
  fc.assert(
    fc.property(definition, calls, (limit, list) => {
      const admitted = replay(limit, list);
      admitted.forEach((first, from) => {
        let cells = 0;
        for (const { atUs, cost } of admitted.slice(from)) {
          cells += cost;
          // The promised rate, not the rounded interval; in exact arithmetic.
          const promised =
            BigInt(limit.burst) * BigInt(limit.periodMs) * 1_000n +
            BigInt(limit.count) * BigInt(atUs - first.atUs);
          expect(BigInt(cells) * BigInt(limit.periodMs) * 1_000n <= promised).toBe(true);
        }
      });
    }),
    campaignRuns(3_000),
  );
});

test('a counter that is left alone for its reset time is full again, and not a microsecond before', () => {
  fc.assert(
    fc.property(definition, calls, (limit, list) => {
      let tatUs = 0;
      let nowUs = START_US;
      for (const { stepPart } of list) {
        nowUs += Math.floor(stepPart * limit.intervalUs);
        const result = charge(limit, tatUs, nowUs, 1);
        if (result.state === 'impossible') throw new Error('1 is within every burst');
        tatUs = result.tatUs;
        const atReset = nowUs + result.resetAfterUs;
        expect(charge(limit, tatUs, atReset, limit.burst).state).toBe('admitted');
        expect(charge(limit, tatUs, atReset - 1, limit.burst).state).toBe('denied');
        const later = charge(limit, tatUs, nowUs, Math.max(1, result.remaining));
        expect(later.state).toBe(result.remaining === 0 ? 'denied' : 'admitted');
      }
    }),
    campaignRuns(3_000),
  );
});

test('retry_after is exact: refused a microsecond before it, admitted at it', () => {
  let denials = 0;
  fc.assert(
    fc.property(
      definition,
      fc.nat(2_000_000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (limit, ahead, part) => {
        const cost = 1 + Math.floor(part * (limit.burst - 1));
        const tatUs = START_US + ((ahead * 7_919) % (limit.burst * limit.intervalUs + 1));
        const result = charge(limit, tatUs, START_US, cost);
        if (result.state !== 'denied') return;
        denials += 1;
        const atUs = START_US + result.retryAfterUs;
        expect(result.retryAfterUs).toBeGreaterThan(0);
        expect(charge(limit, result.tatUs, atUs - 1, cost).state).toBe('denied');
        expect(charge(limit, result.tatUs, atUs, cost).state).toBe('admitted');
      },
    ),
    campaignRuns(20_000),
  );
  expect(denials).toBeGreaterThan(1_000);
});

test('a set that is refused charges none of its counters; one that is admitted charges each by its cost', () => {
  const member = fc.record({ limit: definition, ahead: fc.double({ min: 0, max: 1.2, noNaN: true }) });
  fc.assert(
    fc.property(fc.array(member, { minLength: 1, maxLength: 6 }), fc.nat(3), (members, bases) => {
      const charges: LimitCharge[] = members.map(({ limit }, place) => ({
        terms: {
          name: `l${place}`,
          subject: 'key',
          emissionIntervalUs: limit.intervalUs,
          burst: limit.burst,
          cost: 1 + ((place * 3) % limit.burst),
          base: place < bases,
        },
        counterId: `l${place}`,
      }));
      const before = members.map(({ limit, ahead }) =>
        Math.min(
          START_US + Math.floor(ahead * limit.burst * limit.intervalUs),
          START_US + limit.burst * limit.intervalUs,
        ),
      );
      const set = chargeSet(charges, START_US, (each) => before[Number(each.counterId.slice(1))] ?? 0);
      const alone = charges.map(({ terms }, place) => chargeLimit(terms, before[place] ?? 0, START_US));
      const refused = alone.map((each) => each.state !== 'admitted');
      expect(set.refusedBy === 'none').toBe(!refused.includes(true));
      if (set.refusedBy === 'none') {
        expect(set.tatsUs).toEqual(
          charges.map(({ terms }, place) => (before[place] ?? 0) + terms.cost * terms.emissionIntervalUs),
        );
      } else {
        expect(set.tatsUs).toEqual(before);
        expect(set.verdicts.map((verdict) => verdict.refused)).toEqual(refused);
        const isBase = charges.some(({ terms }, place) => terms.base && refused[place] === true);
        expect(set.refusedBy).toBe(isBase ? 'base' : 'named');
      }
    }),
    campaignRuns(5_000),
  );
});

test('a changed definition never makes a caller wait longer than one new burst', () => {
  fc.assert(
    fc.property(definition, definition, calls, (old, changed, list) => {
      let tatUs = 0;
      for (const _ of list) tatUs = Math.max(tatUs, Number(Object(charge(old, tatUs, START_US, 1)).tatUs));
      const result = charge(changed, tatUs, START_US, changed.burst);
      const waitUs = result.state === 'denied' ? result.retryAfterUs : 0;
      expect(waitUs).toBeLessThanOrEqual(changed.burst * changed.intervalUs);
    }),
    campaignRuns(3_000),
  );
});

test('companies whose plans define a limit of their address differently are each admitted as if alone', () => {
  const subjects = { keyId: 'key_1', companyId: 'cmp_1', operation: 'a.b', sourceBucket: '192.0.2.1' };
  const small = definition.filter(({ burst }) => burst <= 100);
  const turns = fc.array(
    fc.record({
      first: fc.boolean(),
      stepPart: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 2, noNaN: true })),
    }),
    { minLength: 1, maxLength: 100 },
  );
  fc.assert(
    fc.property(small, small, turns, (one, other, list) => {
      fc.pre(one.intervalUs !== other.intervalUs || one.burst !== other.burst);
      const counters = new Map<string, number>();
      const alone = new Map<Definition, number>();
      let nowUs = START_US;
      for (const { first, stepPart } of list) {
        nowUs += Math.floor(stepPart * Math.min(one.intervalUs, other.intervalUs));
        const limit = first ? one : other;
        const terms = namedTerms({ name: 'writes', subject: 'source', ...limit }, 1);
        const charges = namedCharges([terms], subjects);
        const set = chargeSet(charges, nowUs, ({ counterId }) => counters.get(counterId) ?? 0);
        charges.forEach(({ counterId }, place) => {
          counters.set(counterId, set.tatsUs[place] ?? 0);
        });
        const single = charge(limit, alone.get(limit) ?? 0, nowUs, 1);
        expect(set.refusedBy === 'none').toBe(single.state === 'admitted');
        if (single.state !== 'impossible') alone.set(limit, single.tatUs);
      }
    }),
    campaignRuns(3_000),
  );
});
