/**
 * A stream whose results are not taken is not read. What it goes on sending is bounded in number as well: a piece
 * of one byte is an object, and a window has room for tens of thousands.
 */
import { type ClientHttp2Stream, constants, type OutgoingHttpHeaders } from 'node:http2';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { CallBounds } from '../../src/grpc/call-book.ts';
import {
  closed,
  encodeMessage,
  eventually,
  frame,
  openSession,
  openStream,
  readAnswer,
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

beforeEach(() => openServer({}));

afterEach(() => at.close());

const checkOf = (check: number) => ({
  requestId: `req-${check}`,
  apiKey: 'pst_live_x',
  operation: 'payments.create',
});

async function openServer(bounds: Partial<CallBounds>): Promise<void> {
  at = await openTestServer({ server: { messageBytesMax: MESSAGE_BYTES_MAX }, bounds });
  // More than a window, altogether.
  at.checker.decide = (item) => ({ ...allowedAnswer(item), leaf: Buffer.alloc(1_000, 'x') });
}

/** A stream with more checks than are read before their results are taken, which they are not. */
async function openUnread(headers: OutgoingHttpHeaders = {}): Promise<ClientHttp2Stream> {
  const session = openSession(at.port);
  onTestFinished(() => session.destroy());
  const stream = openStream(session, STREAM_PATH, headers);
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

test('what a stream is sent after its deadline is thrown away, though its results are not taken', async () => {
  const stream = await openUnread({ 'grpc-timeout': '700m' });
  await eventually(() => at.server.arrivedBytes === 0);
  // More than a window, which whatever waits would fill.
  for (let sent = 0; sent < 8; sent += 1) await written(stream, Buffer.alloc(16_384));
  expect(stream.closed).toBe(false);
  const answer = readAnswer(stream);
  stream.resume();
  stream.end();
  expect(await answer).toMatchObject({ status: 4, reason: 'DEADLINE_EXCEEDED' });
  await eventually(() => at.server.openCalls === 0);
  expect(at.server.arrivedBytes).toBe(0);
  expect(at.reported).toEqual([]);
});

test.each<[string, OutgoingHttpHeaders, Partial<CallBounds>, number]>([
  ['its silence', {}, { streamIdleMs: 1_000 }, constants.NGHTTP2_ENHANCE_YOUR_CALM],
  ['its deadline', { 'grpc-timeout': '300m' }, { deliveryMsMax: 500 }, constants.NGHTTP2_CANCEL],
])('a stream that is ended for %s does not stay for results that are not taken', async (_what, ...given) => {
  const [headers, bounds, rstCode] = given;
  await at.close();
  await openServer(bounds);
  const stream = await openUnread(headers);
  await closed(stream);
  expect(stream.rstCode).toBe(rstCode);
  await eventually(() => at.server.openCalls === 0);
  expect(at.server.arrivedBytes).toBe(0);
  expect(at.reported).toEqual([]);
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
