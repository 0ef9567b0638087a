// Bytes that are no calls, against a running sidecar: garbage as messages of every method, wrong paths, wrong
// protocols, messages that are too large. It refuses them, says nothing of ours as INTERNAL, and goes on.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type ClientHttp2Session, constants } from 'node:http2';
import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import {
  auditMethods,
  authorizationMethods,
  companyMethods,
  keyMethods,
  policyMethods,
  systemMethods,
} from '../../src/client/contract.ts';
import { frame, openSession, rawCall, rawFields, readAnswer } from '../support/grpc-raw-call.ts';
import { type RunningSidecar, sharedSidecar } from '../support/sidecar.ts';
import { readRecords } from '../support/sidecar-log.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';
import { encodeWire } from '../support/wire-check.ts';

const CHECK = '/postern.v1.AuthorizationService/Check';
const DECISION_PATHS = Object.values(authorizationMethods).map(({ path }) => path);
const ADMIN_PATHS = [keyMethods, companyMethods, auditMethods, policyMethods, systemMethods].flatMap(
  (methods) => Object.values(methods).map(({ path }) => path),
);
/** OK, INVALID_ARGUMENT, DEADLINE_EXCEEDED (of a stream without an end), NOT_FOUND, FAILED_PRECONDITION, UNIMPLEMENTED. */
const EXPECTED = [0, 3, 4, 5, 9, 12];

function openOwn(place: number | string): ClientHttp2Session {
  const session = openSession(place);
  onTestFinished(() => session.destroy());
  return session;
}

/** One for all: whatever one test does to it, the next ones still find it well. */
const theSidecar = sharedSidecar();

const portOf = ({ tcp }: RunningSidecar) => Number(tcp.split(':')[1]);

/** A key of a company of its own. */
async function createdKey({ admin }: RunningSidecar) {
  const companyId = `cmp_${randomUUID()}`;
  await createCompany(admin, companyId);
  return createKey(admin, companyId);
}

/** It is as well as before: it allows, is ready, and has nothing to report. */
async function expectWell(sidecar: RunningSidecar): Promise<void> {
  const { admin, host, launched } = sidecar;
  const { secret } = await createdKey(sidecar);
  const answer = await host.authorization.check({
    requestId: 'well',
    apiKey: secret,
    operation: 'session.read',
  });
  expect(answer.effect).toBe('EFFECT_ALLOW');
  expect((await admin.system.status({})).ready).toBe(true);
  expect(launched.logged('call_failed')).toEqual([]);
}

test('garbage as a message of any method is refused, and decides nothing', async () => {
  const sidecar = await theSidecar();
  const { logSize: before } = await sidecar.admin.audit.query({});
  const decision = openOwn(sidecar.place.decisionSocket);
  const admin = openOwn(sidecar.place.adminSocket);
  const headers = { 'grpc-timeout': '2S' };
  const garbage = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 64 }), { numRuns: 25, seed: 7 });
  const refused = new Map<string, number>();
  for (const path of [...DECISION_PATHS, ...ADMIN_PATHS]) {
    const session = DECISION_PATHS.includes(path) ? decision : admin;
    // A tail that is understood by chance would go on until its deadline.
    const bodies = path.endsWith('TailRecords') ? garbage.slice(0, 3) : garbage;
    for (const bytes of bodies) {
      const { status, domain } = await rawCall(session, { path, body: frame(bytes), headers });
      expect.soft(EXPECTED, `${path} ${Buffer.from(bytes).toString('hex')}`).toContain(status);
      if (status !== 0 && status !== 4) expect.soft(domain, path).toBe('postern');
      if (status === 3) refused.set(path, (refused.get(path) ?? 0) + 1);
    }
  }
  // A stream answers item by item, so there the call itself goes well.
  expect(refused.size).toBeGreaterThanOrEqual(DECISION_PATHS.length + ADMIN_PATHS.length - 1);
  const records = await readRecords(sidecar.admin, Number(before));
  expect(records.filter(({ kind }) => kind === 'decision' || kind === 'outcome')).toEqual([]);
  await expectWell(sidecar);
}, 60_000);

test('neither listener serves the services of the other, and no method is guessed', async () => {
  const sidecar = await theSidecar();
  const decision = openOwn(sidecar.place.decisionSocket);
  const tcp = openOwn(portOf(sidecar));
  const admin = openOwn(sidecar.place.adminSocket);
  const body = frame(Buffer.alloc(0));
  for (const path of ADMIN_PATHS) {
    expect.soft((await rawCall(decision, { path, body })).status, path).toBe(12);
    expect.soft((await rawCall(tcp, { path, body })).status, path).toBe(12);
  }
  for (const path of DECISION_PATHS)
    expect.soft((await rawCall(admin, { path, body })).status, path).toBe(12);
  const strange = [
    '/',
    '/postern.v1.AuthorizationService/',
    '/postern.v1.AuthorizationService/check',
    '/postern.v1.AuthorizationService/Check/',
    '/postern.v2.AuthorizationService/Check',
    '/postern.v1.AuthorizationService/__proto__',
    '/../healthz',
    '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  ];
  for (const path of strange) expect.soft((await rawCall(tcp, { path, body })).status, path).toBe(12);
  await expectWell(sidecar);
});

test('another content type, another HTTP method and another protocol are refused', async () => {
  const sidecar = await theSidecar();
  const session = openOwn(portOf(sidecar));
  const text = session.request({ ':method': 'POST', ':path': CHECK, 'content-type': 'application/json' });
  text.end('{"request_id":"req-1"}');
  expect((await readAnswer(text)).httpStatus).toBe(415);
  const none = session.request({ ':method': 'POST', ':path': CHECK });
  none.end();
  expect((await readAnswer(none)).httpStatus).toBe(415);
  const get = session.request({ ':method': 'GET', ':path': CHECK, 'content-type': 'application/grpc' });
  expect((await readAnswer(get)).status).not.toBe(0);
  const hello = Buffer.from('16030100c8010000c40303', 'hex');
  for (const bytes of ['GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', hello, Buffer.alloc(4_096, 0x20)]) {
    const socket = connect(portOf(sidecar), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(bytes);
    socket.resume();
    await once(socket, 'close');
  }
  await expectWell(sidecar);
});

test('a message of 10 MB is refused, and so is one that only says it is', async () => {
  const sidecar = await theSidecar();
  const { secret } = await createdKey(sidecar);
  const large = { requestId: 'req-1', apiKey: secret, operation: 'o'.repeat(10_000_000) };
  const refusal = { code: 'request_malformed', grpcStatus: 3 };
  await expect(sidecar.host.authorization.check(large)).rejects.toMatchObject(refusal);
  const stream = sidecar.host.authorization.openStream();
  await expect(stream.check(large)).rejects.toMatchObject({ grpcStatus: 3 });
  const label = 'l'.repeat(10_000_000);
  await expect(sidecar.admin.companies.create({ companyId: 'cmp_large', label })).rejects.toMatchObject(
    refusal,
  );
  const head = frame(Buffer.alloc(0));
  head.writeUInt32BE(0xffff_ffff, 1);
  const body = Buffer.concat([head, Buffer.alloc(100)]);
  expect((await rawCall(openOwn(portOf(sidecar)), { body })).status).toBe(3);
  await expectWell(sidecar);
});

test('an unknown number of an enum, a second value and a cut message are refused by field', async () => {
  const sidecar = await theSidecar();
  const decision = openOwn(sidecar.place.decisionSocket);
  const admin = openOwn(sidecar.place.adminSocket);
  const refused = async (session: ClientHttp2Session, path: string, body: Buffer) => {
    const { status, reason, fields } = await rawCall(session, {
      path: `/postern.v1.${path}`,
      body: frame(body),
    });
    return { status, reason, fields };
  };
  const told = (field: string) => ({ status: 3, reason: 'REQUEST_MALFORMED', fields: [field] });
  const outcome = encodeWire('Outcome', { decision_id: 'dec_1', status: 99 });
  expect(
    await refused(
      decision,
      'AuthorizationService/ReportOutcomes',
      encodeWire('ReportOutcomesRequest', { outcomes: [outcome] }),
    ),
  ).toEqual(told('outcomes[0].status'));
  const filter = encodeWire('RecordFilter', { effect: 99 });
  expect(
    await refused(admin, 'AuditService/QueryRecords', encodeWire('QueryRecordsRequest', { filter })),
  ).toEqual(told('filter.effect'));
  expect(await refused(admin, 'KeyService/ListKeys', encodeWire('ListKeysRequest', { status: 99 }))).toEqual(
    told('status'),
  );
  const twice = encodeWire('CheckRequest', {
    request_id: 'req-1',
    operation: ['banks.read', 'payments.create'],
  });
  expect(await refused(decision, 'AuthorizationService/Check', twice)).toEqual(told('operation'));
  const cut = rawFields((writer) => writer.uint32((1 << 3) | 2).uint32(40));
  expect(await refused(decision, 'AuthorizationService/Check', cut)).toEqual(told('request_id'));
  const wrongType = rawFields((writer) => writer.uint32(6 << 3).uint32(40));
  expect(await refused(decision, 'AuthorizationService/Check', wrongType)).toEqual(told('operation'));
  await expectWell(sidecar);
});

test('a call that its host gives up harms no other, and a connection that breaks loses only its own', async () => {
  const sidecar = await theSidecar();
  const { secret } = await createdKey(sidecar);
  const session = openOwn(portOf(sidecar));
  const body = frame(
    encodeWire('CheckRequest', { request_id: 'left', api_key: secret, operation: 'session.read' }),
  );
  for (let count = 0; count < 50; count += 1) {
    const stream = session.request({ ':method': 'POST', ':path': CHECK, 'content-type': 'application/grpc' });
    stream.on('error', () => {});
    stream.write(body.subarray(0, count));
    stream.close(constants.NGHTTP2_CANCEL);
  }
  const lost = openOwn(portOf(sidecar));
  const calls = Array.from({ length: 20 }, () => rawCall(lost, { body }));
  lost.destroy();
  await Promise.all(calls);
  await expectWell(sidecar);
});
