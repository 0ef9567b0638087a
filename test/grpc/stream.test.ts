/**
 * StreamCheck: many in flight, none lost, and no message's error ends the stream for the others.
 */
import type { ClientHttp2Stream } from 'node:http2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PosternError } from '../../src/core/error.ts';
import { messageType } from '../../src/grpc/descriptor.ts';
import {
  closed,
  encodeMessage,
  frame,
  openSession,
  openStream,
  readAnswer,
} from '../support/grpc-raw-call.ts';
import { allowedAnswer, openTestServer, type TestServer } from '../support/grpc-server.ts';

const PATH = '/postern.v1.AuthorizationService/StreamCheck';
let at: TestServer;

beforeEach(async () => {
  at = await openTestServer();
});

afterEach(() => at.close());

const check = (requestId: string) => ({ requestId, operation: 'payments.create', apiKey: 'pst_live_x' });
const DECISION = 'dec_5b0c5b0e-30a5-4c55-9a37-7c5c1e0f4a11';

interface WireResult {
  readonly id?: string;
  readonly response?: object;
  readonly error?: { readonly code: number };
}

/** The results of each response message in the body so far. */
function readMessages(body: Buffer): WireResult[][] {
  const type = messageType('postern.v1.StreamCheckResponse');
  const messages: WireResult[][] = [];
  let place = 0;
  while (place + 5 <= body.length) {
    const size = body.readUInt32BE(place + 1);
    if (place + 5 + size > body.length) break;
    const decoded = type.toObject(type.decode(body.subarray(place + 5, place + 5 + size)));
    messages.push(decoded['results']);
    place += 5 + size;
  }
  return messages;
}

/** Collects a stream's body; `until` resolves once so many results are there. */
function collect(stream: ClientHttp2Stream) {
  let body = Buffer.alloc(0);
  let look = () => {};
  stream.on('data', (chunk: Buffer) => {
    body = Buffer.concat([body, chunk]);
    look();
  });
  return {
    messages: () => readMessages(body),
    until: (count: number) =>
      new Promise<WireResult[]>((resolve) => {
        look = () => {
          const results = readMessages(body).flat();
          if (results.length >= count) resolve(results);
        };
        look();
      }),
  };
}

test('a thousand checks of one stream are all answered, each with its own id', async () => {
  const stream = at.client.authorization.openStream();
  const ids = Array.from({ length: 1_000 }, (_, number) => `r${number}`);
  const answers = await Promise.all(ids.map((id) => stream.check(check(id))));
  expect(answers.map(({ requestId }) => requestId)).toEqual(ids);
  await stream.close();
});

test('at most 256 are in flight: further messages wait unread until answers are out', async () => {
  const gate = Promise.withResolvers<void>();
  at.checker.gate = gate.promise;
  const stream = at.client.authorization.openStream();
  const answers = Promise.all(Array.from({ length: 600 }, (_, number) => stream.check(check(`r${number}`))));
  await at.checker.reached(256);
  // A unary call behind it on the same connection shows that the server is not merely slow.
  await at.client.health.check();
  await at.client.health.check();
  expect(at.checker.calls.length).toBe(256);
  gate.resolve();
  expect(await answers).toHaveLength(600);
});

test('answers that are ready in one turn leave in one message', async () => {
  const gate = Promise.withResolvers<void>();
  at.checker.gate = gate.promise;
  const session = openSession(at.port);
  const stream = openStream(session, PATH);
  const received = collect(stream);
  for (let number = 0; number < 100; number += 1) {
    stream.write(frame(encodeMessage('StreamCheckRequest', { check: check(`r${number}`) })));
  }
  await at.checker.reached(100);
  gate.resolve();
  await received.until(100);
  expect(received.messages()).toHaveLength(1);
  session.destroy();
});

test('an id that is in flight is refused, and is free again after its answer', async () => {
  const gate = Promise.withResolvers<void>();
  at.checker.gate = gate.promise;
  const session = openSession(at.port);
  const stream = openStream(session, PATH);
  const received = collect(stream);
  const send = () => stream.write(frame(encodeMessage('StreamCheckRequest', { check: check('twice') })));
  send();
  send();
  expect(await received.until(1)).toMatchObject([{ id: 'twice', error: { code: 3 } }]);
  gate.resolve();
  await received.until(2);
  send();
  expect(await received.until(3)).toMatchObject([{}, { response: {} }, { id: 'twice', response: {} }]);
  expect(at.checker.calls.length).toBe(2);
  session.destroy();
});

test('damaged, empty and refused messages are item errors and the stream goes on', async () => {
  const session = openSession(at.port);
  const stream = openStream(session, PATH);
  const received = collect(stream);
  stream.write(frame(Buffer.from([0x0a, 9, 0x61])));
  stream.write(frame(Buffer.alloc(0)));
  stream.write(
    frame(encodeMessage('StreamCheckRequest', { check: { ...check('later'), idempotencyKey: 'k' } })),
  );
  stream.write(frame(encodeMessage('StreamCheckRequest', { check: { ...check('bad\u0001id') } })));
  stream.write(frame(encodeMessage('StreamCheckRequest', { outcome: { decisionId: DECISION } })));
  stream.write(frame(encodeMessage('StreamCheckRequest', { check: check('good') })));
  const results = await received.until(6);
  expect(results.map(({ id = '', error }) => [id, error?.code ?? 0])).toEqual([
    ['', 3],
    ['', 3],
    ['later', 12],
    ['', 3],
    [DECISION, 3],
    ['good', 0],
  ]);
  session.destroy();
});

test('outcomes ride along', async () => {
  const stream = at.client.authorization.openStream();
  const [answer, outcome] = await Promise.all([
    stream.check(check('a')),
    stream.report({ decisionId: DECISION, status: 'STATUS_SUCCESS', httpStatus: 201 }),
  ]);
  expect(answer.requestId).toBe('a');
  expect(outcome).toMatchObject({ decisionId: DECISION, state: 'STATE_RECORDED' });
  await stream.close();
});

test('a refusal of the checker is the item’s, with the time to retry', async () => {
  at.checker.decide = (item) => {
    if (item.requestId === 'full') throw new PosternError('overloaded', 'Full.', { retryAfterMs: 50 });
    return allowedAnswer(item);
  };
  const stream = at.client.authorization.openStream();
  await expect(stream.check(check('full'))).rejects.toMatchObject({ code: 'overloaded', retryAfterMs: 50 });
  expect(await stream.check(check('next'))).toMatchObject({ effect: 'EFFECT_ALLOW' });
  await stream.close();
});

test('an answer that cannot be sent ends its stream as internal, not the thread', async () => {
  at.checker.decide = (item) => ({ ...allowedAnswer(item), reason: Object('none') as 'allowed' });
  const stream = at.client.authorization.openStream();
  await expect(stream.check(check('a'))).rejects.toMatchObject({ code: 'internal', grpcStatus: 13 });
  expect(at.reported).toHaveLength(1);
  at.checker.decide = allowedAnswer;
  expect(await at.client.authorization.check(check('b'))).toMatchObject({ effect: 'EFFECT_ALLOW' });
});

test('half-closing drains: everything sent before it is answered', async () => {
  const gate = Promise.withResolvers<void>();
  at.checker.gate = gate.promise;
  const stream = at.client.authorization.openStream();
  const answers = Promise.all(['a', 'b', 'c'].map((id) => stream.check(check(id))));
  const closed = stream.close();
  await at.checker.reached(3);
  gate.resolve();
  expect(await answers).toHaveLength(3);
  await closed;
});

test.each([3, 5, 12])(
  'a stream that ends %i bytes into a message answers those before it, and says so',
  async (bytes) => {
    const session = openSession(at.port);
    const stream = openStream(session, PATH);
    const collected = collect(stream);
    const answer = readAnswer(stream);
    const [whole, cut] = ['a', 'b'].map((id) =>
      frame(encodeMessage('StreamCheckRequest', { check: check(id) })),
    );
    stream.write(whole);
    stream.end(cut?.subarray(0, bytes));
    expect(await answer).toMatchObject({ status: 3, reason: 'REQUEST_MALFORMED' });
    expect(collected.messages().flat()).toHaveLength(1);
    expect(at.checker.calls).toHaveLength(1);
    session.destroy();
  },
);

test('a stop answers what was read and ends the stream as shutting_down', async () => {
  const gate = Promise.withResolvers<void>();
  at.checker.gate = gate.promise;
  const stream = at.client.authorization.openStream();
  const answer = stream.check(check('accepted'));
  await at.checker.reached(1);
  const stopped = at.server.stop(5_000);
  gate.resolve();
  expect(await answer).toMatchObject({ effect: 'EFFECT_ALLOW' });
  expect(await stopped).toEqual({ clean: true });
  await expect(stream.check(check('late'))).rejects.toMatchObject({ code: 'shutting_down' });
});

test('a caller that disappears leaves nothing open', async () => {
  const gate = Promise.withResolvers<void>();
  at.checker.gate = gate.promise;
  const session = openSession(at.port);
  const stream = openStream(session, PATH);
  stream.write(frame(encodeMessage('StreamCheckRequest', { check: check('a') })));
  await at.checker.reached(1);
  session.destroy();
  await closed(session);
  gate.resolve();
  expect(await at.client.authorization.check(check('b'))).toMatchObject({ effect: 'EFFECT_ALLOW' });
  expect(at.server.openCalls).toBe(0);
  expect(at.reported).toEqual([]);
});

test('a caller that reads nothing makes the server read nothing more', async () => {
  at.checker.decide = (item) => ({ ...allowedAnswer(item), leaf: Buffer.alloc(8_000, 'x') });
  const session = openSession(at.port);
  const stream = openStream(session, PATH);
  stream.pause();
  for (let number = 0; number < 2_000; number += 1) {
    stream.write(frame(encodeMessage('StreamCheckRequest', { check: check(`r${number}`) })));
  }
  await at.checker.reached(256);
  // Other calls go on meanwhile; when a hundred of them see no progress, there is none.
  let before = 0;
  while (at.checker.calls.length > before) {
    before = at.checker.calls.length;
    for (let count = 0; count < 100; count += 1) await at.client.health.check();
  }
  expect(before).toBeLessThan(600);
  stream.resume();
  await at.checker.reached(2_000);
  session.destroy();
});
