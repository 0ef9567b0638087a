// What a partner may be told tells nothing: all reasons of one class are the same in every byte that a host
// may pass on, whichever way it asked.
import type { ClientHttp2Session } from 'node:http2';
import { expect, onTestFinished, test } from 'vitest';
import { REASON_TABLE, type Reason, reasonNumber } from '../../src/core/reason.ts';
import { goldenFiles } from '../support/golden/golden-case.ts';
import { makeSetup, UNKNOWN_KEY } from '../support/golden/golden-sidecar.ts';
import { encodeMessage, frame, openSession, rawCall, rawFields } from '../support/grpc-raw-call.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';
import type { MadeKey } from '../support/sidecar-registry.ts';
import { fieldBytes } from '../support/wire-part.ts';

const FIELD = { reason: 4, publicError: 6, headers: 9 };
/** Reasons that cannot come about yet. */
const LATER: readonly string[] = ['grant_invalid'];

type Ask = (session: ClientHttp2Session, request: Record<string, unknown>) => Promise<Buffer>;

const WAYS: Readonly<Record<string, Ask>> = {
  Check: async (session, request) => {
    const { status, body } = await rawCall(session, { body: frame(encodeMessage('CheckRequest', request)) });
    expect(status).toBe(0);
    return body;
  },
  BatchCheck: async (session, { apiKey, source, ...item }) => {
    const body = frame(encodeMessage('BatchCheckRequest', { apiKey, source, items: [item] }));
    const answer = await rawCall(session, { path: '/postern.v1.AuthorizationService/BatchCheck', body });
    const [result] = fieldBytes(answer.body, 1);
    return fieldBytes(result ?? Buffer.alloc(0), 1)[0] ?? Buffer.alloc(0);
  },
  StreamCheck: async (session, request) => {
    const check = encodeMessage('CheckRequest', request);
    const body = frame(rawFields((writer) => writer.uint32(10).bytes(check)));
    const answer = await rawCall(session, { path: '/postern.v1.AuthorizationService/StreamCheck', body });
    const [result] = fieldBytes(answer.body, 1);
    return fieldBytes(result ?? Buffer.alloc(0), 2)[0] ?? Buffer.alloc(0);
  },
};

/** What a host may pass on: public error and headers, their bytes and their order. */
function passedOn(response: Buffer): string {
  return [FIELD.publicError, FIELD.headers]
    .map((field) =>
      fieldBytes(response, field)
        .map((part) => part.toString('hex'))
        .join(','),
    )
    .join(';');
}

function reasonOf(response: Buffer): number {
  const at = response.indexOf(Buffer.from([FIELD.reason << 3]));
  return response[at + 1] ?? 0;
}

/** A golden case of this reason: setup and request are its. */
function caseOf(reason: Reason) {
  const file = goldenFiles().find(({ golden }) => {
    const expected = golden.expect as { readonly reason: string };
    return expected.reason === reason && golden.over_grpc !== 'later' && golden.calls_before === undefined;
  });
  if (file === undefined) throw new Error(`no golden case for ${reason}`);
  return file.golden;
}

async function requestFor(sidecar: RunningSidecar, reason: Reason): Promise<Record<string, unknown>> {
  const golden = caseOf(reason);
  const companyId = `cmp_${reason}`;
  const key: MadeKey = await makeSetup(sidecar, golden.setup, companyId);
  const { credential, resource, claimed_company_ids: claims = [], operation } = golden.request;
  const texts = { issued: key.secret, unknown: UNKNOWN_KEY, none: undefined };
  const apiKey = typeof credential === 'string' ? texts[credential] : credential.text;
  return {
    requestId: 'req-1',
    operation,
    claimedCompanyIds: [...claims],
    source: { ip: golden.request.source?.ip ?? '' },
    ...(resource === undefined
      ? {}
      : {
          resource: {
            type: resource.type,
            id: resource.id,
            companyId: ownerOf(resource.company_id, companyId),
          },
        }),
    ...(apiKey === undefined ? {} : { apiKey }),
  };
}

const ownerOf = (given: string | undefined, own: string) => (given === 'cmp_aurora' ? own : (given ?? ''));

async function expectAlike(status: number, count: number): Promise<void> {
  const sidecar = await startSidecar({ limits: { sourceFailures: { burst: 1_000 } } });
  const session = openSession(Number(sidecar.tcp.split(':')[1]));
  onTestFinished(() => session.destroy());
  const reasons = REASON_TABLE.filter(
    ({ public: shown, name }) => shown?.httpStatus === status && !LATER.includes(name),
  ).map(({ name }) => name);
  expect(reasons).toHaveLength(count);
  const seen = new Set<string>();
  for (const reason of reasons) {
    const request = await requestFor(sidecar, reason);
    for (const [way, ask] of Object.entries(WAYS)) {
      const response = await ask(session, request);
      expect.soft(reasonOf(response), `${way} ${reason}`).toBe(reasonNumber(reason));
      seen.add(passedOn(response));
    }
  }
  expect([...seen]).toHaveLength(1);
  expect([...seen][0]).not.toBe(';');
}

test('every 401 is the same, byte for byte', () => expectAlike(401, 10), 60_000);

test('every 404 is the same, byte for byte', () => expectAlike(404, 3), 60_000);
