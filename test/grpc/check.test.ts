/**
 * Check over a real server: what reaches the checker, what does not, and how each refusal is told.
 */
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { structOf } from '../../src/client/struct.ts';
import { PosternError } from '../../src/core/error.ts';
import type { CheckRequest } from '../../src/grpc/gen/postern/v1/CheckRequest.ts';
import {
  CHECK_PATH,
  encodeMessage,
  eventually,
  frame,
  openSession,
  openStream,
  rawCall,
  rawFields,
  readAnswer,
} from '../support/grpc-raw-call.ts';
import { allowedAnswer, openTestServer, type TestServer } from '../support/grpc-server.ts';

let at: TestServer;

beforeEach(async () => {
  at = await openTestServer();
});

afterEach(() => at.close());

const CHECK = { requestId: 'req-1', apiKey: 'pst_live_x', operation: 'payments.create' };

test('a check reaches the checker as the core’s call and its answer comes back', async () => {
  const answer = await at.client.authorization.check({
    ...CHECK,
    correlationId: 'corr-1',
    resource: { type: 'bank_account', id: 'ba_1', attributes: structOf({ vip: true }) },
    claimedCompanyIds: ['cmp_aurora'],
    source: { ip: '192.0.2.7', userAgent: 'partner/1.0' },
    cost: 3,
    context: structOf({ amount: '12.50' }),
  });
  expect(answer).toMatchObject({ requestId: 'req-1', effect: 'EFFECT_ALLOW', reason: 'REASON_ALLOWED' });
  expect(at.checker.calls[0]?.call).toEqual({
    credential: { apiKey: 'pst_live_x' },
    source: { ip: '192.0.2.7', userAgent: 'partner/1.0' },
    items: [
      {
        requestId: 'req-1',
        correlationId: 'corr-1',
        operation: 'payments.create',
        resource: { type: 'bank_account', id: 'ba_1', companyId: '', attributes: '{"vip":true}' },
        claimedCompanyIds: ['cmp_aurora'],
        cost: 3,
        context: '{"amount":"12.50"}',
        faults: { resourceMalformed: false, claimMalformed: false },
      },
    ],
  });
});

test.each([
  ['grant', { grant: 'g' }],
  ['bearer_token', { bearerToken: 't' }],
  ['idempotency_key', { idempotencyKey: 'k' }],
  ['request_fingerprint', { requestFingerprint: Buffer.alloc(32) }],
  ['want_grant', { wantGrant: { audience: 'jobs' } }],
])('%s belongs to a later part and is refused by name', async (field, members) => {
  const request: CheckRequest = { requestId: 'req-1', operation: 'payments.create', ...members };
  await expect(at.client.authorization.check(request)).rejects.toMatchObject({
    code: 'not_yet_built',
    grpcStatus: 12,
    faults: [{ field }],
  });
  expect(at.checker.calls).toEqual([]);
});

test('mistakes of the host are told all at once, by field', async () => {
  const request = { ...CHECK, requestId: '', operation: 'a b', cost: 2_000_000 };
  await expect(at.client.authorization.check(request)).rejects.toMatchObject({
    code: 'request_malformed',
    grpcStatus: 3,
    faults: [{ field: 'request_id' }, { field: 'operation' }, { field: 'cost' }],
  });
});

test('what the partner controls is never an error, however ill-formed', async () => {
  const session = openSession(at.port);
  const broken = Buffer.from([0x61, 0xff, 0xfe]);
  const body = Buffer.concat([
    encodeMessage('CheckRequest', { requestId: 'req-1', operation: 'a.b' }),
    rawFields((w) => {
      w.uint32(26).bytes(broken); // api_key
      w.uint32(58).bytes(rawFields((r) => r.uint32(18).bytes(broken))); // resource.id
      for (let count = 0; count < 5_000; count += 1) w.uint32(66).bytes(broken); // claims
      w.uint32(74).bytes(rawFields((s) => s.uint32(10).bytes(broken).uint32(18).bytes(broken))); // source
    }),
  ]);
  expect((await rawCall(session, { body: frame(body) })).status).toBe(0);
  expect(at.checker.calls[0]?.call).toMatchObject({
    credential: { apiKey: 'a\ufffd\ufffd' },
    source: { ip: null, userAgent: 'a' },
    items: [{ faults: { resourceMalformed: true, claimMalformed: true }, resource: { id: '' } }],
  });
  session.destroy();
});

test('a damaged or truncated message never reaches the checker as anything but a valid one', async () => {
  const session = openSession(at.port);
  const encoded = encodeMessage('CheckRequest', { ...CHECK, source: { ip: '192.0.2.7' }, cost: 7 });
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: encoded.length }),
      fc.array(fc.tuple(fc.nat(encoded.length - 1), fc.integer({ min: 1, max: 255 })), { maxLength: 3 }),
      async (cut, flips) => {
        const damaged = Buffer.from(encoded);
        for (const [place, bits] of flips) damaged[place] = (damaged[place] ?? 0) ^ bits;
        const before = at.checker.calls.length;
        const answer = await rawCall(session, { body: frame(damaged.subarray(0, cut)) });
        const reached = at.checker.calls.slice(before);
        expect([0, 3, 12]).toContain(answer.status);
        expect(reached.length).toBe(answer.status === 0 ? 1 : 0);
        if (answer.status !== 0) refused += 1;
        for (const { call } of reached) expect(call.items[0]?.requestId).toMatch(/^[\x20-\x7e]{1,128}$/);
      },
    ),
    { numRuns: 500 },
  );
  expect(refused).toBeGreaterThan(100);
  expect(at.reported).toEqual([]);
  session.destroy();
});

test('a refused message names the field and the code in its details', async () => {
  const session = openSession(at.port);
  const body = frame(Buffer.from([0x0a, 9, 0x61]));
  expect(await rawCall(session, { body })).toMatchObject({
    status: 3,
    reason: 'REQUEST_MALFORMED',
    fields: ['request_id'],
  });
  session.destroy();
});

test('a message of 10 MB is refused as malformed and the server goes on', async () => {
  const request = { ...CHECK, context: structOf({ text: 'x'.repeat(10_000_000) }) };
  await expect(at.client.authorization.check(request)).rejects.toMatchObject({
    code: 'request_malformed',
    grpcStatus: 3,
  });
  expect(at.checker.calls).toEqual([]);
  expect(await at.client.authorization.check(CHECK)).toMatchObject({ effect: 'EFFECT_ALLOW' });
});

/** How a message travels, as its header and its first byte say. */
test.each([
  ['gzip', gzipSync(encodeMessage('CheckRequest', CHECK)), true],
  ['deflate', deflateSync(encodeMessage('CheckRequest', CHECK)), true],
  ['gzip', Buffer.from('no gzip at all'), true],
  ['gzip', gzipSync(Buffer.alloc(50_000_000)), true],
  ['gzip', encodeMessage('CheckRequest', CHECK), false],
  ['zstd', encodeMessage('CheckRequest', CHECK), true],
])(
  'a call that says %s is refused unread, and told that nothing may be compressed',
  async (encoding, ...as) => {
    const session = openSession(at.port);
    const headers = { 'grpc-encoding': encoding };
    const answer = await rawCall(session, { body: frame(...as), headers });
    expect(answer).toMatchObject({ status: 12, reason: 'NOT_YET_BUILT' });
    expect(answer.said).toContain('"grpc-accept-encoding":"identity"');
    expect(at.checker.calls).toEqual([]);
    session.destroy();
  },
);

test('answers are not compressed, and do not invite to compress', async () => {
  const session = openSession(at.port);
  const body = frame(encodeMessage('CheckRequest', CHECK));
  const headers = { 'grpc-encoding': 'identity', 'grpc-accept-encoding': 'gzip' };
  const { status, said } = await rawCall(session, { body, headers });
  expect(status).toBe(0);
  expect(said).toContain('"grpc-accept-encoding":"identity"');
  expect(said).toContain('"grpc-encoding":"identity"');
  session.destroy();
});

test.each([
  ['a deadline that is none', { 'grpc-timeout': 'soon' }, 3, 'REQUEST_MALFORMED'],
  ['40 KB under a name that objects have', { ['__proto__']: 'v'.repeat(40_000) }, 3, 'REQUEST_MALFORMED'],
  ['metadata of 40 KB', { 'x-large': 'v'.repeat(40_000) }, 3, 'REQUEST_MALFORMED'],
])('%s is refused', async (_what, headers, status, reason) => {
  const session = openSession(at.port);
  const body = frame(encodeMessage('CheckRequest', CHECK));
  expect(await rawCall(session, { body, headers })).toMatchObject({ status, reason });
  expect(at.checker.calls).toEqual([]);
  session.destroy();
});

test('a call without a message, one with two, and one with a message and a part are refused', async () => {
  const session = openSession(at.port);
  const message = frame(encodeMessage('CheckRequest', CHECK));
  const bodies = [Buffer.alloc(0), Buffer.concat([message, message])];
  for (const part of [1, 4, 5, 20]) bodies.push(Buffer.concat([message, message.subarray(0, part)]));
  for (const body of bodies) {
    expect(await rawCall(session, { body })).toMatchObject({
      status: 3,
      message: 'The call must hold exactly one message.',
    });
  }
  expect(at.checker.calls).toEqual([]);
  session.destroy();
});

test('the listener and the nearer of both deadlines travel with the call', async () => {
  const beforeUs = performance.now() * 1_000;
  await at.client.authorization.check(CHECK, { deadlineMs: 60_000 });
  await at.client.authorization.check(CHECK, { deadlineMs: 1_000 });
  const afterUs = performance.now() * 1_000;
  const [own, client] = at.checker.calls.map(({ origin }) => origin);
  expect(own?.listener).toBe('decision_tcp');
  expect(own?.deadlineMonoUs).toBeGreaterThanOrEqual(beforeUs + 4_990_000);
  expect(own?.deadlineMonoUs).toBeLessThanOrEqual(afterUs + 5_000_000);
  expect(client?.deadlineMonoUs).toBeLessThanOrEqual(afterUs + 1_000_000);
});

test('a call whose deadline passes while it is decided ends as deadline_exceeded', async () => {
  const gate = Promise.withResolvers<void>();
  at.checker.gate = gate.promise;
  const session = openSession(at.port);
  const body = frame(encodeMessage('CheckRequest', CHECK));
  const answer = await rawCall(session, { body, headers: { 'grpc-timeout': '50m' } });
  expect(answer).toMatchObject({ status: 4, reason: 'DEADLINE_EXCEEDED' });
  gate.resolve();
  session.destroy();
});

test('errors of the checker keep their code; any other becomes INTERNAL and is only reported', async () => {
  const failWith = (error: unknown) => {
    at.checker.decide = () => {
      throw error;
    };
    return at.client.authorization.check(CHECK);
  };
  await expect(
    failWith(new PosternError('overloaded', 'Full.', { retryAfterMs: 250 })),
  ).rejects.toMatchObject({
    code: 'overloaded',
    grpcStatus: 8,
    retryAfterMs: 250,
  });
  await expect(failWith(new PosternError('storage_unavailable', 'Cannot write.'))).rejects.toMatchObject({
    code: 'storage_unavailable',
    grpcStatus: 14,
  });
  expect(at.reported).toEqual([]);
  const bug = new Error('pst_live_canary');
  await expect(failWith(bug)).rejects.toMatchObject({
    code: 'internal',
    grpcStatus: 13,
    message: 'An internal error occurred.',
  });
  expect(at.reported).toEqual([bug]);
});

test('an answer that is lost is not an answer: a checker that answers nothing is an internal error', async () => {
  at.checker.check = async () => [];
  await expect(at.client.authorization.check(CHECK)).rejects.toMatchObject({ code: 'internal' });
});

test('a call that is reset before its end is not decided, though its message is whole', async () => {
  const session = openSession(at.port);
  const stream = openStream(session, CHECK_PATH);
  // So large that the server counts it, which says that it is there.
  stream.write(frame(encodeMessage('CheckRequest', { ...CHECK, apiKey: 'k'.repeat(5_000) })));
  await eventually(() => at.server.arrivedBytes > 0);
  // Closing it would send the end as well.
  stream.destroy();
  await eventually(() => at.server.openCalls === 0);
  expect(at.checker.calls).toEqual([]);
  session.destroy();
});

test('the caller leaving does not stop the check, nor harm the server', async () => {
  const gate = Promise.withResolvers<void>();
  at.checker.gate = gate.promise;
  const abort = new AbortController();
  const call = at.client.authorization.check(CHECK, { signal: abort.signal });
  await at.checker.reached(1);
  const caller = at.checker.calls[0]?.origin.caller;
  expect(caller?.cancelled).toBe(false);
  abort.abort();
  await expect(call).rejects.toMatchObject({ code: 'cancelled' });
  await eventually(() => caller?.cancelled === true);
  gate.resolve();
  at.checker.decide = (item) => allowedAnswer(item);
  expect(await at.client.authorization.check(CHECK)).toMatchObject({ effect: 'EFFECT_ALLOW' });
  expect(at.reported).toEqual([]);
});

test('a method that does not exist is unimplemented', async () => {
  const session = openSession(at.port);
  const answer = await rawCall(session, {
    path: '/postern.v1.AuthorizationService/None',
    body: frame(Buffer.alloc(0)),
  });
  expect(answer.status).toBe(12);
  const stream = session.request({ ':method': 'POST', ':path': '/x', 'content-type': 'text/plain' });
  stream.end();
  expect((await readAnswer(stream)).status).toBe(-1);
  session.destroy();
});

test('outcomes are recorded by index and faults name theirs', async () => {
  const decisionId = 'dec_5b0c5b0e-30a5-4c55-9a37-7c5c1e0f4a11';
  const outcome = {
    decisionId,
    status: 'STATUS_DOWNSTREAM_ERROR',
    httpStatus: 502,
    errorCategory: 'bank',
  } as const;
  expect(await at.client.authorization.reportOutcomes({ outcomes: [outcome] })).toEqual({
    results: [{ decisionId, state: 'STATE_RECORDED' }],
  });
  expect(at.checker.reports).toEqual([{ ...outcome, status: 'downstream_error' }]);
  const faulty = {
    outcomes: [outcome, { ...outcome, status: 'STATUS_UNSPECIFIED' as const, httpStatus: 7 }],
  };
  await expect(at.client.authorization.reportOutcomes(faulty)).rejects.toMatchObject({
    faults: [{ field: 'outcomes[1].status' }, { field: 'outcomes[1].http_status' }],
  });
  await expect(at.client.authorization.reportOutcomes({ outcomes: [] })).rejects.toMatchObject({
    faults: [{ field: 'outcomes' }],
  });
});

test('an unknown enum number in an outcome is refused', async () => {
  const session = openSession(at.port);
  const outcome = rawFields((w) => w.uint32(10).string('dec_1').uint32(16).int32(99));
  const body = frame(rawFields((w) => w.uint32(10).bytes(outcome)));
  const path = '/postern.v1.AuthorizationService/ReportOutcomes';
  expect(await rawCall(session, { path, body })).toMatchObject({ status: 3, fields: ['outcomes[0].status'] });
  session.destroy();
});
