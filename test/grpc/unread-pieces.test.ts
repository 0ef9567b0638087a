/**
 * A stream whose results are not taken is not read. What it goes on sending is bounded in number as well: a piece
 * of one byte is an object, and a window has room for tens of thousands.
 */
import { type ClientHttp2Stream, constants } from 'node:http2';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import {
  closed,
  encodeMessage,
  eventually,
  frame,
  openSession,
  openStream,
} from '../support/grpc-raw-call.ts';
import { allowedAnswer, openTestServer, type TestServer } from '../support/grpc-server.ts';

const STREAM_PATH = '/postern.v1.AuthorizationService/StreamCheck';
/** So that a megabyte is held, and a piece counts for 32 bytes and its own. */
const MESSAGE_BYTES_MAX = 131_072;
const PIECES = 1_048_576 / 33;
/** So that half of the results that one stream may have in flight are held. */
const SMALL_MESSAGE_BYTES_MAX = 16_384;
/** Above what the client's window takes, the bound of checks in flight, and what Node reads ahead. */
const CHECKS = 600;

let at: TestServer;

beforeEach(async () => {
  at = await openTestServer({ server: { messageBytesMax: MESSAGE_BYTES_MAX } });
  // More than a window, altogether.
  at.checker.decide = (item) => ({ ...allowedAnswer(item), leaf: Buffer.alloc(1_000, 'x') });
});

afterEach(() => at.close());

const checkOf = (check: number) => ({
  requestId: `req-${check}`,
  apiKey: 'pst_live_x',
  operation: 'payments.create',
});

/** A stream with more checks than are read before their results are taken, which they are not. */
async function openUnread(): Promise<ClientHttp2Stream> {
  const session = openSession(at.port);
  onTestFinished(() => session.destroy());
  const stream = openStream(session, STREAM_PATH);
  stream.pause();
  for (let check = 0; check < CHECKS; check += 1) {
    await written(stream, frame(encodeMessage('StreamCheckRequest', { check: checkOf(check) })));
  }
  await eventually(() => at.server.arrivedBytes > 0);
  expect(at.checker.calls.length).toBeLessThan(CHECKS);
  return stream;
}

/** By itself: what is written together arrives together. */
function written(stream: ClientHttp2Stream, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => stream.write(bytes, () => resolve()));
}

test('a stream is ended whose results are not taken when no more of them can be held, and no other', async () => {
  await at.close();
  at = await openTestServer({ server: { messageBytesMax: SMALL_MESSAGE_BYTES_MAX } });
  at.checker.decide = (item) => ({ ...allowedAnswer(item), leaf: Buffer.alloc(1_000, 'x') });
  const session = openSession(at.port);
  onTestFinished(() => session.destroy());
  const stream = openStream(session, STREAM_PATH);
  stream.pause();
  const end = closed(stream);
  for (let check = 0; check < CHECKS && !stream.destroyed; check += 1) {
    await written(stream, frame(encodeMessage('StreamCheckRequest', { check: checkOf(check) })));
  }
  await end;
  expect(stream.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  expect(at.server.arrivedBytes).toBe(0);
  expect(await at.client.authorization.check(checkOf(0))).toMatchObject({ effect: 'EFFECT_ALLOW' });
  expect(at.reported).toEqual([]);
});

test('a stream that is not read is ended for too many pieces of one byte', async () => {
  const stream = await openUnread();
  const end = closed(stream);
  for (let sent = 0; sent < PIECES && !stream.destroyed; sent += 1) await written(stream, Buffer.alloc(1));
  await end;
  expect(stream.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  await eventually(() => at.server.openCalls === 0);
  expect(at.server.arrivedBytes).toBe(0);
});

test('a stream that was not read for a while loses nothing', async () => {
  const stream = await openUnread();
  stream.resume();
  stream.end();
  await closed(stream);
  expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR);
  expect(at.checker.calls.map(({ call }) => call.items[0]?.requestId)).toEqual(
    Array.from({ length: CHECKS }, (_, check) => `req-${check}`),
  );
  expect(at.server.arrivedBytes).toBe(0);
});
