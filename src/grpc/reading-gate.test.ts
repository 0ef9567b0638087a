// How much an evaluator reads at a time, and that each connection gets its turn.
import { expect, test } from 'vitest';
import { type Readable, ReadingGate } from './reading-gate.ts';

/** A connection with requests in the kernel; what is read of it waits to be drafted. */
class Caller implements Readable {
  isMidRequest = false;
  isRead = true;
  sent = 0;

  stopReading(): boolean {
    this.isRead = false;
    return true;
  }

  startReading(): void {
    this.isRead = true;
  }
}

const TURN_CALLS = 64;

/** An evaluator's event loop in small: polls, and in each turn drafts up to 64 calls. */
class Loop {
  readonly callers: Caller[];
  readonly gate: ReadingGate;
  /** Calls that were read and are not drafted. */
  waiting = 0;
  drafted = 0;

  constructor(callers: number, sent: number) {
    this.callers = Array.from({ length: callers }, () => new Caller());
    for (const caller of this.callers) caller.sent = sent;
    this.gate = new ReadingGate({ connections: () => this.callers, waiting: () => this.waiting });
  }

  get reading(): number {
    return this.callers.filter(({ isRead }) => isRead).length;
  }

  /** Reads all that was sent on connections that are read; returns how many calls wait then. */
  poll(): number {
    for (const caller of this.callers) {
      if (!caller.isRead) continue;
      this.waiting += caller.sent;
      caller.sent = 0;
    }
    return this.waiting;
  }

  /** The immediates that follow a poll: those that the gate ordered, then a turn of drafting if one is due. */
  async check(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.waiting === 0) return;
    this.gate.turn(() => {
      const calls = Math.min(this.waiting, TURN_CALLS);
      this.waiting -= calls;
      this.drafted += calls;
    });
  }

  /** Rounds of the loop until everything is drafted and every connection is read; the most that ever waited. */
  async settle(roundsMax: number): Promise<number> {
    let most = 0;
    for (let round = 0; round < roundsMax; round += 1) {
      most = Math.max(most, this.poll());
      await this.check();
      if (this.waiting === 0 && this.reading === this.callers.length) return most;
    }
    throw new Error(
      `${this.reading} of ${this.callers.length} connections are read, ${this.waiting} calls wait`,
    );
  }
}

test('once a turn has stopped it, no connection is read until its end, and all are afterwards, also when it fails', () => {
  const loop = new Loop(3, 0);
  loop.gate.turn(() => {
    expect(loop.reading).toBe(3);
    loop.gate.stop();
    expect(loop.reading).toBe(0);
    loop.gate.stop();
  });
  expect(loop.reading).toBe(3);
  const failing = () =>
    loop.gate.turn(() => {
      loop.gate.stop();
      throw new Error('a mistake');
    });
  expect(failing).toThrow('a mistake');
  expect(loop.reading).toBe(3);
  expect(() => loop.gate.stop()).toThrow(/outside of a turn/);
});

test('as long as calls wait to be drafted, nothing more is read', async () => {
  const loop = new Loop(8, 40);
  loop.poll();
  for (let turn = 0; turn < 4; turn += 1) {
    await loop.check();
    expect(loop.reading).toBe(0);
  }
  expect(loop.waiting).toBe(64);
  await loop.check();
  expect(loop.reading).toBe(1);
});

test('what waits in the kernel comes in a few connections at a time, until all are read', async () => {
  const loop = new Loop(16, 10);
  loop.poll();
  await loop.check();
  for (const caller of loop.callers) caller.sent = 60;
  // What is left of the first poll, and after that one connection's.
  expect(await loop.settle(30)).toBe(160 - TURN_CALLS);
  expect(loop.drafted).toBe(160 + 16 * 60);
});

test('every connection of a service that is always asked too much gets its turn', async () => {
  const loop = new Loop(48, 30);
  const read = new Map<Caller, number>();
  for (let round = 0; round < 2_000; round += 1) {
    for (const caller of loop.callers) {
      if (!caller.isRead) continue;
      read.set(caller, (read.get(caller) ?? 0) + 1);
      caller.sent = 30;
    }
    loop.poll();
    await loop.check();
  }
  const turns = [...read.values()];
  expect(turns).toHaveLength(48);
  expect(Math.max(...turns)).toBeLessThanOrEqual(2 * Math.min(...turns));
});

test('of connections that ask little, more are read at a time', async () => {
  const loop = new Loop(256, 1);
  loop.poll();
  await loop.check();
  for (const caller of loop.callers) caller.sent = 1;
  await loop.settle(16);
  expect(loop.drafted).toBe(512);
});

test('of connections that ask much, fewer are read at a time', async () => {
  const loop = new Loop(64, 2);
  loop.poll();
  await loop.check();
  for (const caller of loop.callers) caller.sent = 60;
  const waited: number[] = [];
  while (loop.drafted < 64 * 62) {
    waited.push(loop.poll());
    await loop.check();
  }
  // The first step reads four connections.
  expect(Math.max(...waited)).toBe(240);
  expect(Math.max(...waited.slice(10))).toBe(60);
});

test('connections that say nothing are passed by quickly', async () => {
  const loop = new Loop(1_000, 1);
  loop.poll();
  loop.waiting = 65;
  expect(await loop.settle(12)).toBe(65);
});

test('a connection on which a request is half read goes on, whatever waits', () => {
  const loop = new Loop(4, 40);
  const [half] = loop.callers;
  if (half === undefined) throw new Error('no caller');
  half.isMidRequest = true;
  loop.poll();
  loop.gate.turn(() => {
    loop.waiting -= 64;
  });
  expect(loop.reading).toBe(1);
  expect(half.isRead).toBe(true);
});

test('a connection whose requests are always half read does not keep the others from being read', async () => {
  const loop = new Loop(33, 10);
  const [greedy, ...others] = loop.callers;
  if (greedy === undefined) throw new Error('no caller');
  greedy.isMidRequest = true;
  loop.poll();
  await loop.check();
  for (const other of others) other.sent = 1;
  for (let round = 0; round < 200; round += 1) {
    greedy.sent = 200;
    loop.poll();
    await loop.check();
  }
  expect(others.filter(({ sent }) => sent > 0)).toEqual([]);
});

test('a connection that closes while it is held back does not hold back others', async () => {
  const loop = new Loop(2, 40);
  loop.poll();
  await loop.check();
  expect(loop.reading).toBe(0);
  loop.callers.splice(0, 1);
  await loop.settle(3);
});
