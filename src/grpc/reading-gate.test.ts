// How far ahead an evaluator reads: one connection at a time once too many calls wait, and each in its turn.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HOLD_MS_MAX, type Readable, ReadingGate, UNANSWERED_MAX } from './reading-gate.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setImmediate', 'setInterval', 'clearInterval'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const nothing = () => {};

/** A gate over so many connections, and a hand on how many calls are unanswered. */
function gateOver(count: number) {
  let unanswered = 0;
  const reading = new Set(Array.from({ length: count }, (_, number) => number));
  const opened: number[] = [];
  const connections = [...reading].map(
    (number): Readable => ({
      stopReading: () => {
        reading.delete(number);
        return true;
      },
      startReading: () => {
        reading.add(number);
        opened.push(number);
      },
    }),
  );
  const gate = new ReadingGate({ connections: () => connections, unanswered: () => unanswered });
  return {
    gate,
    reading,
    /** Connections in the order in which they were read again. */
    opened,
    wait: (calls: number) => {
      unanswered = calls;
    },
    /** Calls are answered one by one, until so many are left. */
    answerUntil: (left: number) => {
      while (unanswered > left) {
        unanswered -= 1;
        gate.answered();
      }
    },
    forget: (number: number) => {
      const connection = connections[number];
      if (connection !== undefined) gate.forget(connection);
    },
    /** One round of the event loop: the poll lets every connection that is read be read. */
    pollOnce: () => {
      vi.advanceTimersToNextTimer();
      vi.advanceTimersToNextTimer();
    },
  };
}

test('no connection is read during the work, and all are afterwards', () => {
  const { gate, reading } = gateOver(3);
  gate.without(() => expect(reading.size).toBe(0));
  expect(reading.size).toBe(3);
});

test('they are read again when the work fails', () => {
  const { gate, reading } = gateOver(3);
  const failing = () =>
    gate.without(() => {
      throw new Error('a mistake');
    });
  expect(failing).toThrow('a mistake');
  expect(reading.size).toBe(3);
});

test('with too many unanswered calls nothing is read until half of them are answered', () => {
  const { gate, reading, wait, answerUntil } = gateOver(3);
  gate.without(() => wait(UNANSWERED_MAX));
  expect(reading.size).toBe(0);
  answerUntil(UNANSWERED_MAX / 2 + 1);
  expect(reading.size).toBe(0);
  answerUntil(UNANSWERED_MAX / 2);
  expect(reading.size).toBe(1);
});

test('then the connections are read one after the other, as long as calls do not pile up again', () => {
  const { gate, opened, reading, wait, answerUntil, pollOnce } = gateOver(4);
  gate.without(() => wait(UNANSWERED_MAX));
  answerUntil(UNANSWERED_MAX / 2);
  pollOnce();
  expect(opened).toEqual([0, 1]);
  wait(UNANSWERED_MAX);
  pollOnce();
  expect(opened).toEqual([0, 1]);
  answerUntil(UNANSWERED_MAX / 2);
  pollOnce();
  pollOnce();
  expect(opened).toEqual([0, 1, 2, 3]);
  expect(reading.size).toBe(4);
});

test('a connection whose turn it is keeps it when checks are drafted before it was polled', () => {
  const { gate, opened, reading, wait, answerUntil, pollOnce } = gateOver(4);
  gate.without(() => wait(UNANSWERED_MAX));
  answerUntil(UNANSWERED_MAX / 2);
  gate.without(() => wait(UNANSWERED_MAX));
  expect([...reading]).toEqual([0]);
  pollOnce();
  gate.without(nothing);
  expect(reading.size).toBe(0);
  answerUntil(UNANSWERED_MAX / 2);
  // It goes behind those that were not read meanwhile.
  expect(opened.at(-1)).toBe(1);
});

test('it is not stopped by that: when all others have closed, nothing is held back any more', () => {
  const { gate, forget, wait, answerUntil } = gateOver(2);
  gate.without(() => wait(UNANSWERED_MAX));
  answerUntil(UNANSWERED_MAX / 2);
  gate.without(() => wait(UNANSWERED_MAX));
  forget(1);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersToNextTimer();
  vi.advanceTimersToNextTimer();
  expect(vi.getTimerCount()).toBe(0);
});

test('however many calls wait, the next connections are read after a while', () => {
  const { gate, opened, wait } = gateOver(32);
  gate.without(() => wait(UNANSWERED_MAX));
  vi.advanceTimersByTime(HOLD_MS_MAX - 1);
  expect(opened).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(opened).toEqual([0, 1]);
  vi.advanceTimersByTime(HOLD_MS_MAX);
  expect(opened).toEqual([0, 1, 2, 3]);
});

test('a hold ends with the last connection that was stopped', () => {
  const { gate, forget, wait } = gateOver(2);
  gate.without(() => wait(UNANSWERED_MAX));
  forget(0);
  expect(vi.getTimerCount()).toBe(1);
  forget(1);
  expect(vi.getTimerCount()).toBe(0);
});
