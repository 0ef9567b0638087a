// The table must do what the map did whose place it takes, and Node must still keep its streams there.
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { StreamTable, useStreamTables } from './stream-table.ts';

test('the table keeps what a map would keep', () => {
  const step = fc.record({
    // Many of few ids, so that homes meet, also around the end of the table.
    id: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 2 ** 31 - 400, max: 2 ** 31 - 1 })),
    add: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
      const table = new StreamTable<{ readonly id: number }>();
      const map = new Map<number, { readonly id: number }>();
      for (const { id, add } of steps) {
        if (add) {
          const stream = { id };
          table.set(id, stream);
          map.set(id, stream);
        } else {
          expect(table.delete(id)).toBe(map.delete(id));
        }
        expect(table.size).toBe(map.size);
      }
      for (const { id } of steps) {
        expect(table.get(id)).toBe(map.get(id));
        expect(table.has(id)).toBe(map.has(id));
      }
      expect(new Set(table.keys())).toEqual(new Set(map.keys()));
      expect(new Set(table.values())).toEqual(new Set(map.values()));
      const visited: (readonly [number, unknown])[] = [];
      table.forEach((stream, id) => {
        visited.push([id, stream]);
        table.delete(id);
      });
      expect(visited.toSorted(([one], [other]) => one - other)).toEqual(
        [...map].sort(([one], [other]) => one - other),
      );
      expect(table.size).toBe(0);
    }),
  );
});

/** What a session of Node's keeps its streams in. */
function streamsOf(session: object): { readonly size: number } {
  const symbol = Object.getOwnPropertySymbols(session).find(({ description }) => description === 'state');
  return Reflect.get(Object(symbol === undefined ? null : Reflect.get(session, symbol)), 'streams');
}

async function openSession() {
  const server = createServer();
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => sessions.push(session));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.on('error', () => {});
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return { server, client, sessions };
}

test('every session of a server gets its table, and streams that ended are not in it', async () => {
  useStreamTables();
  const { server, client, sessions } = await openSession();
  server.on('stream', (stream, headers) => {
    stream.respond({ ':status': 200 });
    stream.end(headers[':path']);
  });
  const answers = Array.from({ length: 200 }, (_, place) => client.request({ ':path': `/${place}` }));
  const ended = answers.map((answer) => once(answer, 'close'));
  const texts = await Promise.all(answers.map((answer) => answer.setEncoding('utf8').toArray()));
  expect(texts).toEqual(answers.map((_, place) => [`/${place}`]));
  await Promise.all(ended);
  const streams = streamsOf(sessions[0] ?? {});
  expect(streams).toBeInstanceOf(StreamTable);
  // The server hears of the last stream's end a turn later than its client, with this answer's at the latest.
  const [session] = sessions;
  const closed = session === undefined ? null : once(session, 'close');
  client.close();
  await closed;
  expect(streams.size).toBe(0);
});

test('a connection that is lost takes every open stream with it', async () => {
  useStreamTables();
  const { server, client, sessions } = await openSession();
  const opened: ServerHttp2Stream[] = [];
  const all = new Promise<void>((resolve) => {
    server.on('stream', (stream) => {
      stream.on('error', () => {});
      opened.push(stream);
      if (opened.length === 90) resolve();
    });
  });
  for (let count = 0; count < 90; count += 1) client.request({ ':path': '/' }).on('error', () => {});
  await all;
  expect(streamsOf(sessions[0] ?? {}).size).toBe(90);
  const closed = opened.map((stream) => once(stream, 'close'));
  client.destroy();
  await Promise.all(closed);
  expect(streamsOf(sessions[0] ?? {}).size).toBe(0);
});

test('a message of another shape does not end the thread', () => {
  useStreamTables();
  const created = channel('http2.server.stream.created');
  // What a subscriber throws is thrown again outside of here, which fails the whole run.
  for (const message of [{}, null, 'x', { stream: null }, { stream: {} }, { stream: { session: {} } }]) {
    created.publish(message);
  }
  expect(created.hasSubscribers).toBe(true);
});
