// No check of a stream ever waits for good, and none is answered with what was meant for another.
import { Server, ServerCredentials, type ServerDuplexStream, status } from '@grpc/grpc-js';
import { expect, onTestFinished, test } from 'vitest';
import type { StreamCheckRequest__Output } from '../grpc/gen/postern/v1/StreamCheckRequest.ts';
import type { StreamCheckResponse } from '../grpc/gen/postern/v1/StreamCheckResponse.ts';
import { connect } from './connect.ts';
import { authorizationMethods } from './contract.ts';

type Call = ServerDuplexStream<StreamCheckRequest__Output, StreamCheckResponse>;

/** A stream to a server that does with each message what the test says. */
async function streamTo(answer: (call: Call, message: StreamCheckRequest__Output) => void) {
  const server = new Server();
  const { StreamCheck } = authorizationMethods;
  server.addService(
    { StreamCheck },
    {
      StreamCheck: (call: Call) => {
        call.on('data', (message: StreamCheckRequest__Output) => answer(call, message));
        call.on('end', () => call.end());
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const client = connect({ address: `127.0.0.1:${port}` });
  onTestFinished(() => {
    client.close();
    server.forceShutdown();
  });
  return client.authorization.openStream();
}

const check = (requestId: string) => ({ requestId, operation: 'payments.create' });
const answering = (call: Call, { check: asked }: StreamCheckRequest__Output) =>
  void call.write({ results: [{ id: asked?.requestId ?? '', response: { effect: 'EFFECT_ALLOW' } }] });

test('when the sidecar could not read a message, whatever waits rejects, for nobody knows which it was', async () => {
  const stream = await streamTo((call, message) => {
    if (message.check?.requestId !== 'b') return;
    call.write({ results: [{ id: '', error: { code: status.INVALID_ARGUMENT, message: 'Unreadable.' } }] });
    // Too late: the host was told that it is a deny.
    answering(call, message);
  });
  const settled = await Promise.allSettled([stream.check(check('a')), stream.check(check('b'))]);
  expect(settled).toMatchObject([
    { status: 'rejected', reason: { name: 'CallError', grpcStatus: 3, message: 'Unreadable.' } },
    { status: 'rejected', reason: { name: 'CallError', grpcStatus: 3 } },
  ]);
  await expect(stream.check(check('c'))).rejects.toMatchObject({ grpcStatus: 3 });
  await stream.close();
});

test.each([
  ['with a status', { code: status.RESOURCE_EXHAUSTED, details: 'Too large.' }, status.RESOURCE_EXHAUSTED],
  ['without one', null, status.UNAVAILABLE],
])('when the sidecar ends the stream %s, whatever waits rejects', async (_how, error, grpcStatus) => {
  const stream = await streamTo((call, { check: asked }) => {
    if (asked?.requestId !== 'b') return;
    if (error === null) call.end();
    else call.emit('error', error);
  });
  const settled = await Promise.allSettled([stream.check(check('a')), stream.check(check('b'))]);
  expect(settled).toMatchObject([
    { status: 'rejected', reason: { name: 'CallError', grpcStatus } },
    { status: 'rejected', reason: { name: 'CallError', grpcStatus } },
  ]);
  await expect(stream.check(check('c'))).rejects.toMatchObject({ grpcStatus });
  await stream.close();
});

test('an answer without a decision rejects its own check and no other', async () => {
  const stream = await streamTo((call, message) => {
    if (message.check?.requestId === 'a') call.write({ results: [{ id: 'a' }] });
    else answering(call, message);
  });
  await expect(stream.check(check('a'))).rejects.toMatchObject({ grpcStatus: status.UNAVAILABLE });
  expect(await stream.check(check('b'))).toMatchObject({ effect: 'EFFECT_ALLOW' });
});

test.each([
  ['none', ''],
  ['one with a control character', 'a\u0001'],
  ['one that is no ASCII', 'é'],
  ['one that is too long', 'r'.repeat(129)],
])('an id that the sidecar cannot answer to is refused before it is sent: %s', async (_name, requestId) => {
  const stream = await streamTo(answering);
  await expect(stream.check(check(requestId))).rejects.toMatchObject({
    name: 'CallError',
    code: 'request_malformed',
    grpcStatus: status.INVALID_ARGUMENT,
    faults: [{ field: 'check.request_id' }],
  });
  expect(await stream.check(check('good'))).toMatchObject({ effect: 'EFFECT_ALLOW' });
});

test('nothing can be asked after the close, and what was asked before is answered', async () => {
  const stream = await streamTo(answering);
  const before = stream.check(check('a'));
  const closed = stream.close();
  await expect(stream.check(check('b'))).rejects.toThrow('closed');
  expect(await before).toMatchObject({ effect: 'EFFECT_ALLOW' });
  await closed;
});
