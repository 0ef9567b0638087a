// The load generator must take a message for whole only when it is, however frames and reads cut it.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { frameMessage } from '../workload/prepared-call.ts';
import { callHeaders } from './header-block.ts';
import { Http2Link } from './http2-link.ts';
import { openSocket } from './socket-input.ts';

const HEADERS = callHeaders('/postern.v1.AuthorizationService/Check', 'localhost');
const END_STREAM = 1;

function dataFrame(payload: Buffer, flags = 0): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(1, 5);
  return Buffer.concat([head, payload]);
}

/** The messages of one call when the server's bytes arrive in these parts. */
async function messagesOf(parts: readonly Buffer[]): Promise<string[]> {
  const server = createServer((socket: Socket) => {
    void (async () => {
      // Each part is its own packet only when the one before has left; the last byte of a part is awaited by
      // nobody, so parts may still join: then the test is merely easier.
      for (const part of parts) await new Promise((sent) => socket.write(part, sent));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a TCP server');
  const open = await openSocket({ host: '127.0.0.1', port: address.port });
  onTestFinished(() => {
    open.socket.destroy();
    server.close();
  });
  const messages: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const link = new Http2Link(open, HEADERS, {
      onMessage: (_, bytes, start, end) => messages.push(bytes.toString('latin1', start, end)),
      onEnd: () => resolve(),
      onLost: (problem) => reject(new Error(problem)),
    });
    link.begin(0);
    link.flush();
  });
  return messages;
}

const LONG = 'x'.repeat(200_000);
const MESSAGES = ['one', LONG, '', 'three'];
const STREAM = Buffer.concat(MESSAGES.map((text) => frameMessage(Buffer.from(text))));

/** The stream in frames of so many bytes. */
function framesOf(bytes: number): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < STREAM.length; at += bytes) frames.push(dataFrame(STREAM.subarray(at, at + bytes)));
  return Buffer.concat([...frames, dataFrame(Buffer.alloc(0), END_STREAM)]);
}

it.each([16_384, 4_099, 7_001])('hands over whole messages that came in frames of %i bytes', async (size) => {
  expect(await messagesOf([framesOf(size)])).toEqual(MESSAGES);
});

it('hands over whole messages however reads cut the frames', async () => {
  const bytes = framesOf(10_000);
  const parts = [3, 9, 12, 5_000, 20_001, 20_002, bytes.length - 1].map((end, place, ends) =>
    bytes.subarray(ends[place - 1] ?? 0, end),
  );
  expect(await messagesOf([...parts, bytes.subarray(-1)])).toEqual(MESSAGES);
});
