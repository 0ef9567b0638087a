// The ledger as its clients see it, over real ports and a real database. Loop and clients share this
// test's thread: what is tested is their protocol.
import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import {
  call,
  createKeyCommand,
  item,
  keyTerms,
  LedgerWorld,
  newDecisionId,
  report,
  seed,
} from '../../test/support/ledger-world.ts';
import { readLog } from '../../test/support/read-log.ts';
import { temporaryDirectory } from '../../test/support/temporary-directory.ts';
import type { SettleCall, SettleResult } from '../pdp/settle-port.ts';
import { LedgerClient } from './ledger-client.ts';
import { LedgerThread } from './ledger-thread.ts';
import { encodeCall } from './settle-codec.ts';

const OWNER = { identity: 'owner', listener: 'admin_unix' } as const;

interface Started {
  readonly world: LedgerWorld;
  readonly client: LedgerClient;
  /** Sizes of the groups that were settled. */
  readonly groups: number[];
  readonly stopped: () => boolean;
}

function start(limits: { groupMax?: number; ledgerQueueMax?: number; queueMax?: number } = {}): Started {
  const world = new LedgerWorld(temporaryDirectory());
  const ledger = world.open();
  seed(ledger);
  const groups: number[] = [];
  const settle = ledger.settle.bind(ledger);
  ledger.settle = (requests) => {
    groups.push(requests.length);
    return settle(requests);
  };
  let isStopped = false;
  const thread = new LedgerThread({
    ledger,
    control: world.control,
    groupMax: limits.groupMax ?? 512,
    queueMax: limits.ledgerQueueMax ?? 10_000,
    monoUs: () => world.monoUs,
    onStopped: () => {
      isStopped = true;
    },
  });
  const { port1, port2 } = new MessageChannel();
  thread.addPort(port2);
  const client = new LedgerClient({
    port: port1,
    queueMax: limits.queueMax ?? 1_000,
    itemsMax: limits.groupMax ?? 512,
  });
  onTestFinished(async () => {
    if (!isStopped) await client.stop();
  });
  return { world, client, groups, stopped: () => isStopped };
}

const calls = (count: number, over: Partial<SettleCall> = {}) =>
  Array.from({ length: count }, () => call({ base: [], ...over }));

/** Each call in a turn of its own, so that none shares a message for having come together. */
async function inTurns(client: LedgerClient, calls: readonly SettleCall[]): Promise<readonly SettleResult[]> {
  const results: Promise<SettleResult>[] = [];
  for (const each of calls) {
    results.push(client.settle(each));
    await null;
  }
  return Promise.all(results);
}

test('calls are settled in the order they were given', async () => {
  const { client } = start();
  const results = await Promise.all(calls(50).map((each) => client.settle(each)));
  const indexes = results.map((result) => (result.state === 'settled' ? result.items[0]?.index : null));
  expect(indexes).toEqual(Array.from({ length: 50 }, (_, place) => 3 + place));
});

test('what one turn asks for goes in one message', async () => {
  const { client, groups } = start();
  await Promise.all(calls(50).map((each) => client.settle(each)));
  expect(groups).toEqual([50]);
});

test('what waits while two messages are under way goes together', async () => {
  const { client, groups } = start();
  await inTurns(client, calls(50));
  expect(groups).toEqual([2, 48]);
});

test('a message holds at most a group, and a large batch goes whole', async () => {
  const { client, groups } = start({ groupMax: 10 });
  const batch = call({ base: [], items: Array.from({ length: 30 }, () => item()) });
  const results = await Promise.all([...calls(25), batch].map((each) => client.settle(each)));
  expect(results.every((result) => result.state === 'settled')).toBe(true);
  expect(groups.reduce((sum, size) => sum + size, 0)).toBe(26);
  expect(Math.max(...groups)).toBeLessThanOrEqual(10);
});

test('a leaf that came back stays what it is while later groups are settled', async () => {
  const { client, world } = start({ groupMax: 4 });
  const results = await inTurns(client, calls(12));
  const leaves = results.map((result) =>
    result.state === 'settled' ? String(Buffer.from(result.items[0]?.leaf ?? [])) : '',
  );
  expect(leaves).toEqual(
    readLog(world.dataDirectory)
      .slice(3)
      .map(({ leaf }) => leaf),
  );
});

test('verdicts, windows and refusals come back whole', async () => {
  const { client } = start();
  const results = await Promise.all(
    Array.from({ length: 6 }, () => client.settle(call({ base: [keyTerms(1)] }))),
  );
  expect(results[1]).toMatchObject({
    items: [
      {
        reason: 'base_limit_exceeded',
        verdicts: [{ name: 'key_second', limit: 1, retryAfterUs: 1_000_000 }],
      },
    ],
  });
  expect(results[5]).toMatchObject({
    items: [{ index: -1, leaf: new Uint8Array(), windowId: expect.stringMatching(/^win_/) }],
  });
});

test('beyond its bound the client refuses at once as overloaded', async () => {
  const { client } = start({ queueMax: 4 });
  const settled = calls(10).map((each) =>
    client.settle(each).then(
      (result) => result.state,
      (error) => error.code,
    ),
  );
  expect(await Promise.all(settled)).toEqual([...Array(4).fill('settled'), ...Array(6).fill('overloaded')]);
  await expect(client.settle(call())).resolves.toMatchObject({ state: 'settled' });
});

test('the bound of the client counts items, and one batch is always let in', async () => {
  const { client } = start({ queueMax: 4 });
  const batch = () => call({ base: [], items: Array.from({ length: 5 }, () => item()) });
  const settled = [batch(), call(), batch()].map((each) =>
    client.settle(each).then(
      (result) => result.state,
      (error) => error.code,
    ),
  );
  expect(await Promise.all(settled)).toEqual(['settled', 'overloaded', 'overloaded']);
  await expect(client.settle(batch())).resolves.toMatchObject({ state: 'settled' });
});

test('beyond its bound the ledger refuses whole messages, in order', async () => {
  const { client } = start({ ledgerQueueMax: 3 });
  const large = () => call({ base: [], items: Array.from({ length: 3 }, () => item()) });
  const results = await inTurns(client, [large(), large(), call()]);
  expect(results.map((result) => result.state)).toEqual(['settled', 'failed', 'settled']);
  expect(results[1]).toEqual({ state: 'failed', code: 'overloaded' });
});

test('a call that cannot be encoded fails alone', async () => {
  const { client } = start();
  const bad = client.settle(call({ sourceBucket: 'a\u0001b' }));
  const good = client.settle(call());
  await expect(bad).rejects.toThrow(/control character/);
  await expect(good).resolves.toMatchObject({ state: 'settled' });
});

test('a message that cannot be read is answered as failed, and the next one is settled', async () => {
  const { client } = start();
  const port = client.connect();
  for (const text of ['', 'no call', `${encodeCall(call())}\u0001more`]) {
    port.postMessage(text);
    expect(await once(port, 'message')).toEqual([{ kind: 'failed', code: 'internal' }]);
  }
  port.postMessage(encodeCall(call()));
  const [reply] = await once(port, 'message');
  expect(Buffer.from(reply).toString('latin1')).toContain('"kind":"decision"');
  port.close();
});

test('commands, outcomes and reports keep their place among calls', async () => {
  const { client, world } = start();
  const decisionId = newDecisionId();
  const [settled, outcome, again, revoked, moved, status] = await Promise.all([
    client.settle(call({ items: [item({ decisionId })] })),
    client.reportOutcomes([report(decisionId)]),
    client.reportOutcomes([report(decisionId)]),
    client.apply({ kind: 'set_key_status', keyId: 'key_one', status: 'revoked', why: '' }, OWNER),
    client.settle(call()),
    client.report(),
  ]);
  expect(settled.state).toBe('settled');
  expect([outcome, again]).toEqual([['recorded'], ['already_recorded']]);
  expect(revoked).toMatchObject({ kind: 'key', key: { status: 'revoked' } });
  expect(moved.state).toBe('moved');
  expect(status).toMatchObject({
    logSize: 6,
    writable: true,
    durability: 'process',
    clock: { jumpPending: false },
  });
  expect(world.control.logSize()).toBe(6);
});

test('a refused command rejects with its code and facts', async () => {
  const { client } = start();
  const command = createKeyCommand('key_two', { requestId: 'req_key_one' });
  await expect(client.apply(command, OWNER)).rejects.toMatchObject({
    code: 'already_exists',
    facts: { key_id: 'key_one' },
  });
});

test('a client that is connected later is served too', async () => {
  const { client } = start();
  const other = new LedgerClient({ port: client.connect(), queueMax: 10, itemsMax: 10 });
  await expect(other.settle(call())).resolves.toMatchObject({ state: 'settled' });
  other.close();
  await expect(other.settle(call())).resolves.toEqual({ state: 'failed', code: 'shutting_down' });
});

test('stopping settles what was sent, closes the database and fails what comes later', async () => {
  const { client, world, stopped } = start();
  const other = new LedgerClient({ port: client.connect(), queueMax: 100, itemsMax: 10 });
  const accepted = calls(20).map((each) => client.settle(each));
  const [results] = await Promise.all([Promise.all(accepted), client.stop()]);
  expect(results.every((result) => result.state === 'settled')).toBe(true);
  expect(stopped()).toBe(true);
  expect(world.control.writable()).toBe(false);
  await expect(client.settle(call())).resolves.toEqual({ state: 'failed', code: 'shutting_down' });
  await expect(other.reportOutcomes([])).rejects.toMatchObject({ code: 'shutting_down' });
  expect(readLog(world.dataDirectory)).toHaveLength(23);
});

test.each([0, 3])('after a stop that follows %i calls nothing gets the answer of another', async (count) => {
  const { client, world } = start();
  const before = Promise.all(calls(count).map((each) => client.settle(each)));
  const stopped = client.stop();
  const after = client.settle(call());
  await expect(client.report()).rejects.toMatchObject({ code: 'shutting_down' });
  await expect(client.stop()).rejects.toMatchObject({ code: 'shutting_down' });
  expect(await after).toEqual({ state: 'failed', code: 'shutting_down' });
  expect((await before).map(({ state }) => state)).toEqual(Array(count).fill('settled'));
  await stopped;
  expect(readLog(world.dataDirectory)).toHaveLength(3 + count);
});

test('a stop is never refused for what waits before it', async () => {
  const { client, stopped } = start({ queueMax: 1 });
  const settled = client.settle(call());
  await client.stop();
  expect(await settled).toMatchObject({ state: 'settled' });
  expect(stopped()).toBe(true);
});

test('while the ledger cannot write, calls fail and nothing else happens', async () => {
  const { client, world } = start();
  world.faults.before = () => {
    throw Object.assign(new Error('full'), { name: 'SqliteError', code: 'SQLITE_FULL' });
  };
  await expect(client.settle(call())).resolves.toEqual({ state: 'failed', code: 'storage_unavailable' });
  await expect(client.reportOutcomes([report(newDecisionId())])).rejects.toMatchObject({
    code: 'storage_unavailable',
  });
  await expect(client.apply(createKeyCommand('key_two'), OWNER)).rejects.toMatchObject({
    code: 'storage_unavailable',
  });
  expect(world.control.writable()).toBe(false);
  world.faults.before = () => {};
  world.pass(1_000_000);
  await expect(client.settle(call())).resolves.toMatchObject({ state: 'settled' });
  expect(world.control.writable()).toBe(true);
});
