/**
 * Deadlines as callers write them in `grpc-timeout`, of any length that the protocol knows.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { boundedTimeout } from '../../src/grpc/long-deadline.ts';
import { encodeMessage, frame, openSession, rawCall } from '../support/grpc-raw-call.ts';
import { openTestServer, type TestServer } from '../support/grpc-server.ts';

let at: TestServer;

beforeEach(async () => {
  at = await openTestServer();
});

afterEach(() => at.close());

const body = frame(
  encodeMessage('CheckRequest', { requestId: 'req-1', apiKey: 'pst_live_x', operation: 'payments.create' }),
);

test.each([
  '2147483S',
  '2147484S',
  '99999999S',
  '35792M',
  '99999999M',
  '597H',
  '720H',
  '99999999H',
  '99999999m',
  '60000000u',
])('a check with a deadline of %s is decided', async (timeout) => {
  const session = openSession(at.port);
  const answer = await rawCall(session, { body, headers: { 'grpc-timeout': timeout } });
  expect(answer).toMatchObject({ status: 0 });
  session.destroy();
});

test.each(['10m', '1S'])('a deadline of %s that passes ends the check', async (timeout) => {
  at.checker.gate = new Promise(() => {});
  const session = openSession(at.port);
  const answer = await rawCall(session, { body, headers: { 'grpc-timeout': timeout } });
  expect(answer).toMatchObject({ status: 4, reason: 'DEADLINE_EXCEEDED' });
  session.destroy();
});

test('a deadline that is none is refused', async () => {
  const session = openSession(at.port);
  const answer = await rawCall(session, { body, headers: { 'grpc-timeout': 'soon' } });
  expect(answer).toMatchObject({ status: 3, reason: 'REQUEST_MALFORMED' });
  session.destroy();
});

test('of a header that names several times only the first counts, as it does without us', () => {
  expect(boundedTimeout('10m, 99999999H')).toBe('10m, 99999999H');
  expect(boundedTimeout('99999999H, 10m')).toBe('2147483S');
});
