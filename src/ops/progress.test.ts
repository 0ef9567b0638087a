// Liveness is progress of the threads, nothing else.
import { expect, test } from 'vitest';
import { Progress } from './progress.ts';

const SECOND_US = 1_000_000;

test('a thread that turns its loop is never stalled, one that stopped is, until it moves again', () => {
  const progress = new Progress(5_000);
  const look = (ledger: number, evaluator: number, seconds: number) =>
    progress.stalled(
      [
        { thread: 'ledger', beats: ledger },
        { thread: 'evaluator 0', beats: evaluator },
      ],
      seconds * SECOND_US,
    );
  expect(look(1, 1, 100)).toEqual([]);
  expect(look(2, 1, 105)).toEqual([]);
  expect(look(3, 1, 106)).toEqual(['evaluator 0']);
  expect(look(3, 2, 107)).toEqual([]);
  expect(look(3, 2, 113)).toEqual(['ledger', 'evaluator 0']);
});

test('nobody looking for long is not a stall', () => {
  const progress = new Progress(5_000);
  expect(progress.stalled([{ thread: 'ledger', beats: 1 }], 0)).toEqual([]);
  expect(progress.stalled([{ thread: 'ledger', beats: 90 }], 9_000 * SECOND_US)).toEqual([]);
});
