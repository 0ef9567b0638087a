// How figures follow from samples: the right way round, and against the right goal.
import { expect, test } from 'vitest';
import type { GroupResult, Sample } from '../run/contestant.ts';
import type { RatioFigure } from '../run/figures.ts';
import { figureResult, verdictOf } from './results.ts';

function sample(over: Partial<Sample>): Sample {
  return {
    decisionsPerSecond: 1,
    decisionsPerCpuSecond: 1,
    callsPerSecond: 1,
    calls: 1,
    decisions: 1,
    seconds: 1,
    cpuSeconds: 1,
    deferredCpuSeconds: 0,
    driverCpuSeconds: 0,
    latencyMs: { p50: 1, p99: 1, p999: 1, max: 1 },
    peakBytes: 0,
    ...over,
  };
}

const latency = (p50: number) => sample({ latencyMs: { p50, p99: 9, p999: 9, max: 9 } });

function figure(measure: RatioFigure['measure']): RatioFigure {
  return { kind: 'ratio', id: 'f', title: 'f', goals: null, group: 'g', above: 'a', below: 'b', measure };
}

function measured(rounds: GroupResult['rounds']) {
  return { groups: [{ id: 'g', title: 'g', rounds }], startsMs: new Map() };
}

test('a ratio is taken within each round, and its median counts', () => {
  const rounds = [
    [10, 5],
    [100, 100],
    [9, 3],
  ].map(([a = 0, b = 0]) => ({
    samples: { a: sample({ decisionsPerSecond: a }), b: sample({ decisionsPerSecond: b }) },
    fsyncMs: 1,
  }));
  const result = figureResult(figure('rate'), measured(rounds));
  expect(result?.values).toEqual([2, 1, 3]);
  expect(result?.value.median).toBe(2);
});

test('the fsync of the same round is added to the peer, which does not sync', () => {
  const rounds = [{ samples: { a: latency(3), b: latency(1) }, fsyncMs: 0.5 }];
  expect(figureResult(figure('p50'), measured(rounds))?.value.median).toBe(3);
  expect(figureResult(figure('p50 and fsync'), measured(rounds))?.value.median).toBe(2);
});

test('memory is the most that any run of its groups saw', () => {
  const rounds = [100e6, 90e6].map((peakBytes) => ({
    samples: { postern: sample({ peakBytes }) },
    fsyncMs: 1,
  }));
  const memory = {
    kind: 'memory',
    id: 'm',
    title: 'm',
    goals: null,
    server: 'postern',
    groups: ['g'],
  } as const;
  expect(figureResult(memory, measured(rounds))?.value.median).toBe(100);
});

test('a figure that nothing was measured for is no figure', () => {
  expect(() => figureResult(figure('rate'), measured([]))).toThrow('nothing was measured for f');
});

test('a goal is met from its own side', () => {
  const rate = { better: 'higher', reach: 0.75, goFor: 0.9 } as const;
  const memory = { better: 'lower', reach: 150, goFor: 120 } as const;
  expect([0.74, 0.75, 0.9].map((value) => verdictOf(value, rate))).toEqual(['missed', 'reached', 'went for']);
  expect([151, 150, 120].map((value) => verdictOf(value, memory))).toEqual(['missed', 'reached', 'went for']);
  expect(verdictOf(Number.NaN, rate)).toBe('missed');
});
