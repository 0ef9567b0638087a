/**
 * Nothing is unbounded: calls, streams, connections, and the time that any of them may take.
 */
import { once } from 'node:events';
import { type ClientHttp2Session, constants } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import {
  CHECK_PATH,
  closed,
  encodeMessage,
  eventually,
  frame,
  openSession,
  openStream,
  rawCall,
  readAnswer,
} from '../support/grpc-raw-call.ts';
import { openTestServer, type TestServer, type TestServerOptions } from '../support/grpc-server.ts';

let at: TestServer;

async function open(options: TestServerOptions): Promise<void> {
  at = await openTestServer(options);
}

afterEach(() => at.close());

const CHECK = { requestId: 'req-1', apiKey: 'pst_live_x', operation: 'payments.create' };
const STREAM_PATH = '/postern.v1.AuthorizationService/StreamCheck';
const WATCH_PATH = '/grpc.health.v1.Health/Watch';
const body = frame(encodeMessage('CheckRequest', CHECK));

test('a request that never becomes whole ends, and its connection with it', async () => {
  await open({ bounds: { requestMsMax: 100 }, server: { graceMs: 100 } });
  const session = openSession(at.port);
  const sessionClosed = closed(session);
  const streams = Array.from({ length: 200 }, () => openStream(session, CHECK_PATH));
  const [answer] = await Promise.all(streams.map(readAnswer));
  expect(answer).toMatchObject({ status: 4, reason: 'DEADLINE_EXCEEDED' });
  await sessionClosed;
  await eventually(() => at.server.openCalls === 0);
  expect(at.checker.calls).toEqual([]);
});

test('a request that stops in the middle of its message ends as well', async () => {
  await open({ bounds: { requestMsMax: 100 }, server: { graceMs: 100 } });
  const session = openSession(at.port);
  const stream = openStream(session, CHECK_PATH);
  stream.write(body.subarray(0, 20));
  expect((await readAnswer(stream)).status).toBe(4);
  session.destroy();
});

test('a whole request that is never ended is not decided once it was told that it is late', async () => {
  await open({ bounds: { requestMsMax: 100 }, server: { graceMs: 100 } });
  const session = openSession(at.port);
  const stream = openStream(session, CHECK_PATH);
  stream.write(body);
  expect((await readAnswer(stream)).status).toBe(4);
  await closed(session);
  await eventually(() => at.server.openConnections === 0);
  expect(at.checker.calls).toEqual([]);
});

test('a connection that never speaks is closed', async () => {
  await open({ server: { connectionIdleMs: 100 } });
  const socket = connectSocket(at.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  await closed(socket);
  await eventually(() => at.server.openConnections === 0);
});

test('a connection with a call is not idle, however long; after the call it is', async () => {
  await open({ server: { connectionIdleMs: 100 } });
  const gate = Promise.withResolvers<void>();
  at.checker.gate = gate.promise;
  const quiet = openSession(at.port);
  const busy = openSession(at.port);
  const call = rawCall(busy, { body });
  await at.checker.reached(1);
  await closed(quiet);
  expect(busy.closed).toBe(false);
  gate.resolve();
  expect((await call).status).toBe(0);
  await closed(busy);
});

test('garbage instead of HTTP/2 closes its connection and harms no other', async () => {
  await open({});
  const socket = connectSocket(at.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  socket.write(Buffer.alloc(4_096, 0x2e));
  await closed(socket);
  expect(await at.client.authorization.check(CHECK)).toMatchObject({ effect: 'EFFECT_ALLOW' });
});

test('a call that is never answered ends as deadline_exceeded', async () => {
  await open({ bounds: { answerMsMax: 100 } });
  at.checker.gate = new Promise(() => {});
  await expect(at.client.authorization.check(CHECK)).rejects.toMatchObject({
    code: 'deadline_exceeded',
    message: 'The call was not answered in time.',
  });
  // The connection was not at fault: it stays.
  expect(at.server.openConnections).toBe(1);
});

test('an answer that is not taken ends with its connection', async () => {
  await open({ bounds: { deliveryMsMax: 100 }, server: { graceMs: 100 } });
  at.checker.decide = (item) => large(item.requestId);
  const session = openSession(at.port);
  const stream = openStream(session, CHECK_PATH);
  stream.pause();
  stream.end(body);
  await closed(session);
  await eventually(() => at.server.openCalls === 0);
});

/** An answer above any flow control window. */
function large(requestId: string) {
  return {
    requestId,
    decisionId: 'dec_1',
    reason: 'policy_denied' as const,
    code: '',
    subject: null,
    verdicts: [],
    obligations: [],
    policyRevision: '',
    logId: 'log_1',
    index: 1,
    leaf: Buffer.alloc(1_000_000, 'x'),
    windowId: '',
  };
}

test('calls above the bound are refused as overloaded with a time to retry', async () => {
  await open({ bounds: { callsMax: 3 } });
  const gate = Promise.withResolvers<void>();
  at.checker.gate = gate.promise;
  const accepted = [1, 2, 3].map(() => at.client.authorization.check(CHECK));
  await at.checker.reached(3);
  await expect(at.client.authorization.check(CHECK)).rejects.toMatchObject({
    code: 'overloaded',
    grpcStatus: 8,
    retryAfterMs: 100,
  });
  gate.resolve();
  expect(await Promise.all(accepted)).toHaveLength(3);
  expect(await at.client.authorization.check(CHECK)).toMatchObject({ effect: 'EFFECT_ALLOW' });
});

test.each([
  ['refused', { 'grpc-encoding': 'gzip' }, {}],
  ['one too many', {}, { callsMax: 0 }],
  ['refused for its metadata', { 'x-large': 'v'.repeat(40_000) }, {}],
])(
  'a call that is %s leaves no stream behind, though its caller never ends it',
  async (_what, headers, bounds) => {
    await open({ bounds });
    const session = openSession(at.port);
    const streams = Array.from({ length: 50 }, () => openStream(session, CHECK_PATH, headers));
    for (const { status } of await Promise.all(streams.map(readAnswer))) expect(status).toBeGreaterThan(0);
    expect(streams.map(({ rstCode }) => rstCode)).toEqual(Array(50).fill(constants.NGHTTP2_NO_ERROR));
    expect(session.closed).toBe(false);
    session.destroy();
  },
);

/** The end of a turn of drafting, as an evaluator has them. */
function endTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => {
      at.server.inTurn(() => {});
      resolve();
    });
  });
}

test('while calls wait to be drafted, connections are not read, except one whose request is half read', async () => {
  let waiting = 0;
  await open({ server: { waiting: () => waiting } });
  const [held, half] = [openSession(at.port), openSession(at.port)];
  for (const session of [held, half]) expect((await rawCall(session, { body })).status).toBe(0);
  const partial = openStream(half, CHECK_PATH);
  partial.write(body.subarray(0, 20));
  await eventually(() => at.server.openCalls === 1);
  waiting = 1;
  await endTurn();
  const late = rawCall(held, { body });
  partial.end(body.subarray(20));
  expect((await readAnswer(partial)).status).toBe(0);
  // A connection that comes later is read at once, and sends much more often than the one that waits.
  const other = openSession(at.port);
  for (let call = 0; call < 20; call += 1) expect((await rawCall(other, { body })).status).toBe(0);
  expect(at.checker.calls).toHaveLength(23);
  waiting = 0;
  await endTurn();
  expect((await late).status).toBe(0);
  for (const session of [held, half, other]) session.destroy();
});

test.each<[string, (session: ClientHttp2Session) => Promise<void>]>([
  [
    'was given up half read',
    async (session) => {
      const partial = openStream(session, CHECK_PATH);
      partial.write(body.subarray(0, 20));
      await eventually(() => at.server.openCalls === 1);
      partial.close(constants.NGHTTP2_CANCEL);
      await eventually(() => at.server.openCalls === 0);
    },
  ],
  [
    'waits for its answer',
    async (session) => {
      const gate = Promise.withResolvers<void>();
      onTestFinished(() => gate.resolve());
      at.checker.gate = gate.promise;
      void rawCall(session, { body });
      await at.checker.reached(1);
      at.checker.gate = Promise.resolve();
    },
  ],
])('a request that %s does not keep its connection from being held back', async (_what, begin) => {
  let waiting = 0;
  await open({ server: { waiting: () => waiting } });
  const session = openSession(at.port);
  await begin(session);
  waiting = 1;
  await endTurn();
  const before = at.checker.calls.length;
  const late = rawCall(session, { body });
  const other = openSession(at.port);
  for (let call = 0; call < 20; call += 1) expect((await rawCall(other, { body })).status).toBe(0);
  expect(at.checker.calls).toHaveLength(before + 20);
  waiting = 0;
  await endTurn();
  expect((await late).status).toBe(0);
  for (const each of [session, other]) each.destroy();
});

test('streams above the bound are refused, silent ones end', async () => {
  await open({ bounds: { streamsMax: 2, streamIdleMs: 100 }, server: { graceMs: 100 } });
  const session = openSession(at.port);
  const silent = [1, 2].map(() => readAnswer(openStream(session, STREAM_PATH)));
  const refused = openStream(session, STREAM_PATH);
  const refusal = readAnswer(refused);
  refused.end();
  expect(await refusal).toMatchObject({ status: 8, reason: 'OVERLOADED' });
  expect((await Promise.all(silent)).map(({ status, reason }) => [status, reason])).toEqual([
    [4, 'DEADLINE_EXCEEDED'],
    [4, 'DEADLINE_EXCEEDED'],
  ]);
  session.destroy();
});

test('a watch of the health counts among the streams, and ends with its connection for its age', async () => {
  await open({ bounds: { streamsMax: 1 }, server: { connectionAgeMsMax: 1_500, graceMs: 2_000 } });
  const session = openSession(at.port);
  const watch = openStream(session, WATCH_PATH);
  const watched = readAnswer(watch);
  watch.end(frame(Buffer.alloc(0)));
  await once(watch, 'data');
  const refused = rawCall(session, { path: WATCH_PATH, body: frame(Buffer.alloc(0)) });
  expect(await refused).toMatchObject({ status: 8, reason: 'OVERLOADED' });
  expect(await watched).toMatchObject({ status: 14, reason: 'SHUTTING_DOWN' });
  await closed(session);
  await eventually(() => at.server.openCalls === 0);
});

test('connections above the bound are closed at once, and a place that is free again is given', async () => {
  await open({ server: { connectionsMax: 2 } });
  const sessions = [openSession(at.port), openSession(at.port)];
  for (const session of sessions) expect((await rawCall(session, { body })).status).toBe(0);
  const third = openSession(at.port);
  await closed(third);
  const [first] = sessions;
  first?.destroy();
  await eventually(() => at.server.openConnections === 1);
  const fourth = openSession(at.port);
  expect((await rawCall(fourth, { body })).status).toBe(0);
  fourth.destroy();
  sessions[1]?.destroy();
});

test('a flood of connections to one listener locks nobody out of another', async () => {
  await open({ server: { connectionsMax: 2 } });
  const flood = [openSession(at.port), openSession(at.port)];
  for (const session of flood) expect((await rawCall(session, { body })).status).toBe(0);
  await closed(openSession(at.port));
  const other = openSession(at.socketPath);
  expect((await rawCall(other, { body })).status).toBe(0);
  for (const session of [...flood, other]) session.destroy();
});

test('a flood of calls and streams to one listener locks nobody out of another', async () => {
  await open({ bounds: { callsMax: 2, streamsMax: 2 } });
  const flood = openSession(at.port);
  const held = [CHECK_PATH, CHECK_PATH, STREAM_PATH, STREAM_PATH].map((path) => openStream(flood, path));
  for (const stream of held) stream.on('error', () => {});
  await eventually(() => at.server.openCalls === 4);
  expect(await rawCall(flood, { body })).toMatchObject({ status: 8, reason: 'OVERLOADED' });
  const other = openSession(at.socketPath);
  expect((await rawCall(other, { body })).status).toBe(0);
  const stream = openStream(other, STREAM_PATH);
  stream.end();
  expect((await readAnswer(stream)).status).toBe(0);
  for (const session of [flood, other]) session.destroy();
});

test('an old connection is drained: its calls end, its streams are told, new ones go elsewhere', async () => {
  await open({ server: { connectionAgeMsMax: 200, graceMs: 2_000 } });
  const gate = Promise.withResolvers<void>();
  at.checker.gate = gate.promise;
  const session = openSession(at.port);
  const call = rawCall(session, { body });
  await at.checker.reached(1);
  await once(session, 'goaway');
  gate.resolve();
  expect((await call).status).toBe(0);
  await closed(session);
});

test('a stop under load loses no accepted call', async () => {
  await open({});
  const gate = Promise.withResolvers<void>();
  at.checker.gate = gate.promise;
  const sessions = Array.from({ length: 4 }, () => openSession(at.port));
  const calls = sessions.flatMap((session) => Array.from({ length: 50 }, () => rawCall(session, { body })));
  await at.checker.reached(200);
  const stopped = at.server.stop(5_000);
  gate.resolve();
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(200).fill(0));
  expect(await stopped).toEqual({ clean: true });
  const late = connectSocket(at.port, '127.0.0.1');
  const [error] = await once(late, 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});

test('a stop ends in time although a call is stuck and streams are open', async () => {
  await open({});
  at.checker.gate = new Promise(() => {});
  const session = openSession(at.port);
  const stuck = rawCall(session, { body });
  const idle = readAnswer(openStream(session, STREAM_PATH));
  const watch = openStream(session, WATCH_PATH);
  const watched = readAnswer(watch);
  watch.end(frame(Buffer.alloc(0)));
  await at.checker.reached(1);
  await once(watch, 'data');
  const startMs = performance.now();
  expect(await at.server.stop(300)).toEqual({ clean: false });
  expect(performance.now() - startMs).toBeLessThan(2_000);
  expect((await stuck).status).toBe(-1);
  expect((await idle).reason).toBe('SHUTTING_DOWN');
  expect((await watched).reason).toBe('SHUTTING_DOWN');
  expect(at.server.openConnections).toBe(0);
});

test('a stop without calls is immediate, and a second one is the first', async () => {
  await open({});
  expect(await at.client.authorization.check(CHECK)).toMatchObject({ effect: 'EFFECT_ALLOW' });
  const stops = [at.server.stop(60_000), at.server.stop(1)];
  expect(await Promise.all(stops)).toEqual([{ clean: true }, { clean: true }]);
  expect(stops[0]).toBe(stops[1]);
});

test('a connection that cancels call after call is closed, with what it has, and no other', async () => {
  await open({});
  const gate = Promise.withResolvers<void>();
  at.checker.gate = gate.promise;
  const quiet = openSession(at.port);
  const kept = rawCall(quiet, { body });
  const session = openSession(at.port);
  let goAwayCode: number | null = null;
  session.on('goaway', (code: number) => {
    goAwayCode = code;
  });
  const sessionClosed = closed(session);
  let sent = 0;
  while (!session.closed && !session.destroyed && sent < 2_000) {
    const streams = Array.from({ length: 50 }, () => openStream(session, CHECK_PATH));
    for (const stream of streams) stream.end(body);
    sent += streams.length;
    await at.checker.reached(Math.min(sent, 950));
    for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
    await Promise.all(streams.map((stream) => (stream.destroyed ? null : closed(stream))));
  }
  await sessionClosed;
  expect(sent).toBeGreaterThan(1_000);
  // Not by HTTP/2's own guard: after that one Node can abort the process.
  expect(goAwayCode).not.toBe(constants.NGHTTP2_INTERNAL_ERROR);
  gate.resolve();
  expect((await kept).status).toBe(0);
});
