// The table must do what the map did whose place it takes, and Node must still keep its streams there.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { giveStreamTable, StreamTable } from './stream-table.ts';

test('the table keeps what a map would keep', () => {
  const step = fc.record({
    // Few homes, so that ids meet, also around the end of the table.
    id: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constantFrom(127, 255, 383, 2 ** 31 - 1)),
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

test('Node keeps the streams of a session where the table can take their place', async () => {
  const given: boolean[] = [];
  const server = createServer();
  server.on('stream', (stream, headers) => {
    const { session } = stream;
    given.push(session !== undefined && giveStreamTable(session));
    stream.respond({ ':status': 200 });
    stream.end(headers[':path']);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  const answers = [client.request({ ':path': '/1' }), client.request({ ':path': '/2' })];
  const texts = answers.map((answer) => answer.setEncoding('utf8').toArray());
  expect(await Promise.all(texts)).toEqual([['/1'], ['/2']]);
  expect(given).toEqual([true, true]);
});
