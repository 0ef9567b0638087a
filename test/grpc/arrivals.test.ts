/**
 * Bytes of requests that have arrived and are not decoded are bounded, whatever callers send and never finish: those
 * who hold most make room for the others.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import {
  CHECK_PATH,
  encodeMessage,
  eventually,
  frame,
  openSession,
  openStream,
  rawCall,
  readAnswer,
} from '../support/grpc-raw-call.ts';
import { openTestServer, type TestServer } from '../support/grpc-server.ts';

const STREAM_PATH = '/postern.v1.AuthorizationService/StreamCheck';
const MESSAGE_BYTES_MAX = 65_536;
/** Eight of the largest messages. */
const BYTES_MAX = 8 * MESSAGE_BYTES_MAX;
/** Of `largeBody`, eight fit and no ninth. */
const FITTING = 8;
const OVERLOADED = { status: 8, reason: 'OVERLOADED' };

let at: TestServer;

beforeEach(async () => {
  at = await openTestServer({ server: { messageBytesMax: MESSAGE_BYTES_MAX } });
});

afterEach(() => at.close());

const checkOf = (requestId: string, keyLength: number) => ({
  requestId,
  apiKey: 'k'.repeat(keyLength),
  operation: 'payments.create',
});
const largeBody = frame(encodeMessage('CheckRequest', checkOf('large', 64_000)));
const smallBody = frame(encodeMessage('CheckRequest', checkOf('small', 20)));

function openOwn(place: number | string = at.port): ClientHttp2Session {
  const session = openSession(place);
  onTestFinished(() => session.destroy());
  return session;
}

/** Sends all but the last byte, or less, as far as the server takes it. */
function sendPart(session: ClientHttp2Session, path = CHECK_PATH, bytes = largeBody.length - 1) {
  const stream = openStream(session, path);
  stream.write(largeBody.subarray(0, bytes));
  return { stream, answer: readAnswer(stream) };
}

/** How many answers there are. */
function counted(answers: readonly Promise<unknown>[]) {
  const seen = { count: 0 };
  for (const answer of answers) void answer.then(() => (seen.count += 1));
  return seen;
}

test('half-sent requests hold no more than the bound; the rest is refused, and small calls are served', async () => {
  const session = openOwn();
  const parts = Array.from({ length: 20 }, () => sendPart(session));
  const ended = counted(parts.map(({ answer }) => answer));
  await eventually(
    () => ended.count === parts.length - FITTING && at.server.arrivedBytes === FITTING * largeBody.length,
  );
  expect(at.server.arrivedBytes).toBeLessThanOrEqual(BYTES_MAX);
  for (const of of [session, openOwn()]) expect((await rawCall(of, { body: smallBody })).status).toBe(0);
  for (const { stream } of parts) if (stream.writable) stream.end(largeBody.subarray(-1));
  const answers = await Promise.all(parts.map(({ answer }) => answer));
  expect(answers.filter(({ status }) => status === 0)).toHaveLength(FITTING);
  expect(answers.filter(({ status }) => status !== 0)).toMatchObject(Array(12).fill(OVERLOADED));
  expect(at.server.arrivedBytes).toBe(0);
  expect(at.checker.calls).toHaveLength(FITTING + 2);
});

test('the connection that holds most makes room, not the one that comes later', async () => {
  const hoarder = openOwn();
  const hoarded = Array.from({ length: FITTING }, () => sendPart(hoarder));
  await eventually(() => at.server.arrivedBytes === FITTING * largeBody.length);
  const late = sendPart(openOwn());
  expect(await Promise.race(hoarded.map(({ answer }) => answer))).toMatchObject(OVERLOADED);
  late.stream.end(largeBody.subarray(-1));
  expect((await late.answer).status).toBe(0);
});

test('many connections to one listener that hold a little each make room for calls to another', async () => {
  // Each holds 32 KB, for which 16 KB are enough.
  for (let held = 0; held < 16; held += 1) sendPart(openOwn(), CHECK_PATH, 16_384);
  await eventually(() => at.server.arrivedBytes > BYTES_MAX - largeBody.length);
  const other = openOwn(at.socketPath);
  for (let call = 0; call < 3; call += 1) {
    expect((await rawCall(other, { body: largeBody })).status).toBe(0);
    sendPart(openOwn(), CHECK_PATH, 16_384);
    await eventually(() => at.server.arrivedBytes > BYTES_MAX - largeBody.length);
  }
});

test('a whole message whose call goes on is held like a half one', async () => {
  const session = openOwn();
  const begun: { stream: ClientHttp2Stream; answer: Promise<unknown> }[] = [];
  for (let call = 0; call <= FITTING; call += 1) {
    const stream = openStream(session, CHECK_PATH);
    stream.write(largeBody);
    begun.push({ stream, answer: readAnswer(stream) });
  }
  const refused = await Promise.race(
    begun.map(async ({ answer }, place) => ({ place, answer: await answer })),
  );
  expect(refused.answer).toMatchObject(OVERLOADED);
  for (const { stream } of begun) stream.end();
  const answers = await Promise.all(begun.map(({ answer }) => answer));
  expect(answers.toSpliced(refused.place, 1)).toMatchObject(Array(FITTING).fill({ status: 0 }));
  expect(at.checker.calls).toHaveLength(FITTING);
  expect(at.server.arrivedBytes).toBe(0);
});

test('messages of a stream that is not read are held as well', async () => {
  const gate = Promise.withResolvers<void>();
  at.checker.gate = gate.promise;
  const stream = openStream(openOwn(), STREAM_PATH);
  const answer = readAnswer(stream);
  const send = (requestId: string, keyLength: number) =>
    stream.write(frame(encodeMessage('StreamCheckRequest', { check: checkOf(requestId, keyLength) })));
  for (let check = 0; check < 256; check += 1) send(`small-${check}`, 20);
  await at.checker.reached(256);
  for (let check = 0; check <= FITTING; check += 1) send(`large-${check}`, 64_000);
  expect(await answer).toMatchObject(OVERLOADED);
  expect(at.server.arrivedBytes).toBe(0);
  gate.resolve();
});

test('a message that was decoded is not held while its call is decided', async () => {
  const gate = Promise.withResolvers<void>();
  at.checker.gate = gate.promise;
  const call = rawCall(openOwn(), { body: largeBody });
  await at.checker.reached(1);
  expect(at.server.arrivedBytes).toBe(0);
  gate.resolve();
  expect((await call).status).toBe(0);
});

test.each<[string, (session: ClientHttp2Session, streams: readonly ClientHttp2Stream[]) => void]>([
  ['its connection closes', (session) => session.destroy()],
  ['it is cancelled', (_, streams) => void streams.map((stream) => stream.close(constants.NGHTTP2_CANCEL))],
])('what a call held is given back when %s', async (_what, leave) => {
  const session = openOwn();
  const streams = [CHECK_PATH, CHECK_PATH, STREAM_PATH].map((path) => sendPart(session, path).stream);
  await eventually(() => at.server.arrivedBytes === 3 * largeBody.length);
  leave(session, streams);
  await eventually(() => at.server.arrivedBytes === 0);
});

test('a request in pieces of one byte is the request', async () => {
  const stream = openStream(openOwn(), CHECK_PATH);
  for (const byte of smallBody) stream.write(Buffer.of(byte));
  stream.end();
  expect((await readAnswer(stream)).status).toBe(0);
  expect(at.checker.calls[0]?.call.items[0]?.requestId).toBe('small');
});
