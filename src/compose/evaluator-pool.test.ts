// A seat is filled again whatever became of its thread, for as long as it takes, and never in a hurry.
import { MessageChannel } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { REFUSING, UNREADY } from '../../test/support/frail-evaluator.ts';
import type { LogFacts } from '../ops/log.ts';
import { ControlBlock } from '../pdp/control-block.ts';
import { EvaluatorPool } from './evaluator-pool.ts';
import { restartDelayMs } from './restart-delay.ts';

const PATIENCE = { timeout: 15_000, interval: 5 };

/** A pool of threads that fail as they are told. */
function frailPool(count = 1) {
  const orders = new Uint8Array(new SharedArrayBuffer(2));
  const lines: { event: string; facts: LogFacts }[] = [];
  const lost: string[] = [];
  const settled: number[] = [];
  const pool = new EvaluatorPool({
    entry: new URL('../../test/support/frail-evaluator.ts', import.meta.url),
    count,
    options: {} as never,
    control: ControlBlock.create(count),
    tcp: null,
    socketPath: null,
    memoryMbMax: 64,
    pepper: orders,
    connectLedger: () => new MessageChannel().port1,
    startingPolicies: () => [],
    onCounts: () => undefined,
    onLog: (_level, event, facts) => void lines.push({ event, facts }),
    settle: async (evaluator) => void settled.push(evaluator),
    onLost: (evaluator, why) => void lost.push(`${evaluator} ${why}`),
  });
  onTestFinished(() => pool.stop(100));
  const states = () => pool.seats().map(({ state }) => state);
  const failedRestarts = () =>
    lines.filter(({ event }) => event === 'evaluator_restart_failed').map(({ facts }) => facts);
  /** One falls over and all of its seat's troubles are over. */
  const untilServing = () => expect.poll(states, PATIENCE).toEqual(Array(count).fill('serving'));
  return { pool, orders, lines, lost, settled, states, failedRestarts, untilServing };
}

test('an evaluator that ends by itself is followed by another', async () => {
  const { pool, lines, lost, states, untilServing } = frailPool();
  await pool.start();
  await pool.listen();
  for (const time of [1, 2]) {
    pool.setServing(true);
    await expect.poll(() => lost.length, PATIENCE).toBe(time);
    expect(states()).toEqual(['restarting']);
    await untilServing();
  }
  expect(lost).toEqual(['0 exit', '0 exit']);
  expect(lines[0]).toEqual({ event: 'evaluator_error', facts: { evaluator: 0, problem: 'fell over' } });
  expect(pool.seats()).toEqual([{ number: 0, state: 'serving', kills: 0 }]);
});

test('threads that cannot start are tried again, later each time, until one serves', async () => {
  const { pool, orders, lost, failedRestarts, untilServing } = frailPool();
  await pool.start();
  await pool.listen();
  orders[UNREADY] = 2;
  orders[REFUSING] = 2;
  pool.setServing(true);
  await expect.poll(() => failedRestarts().length, PATIENCE).toBe(4);
  await untilServing();
  // The first start after an accident is at once and counts; from then on each failure waits longer.
  expect(failedRestarts()).toEqual(
    ['the evaluator ended with code 9', 'the evaluator ended with code 9', 'the port', 'the port'].map(
      (problem, place) => ({
        evaluator: 0,
        problem: expect.stringContaining(problem),
        attempt: place + 2,
        retry_after_ms: 100 * 2 ** place,
      }),
    ),
  );
  expect(lost).toEqual(['0 exit']);
});

test('what the watchdog ends is filled at once, and the same when the next thread does not start', async () => {
  const { pool, orders, failedRestarts, lost, untilServing } = frailPool(2);
  await pool.start();
  await pool.listen();
  orders[UNREADY] = 1;
  await pool.replace(1, () => void lost.push('settled'));
  expect(lost).toEqual(['settled', '1 watchdog']);
  expect(failedRestarts()).toMatchObject([{ evaluator: 1, retry_after_ms: 0 }]);
  await untilServing();
  expect(pool.seats().map(({ kills }) => kills)).toEqual([0, 1]);
});

test('what fails after the watchdog ended a thread is told, and its seat is filled all the same', async () => {
  const { pool, lines, untilServing } = frailPool();
  await pool.start();
  await pool.listen();
  await pool.replace(0, () => {
    throw new Error('cannot be read');
  });
  expect(lines).toEqual([
    { event: 'evaluator_end_failed', facts: { evaluator: 0, problem: 'cannot be read' } },
  ]);
  await untilServing();
});

test('a start that fails is the caller’s to know, and is not repeated behind its back', async () => {
  const { pool, orders, failedRestarts, lost } = frailPool();
  orders[UNREADY] = 2;
  await expect(pool.start()).rejects.toThrow('ended with code 9');
  expect(orders[UNREADY]).toBe(1);
  expect([...failedRestarts(), ...lost]).toEqual([]);
});

test('a pool that stops starts nobody any more', async () => {
  const { pool, orders, failedRestarts } = frailPool();
  await pool.start();
  await pool.listen();
  orders[UNREADY] = 3;
  pool.setServing(true);
  await expect.poll(() => failedRestarts().length, PATIENCE).toBe(2);
  await pool.stop(100);
  expect(orders[UNREADY]).toBe(1);
  expect(pool.seats()).toMatchObject([{ state: 'restarting' }]);
});

test('a pool that stops settles every seat, also one whose thread the watchdog is ending', async () => {
  const { pool, settled, lost } = frailPool(2);
  await pool.start();
  await pool.listen();
  const replaced = pool.replace(1, () => void lost.push('settled by the watchdog'));
  await pool.stop(100);
  expect([...settled].sort()).toEqual([0, 1]);
  await replaced;
  expect(lost).toEqual([]);
  expect(pool.seats()).toMatchObject([{}, { state: 'restarting', kills: 1 }]);
});

test('a candidate is refused for a thread that ended by itself, not for one that the watchdog ended', async () => {
  const { pool, untilServing } = frailPool();
  await pool.start();
  await pool.listen();
  const candidate = {} as never;
  const unblamed = pool.prepare(candidate);
  await pool.replace(0, () => undefined);
  expect(await unblamed).toEqual([]);
  await untilServing();
  const blamed = pool.prepare(candidate);
  pool.setServing(true);
  expect(await blamed).toMatchObject([{ message: expect.stringContaining('ended while it prepared') }]);
});

test('the delay grows from nothing to ten seconds and no further', () => {
  expect([0, 1, 2, 3, 7, 8, 1_000_000].map(restartDelayMs)).toEqual([
    0, 100, 200, 400, 6_400, 10_000, 10_000,
  ]);
});
