// When an evaluation is believed to be over its time: by what its thread computed, not by what passed.
import { expect, test } from 'vitest';
import { ControlBlock } from '../pdp/control-block.ts';
import { watchSlots } from './watchdog.ts';

const LIMIT_MS = 50;
const STARTED_US = 1_000_000;

/** A slot in which an evaluation began at STARTED_US, on a thread that had computed for a second by then. */
function watched(threadTime: (elapsedMs: number) => number | null) {
  const control = ControlBlock.create(1);
  control.enterEvaluation(0, 1, STARTED_US);
  const overruns: number[] = [];
  let elapsedMs = 0;
  const look = watchSlots({
    control,
    evaluationMsMax: LIMIT_MS,
    monoUs: () => STARTED_US + elapsedMs * 1_000,
    threadTimeUs: () => threadTime(elapsedMs),
    onOverrun: (evaluator) => overruns.push(evaluator),
  });
  /** Looks at each of these times after the start, in milliseconds. Returns the overruns so far. */
  const lookAt = (...timesMs: readonly number[]) => {
    for (const timeMs of timesMs) {
      elapsedMs = timeMs;
      look();
    }
    return overruns.length;
  };
  return { control, lookAt };
}

test('an evaluation that computes beyond the limit is told once, at the first look after it', () => {
  const { lookAt } = watched((elapsedMs) => 1_000_000 + elapsedMs * 1_000);
  expect(lookAt(10, 22, 34, 46)).toBe(0);
  expect(lookAt(58)).toBe(1);
  expect(lookAt(70, 82, 5_000)).toBe(1);
});

test('an evaluation whose thread gets no processor is not told, and is once it has computed', () => {
  const computedMs = (elapsedMs: number) => (elapsedMs < 900 ? 1 : elapsedMs - 899);
  const { lookAt } = watched((elapsedMs) => 1_000_000 + computedMs(elapsedMs) * 1_000);
  expect(lookAt(10, 60, 200, 899)).toBe(0);
  expect(lookAt(930)).toBe(1);
});

test('a thread that hardly ever gets a processor is given up in the end', () => {
  const { lookAt } = watched(() => 1_000_000);
  expect(lookAt(10, 60, LIMIT_MS * 40)).toBe(0);
  expect(lookAt(LIMIT_MS * 40 + 1)).toBe(1);
});

test('where the time of a thread cannot be told, two looks beyond the limit must see the same evaluation', () => {
  const { lookAt } = watched(() => null);
  // The first look after a pause of the whole process is not believed.
  expect(lookAt(10, 5_000)).toBe(0);
  expect(lookAt(5_012)).toBe(1);
});

test('evaluations that come one after the other never add up', () => {
  const { control, lookAt } = watched((elapsedMs) => 1_000_000 + elapsedMs * 1_000);
  expect(lookAt(10, 40)).toBe(0);
  control.leaveEvaluation(0);
  control.enterEvaluation(0, 1, STARTED_US + 41_000);
  expect(lookAt(52, 64, 76, 90)).toBe(0);
  expect(lookAt(92)).toBe(1);
});
