// Bad input field by field, over the wire of a running sidecar and in each of the three ways to ask: what
// the partner controls is a decision, what the host broke is told by field, and no value comes back.
import { expect, onTestFinished, test } from 'vitest';
import { structOf } from '../../src/client/struct.ts';
import { encodeBase62Number } from '../../src/core/base62.ts';
import { crc32 } from '../../src/core/crc32.ts';
import type { JsonObject } from '../../src/core/request.ts';
import { messageType } from '../../src/grpc/descriptor.ts';
import { openSession, rawFields } from '../support/grpc-raw-call.ts';
import { sharedSidecar } from '../support/sidecar.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';
import { encodeWire, sendWire, type WireCheck, type WireWay } from '../support/wire-check.ts';

const WAYS: readonly WireWay[] = ['Check', 'BatchCheck', 'StreamCheck'];
/** Stands in every bad value, and must be in no answer to it. */
const CANARY = 'canary7f3a';
const BROKEN = Buffer.concat([Buffer.from(CANARY), Buffer.from([0xff, 0xfe, 0xc0])]);
const GOOD: WireCheck = { request_id: 'req-1', operation: 'banks.read' };

const theSidecar = sharedSidecar({ limits: { sourceFailures: { burst: 10_000 } } });

let secret = '';

/** The sidecar, with a key of cmp_aurora. */
async function openCalls() {
  const sidecar = await theSidecar();
  if (secret === '') {
    await createCompany(sidecar.admin, 'cmp_aurora');
    ({ secret } = await createKey(sidecar.admin, 'cmp_aurora'));
  }
  const session = openSession(sidecar.place.decisionSocket);
  onTestFinished(() => session.destroy());
  return { sidecar, session, secret };
}

const resource = (fields: WireCheck) => encodeWire('Resource', fields);
const source = (fields: WireCheck) => encodeWire('Source', fields);

function struct(json: JsonObject): Buffer {
  const type = messageType('google.protobuf.Struct');
  return Buffer.from(type.encode(type.fromObject(structOf(json))).finish());
}

/** So many levels of objects, the canary in the last. */
function nested(levels: number): JsonObject {
  return levels === 1 ? { a: CANARY } : { a: nested(levels - 1) };
}

/** The key with another first digit of its secret and the checksum that goes with it. */
function withOtherSecret(secret: string): string {
  const at = 'pst_live_'.length;
  const body = `${secret.slice(0, at)}${secret[at] === '0' ? '1' : '0'}${secret.slice(at + 1, -7)}`;
  return `${body}_${encodeBase62Number(crc32(body, body.length), 6)}`;
}

/** What a partner may send, and what comes of it. Each is sent with a valid key unless it is about the key. */
function partnerInput(secret: string): readonly (readonly [string, WireCheck, string])[] {
  const changed = [0, 4, 9, 30, 51, 53, 58].map((at): readonly [string, WireCheck, string] => {
    const other = secret[at] === 'x' ? 'y' : 'x';
    const text = secret.slice(0, at) + other + secret.slice(at + 1);
    return [`the key with character ${at} changed`, { api_key: text }, 'KEY_MALFORMED'];
  });
  return [
    ...changed,
    ['the key with another secret and its checksum', { api_key: withOtherSecret(secret) }, 'KEY_UNKNOWN'],
    ['the key of another prefix', { api_key: secret.replace('pst_', 'abc_') }, 'KEY_MALFORMED'],
    ['the key in capitals', { api_key: secret.toUpperCase() }, 'KEY_MALFORMED'],
    ['the key with a space behind', { api_key: `${secret} ` }, 'KEY_MALFORMED'],
    ['the key twice', { api_key: secret + secret }, 'KEY_MALFORMED'],
    ['a key that is not UTF-8', { api_key: BROKEN }, 'KEY_MALFORMED'],
    ['a key of zero bytes', { api_key: Buffer.alloc(512) }, 'KEY_MALFORMED'],
    ['a key of 513 bytes', { api_key: 'k'.repeat(513) }, 'KEY_MALFORMED'],
    ['a key of 3 MB', { api_key: 'k'.repeat(3_000_000) }, 'KEY_MALFORMED'],
    ['an empty key', { api_key: '' }, 'KEY_MISSING'],
    ['a resource id that is not UTF-8', { resource: resource({ id: BROKEN }) }, 'RESOURCE_MALFORMED'],
    ['a resource id of 257 bytes', { resource: resource({ id: 'r'.repeat(257) }) }, 'RESOURCE_MALFORMED'],
    ['a resource id of 129 umlauts', { resource: resource({ id: 'ä'.repeat(129) }) }, 'RESOURCE_MALFORMED'],
    ['a resource id of 256 bytes', { resource: resource({ id: 'r'.repeat(256) }) }, 'ALLOWED'],
    ['an owner that is not UTF-8', { resource: resource({ company_id: BROKEN }) }, 'RESOURCE_MALFORMED'],
    ['a claim that is not UTF-8', { claimed_company_ids: [BROKEN] }, 'CLAIM_COMPANY_MISMATCH'],
    ['an empty claim', { claimed_company_ids: [''] }, 'CLAIM_COMPANY_MISMATCH'],
    ['16 own claims', { claimed_company_ids: Array<string>(16).fill('cmp_aurora') }, 'ALLOWED'],
    [
      '17 own claims',
      { claimed_company_ids: Array<string>(17).fill('cmp_aurora') },
      'CLAIM_COMPANY_MISMATCH',
    ],
    ['50,000 claims', { claimed_company_ids: Array<string>(50_000).fill('x') }, 'CLAIM_COMPANY_MISMATCH'],
    ['a claim of 1 MB', { claimed_company_ids: ['c'.repeat(1_000_000)] }, 'CLAIM_COMPANY_MISMATCH'],
    ['an address that is none', { source: source({ ip: '999.1.1.1' }) }, 'ALLOWED'],
    ['an address that is not UTF-8', { source: source({ ip: BROKEN }) }, 'ALLOWED'],
    ['an address of 1 MB', { source: source({ ip: '1'.repeat(1_000_000) }) }, 'ALLOWED'],
    ['a user agent that is not UTF-8', { source: source({ user_agent: BROKEN }) }, 'ALLOWED'],
    ['a user agent of 1 MB', { source: source({ user_agent: 'u'.repeat(1_000_000) }) }, 'ALLOWED'],
  ];
}

test('what a partner controls is never an error: it becomes a decision', async () => {
  const { session, secret } = await openCalls();
  for (const [what, fields, reason] of partnerInput(secret)) {
    for (const way of WAYS) {
      const { decided, status, all } = await sendWire(session, way, { ...GOOD, api_key: secret, ...fields });
      expect
        .soft({ what, way, status, decided })
        .toEqual({ what, way, status: 0, decided: `REASON_${reason}` });
      expect.soft(all.includes(secret.slice(9, 40)), `${way}: ${what} repeats the key`).toBe(false);
    }
  }
}, 60_000);

/** Mistakes of a host, and the field that must be named. */
const HOST_INPUT: readonly (readonly [string, WireCheck, string])[] = [
  ['no request id', { request_id: '' }, 'request_id'],
  ['a request id of 129', { request_id: CANARY.padEnd(129, 'x') }, 'request_id'],
  ['a request id with a line break', { request_id: `${CANARY}\n` }, 'request_id'],
  ['a request id that is not UTF-8', { request_id: BROKEN }, 'request_id'],
  ['a correlation id of 129', { correlation_id: CANARY.padEnd(129, 'x') }, 'correlation_id'],
  ['a correlation id that is not UTF-8', { correlation_id: BROKEN }, 'correlation_id'],
  ['no operation', { operation: '' }, 'operation'],
  ['an operation of 129', { operation: CANARY.padEnd(129, 'x') }, 'operation'],
  ['an operation with a space', { operation: `${CANARY} read` }, 'operation'],
  ['an operation that is not UTF-8', { operation: BROKEN }, 'operation'],
  ['a resource type that is not UTF-8', { resource: resource({ type: BROKEN }) }, 'resource.type'],
  ['a resource type of 65', { resource: resource({ type: CANARY.padEnd(65, 'x') }) }, 'resource.type'],
  [
    'attributes of 4,097 bytes',
    { resource: resource({ attributes: struct({ a: CANARY.padEnd(4_089, 'x') }) }) },
    'resource.attributes',
  ],
  ['a context of 8,193 bytes', { context: struct({ a: CANARY.padEnd(8_185, 'x') }) }, 'context'],
  ['a context nine levels deep', { context: struct(nested(9)) }, 'context'],
  ['a context that is not a number', { context: struct({ [CANARY]: Number.NaN }) }, 'context'],
  ['a cost above its cap', { cost: 1_000_001 }, 'cost'],
];

test('mistakes of the host are INVALID_ARGUMENT, by field, and the value never comes back', async () => {
  const { session, secret, sidecar } = await openCalls();
  for (const [what, fields, field] of HOST_INPUT) {
    for (const way of WAYS) {
      const { status, error, all } = await sendWire(session, way, { ...GOOD, api_key: secret, ...fields });
      const named = way === 'BatchCheck' ? `items[0].${field}` : field;
      const got = { what, way, status, reason: error.reason, domain: error.domain, fields: error.fields };
      const reason = 'REQUEST_MALFORMED';
      expect.soft(got).toEqual({ what, way, status: 3, reason, domain: 'postern', fields: [named] });
      expect.soft(all.includes(CANARY), `${way}: ${what} comes back`).toBe(false);
    }
  }
  const allowed: WireCheck = {
    ...GOOD,
    api_key: secret,
    request_id: 'r'.repeat(128),
    correlation_id: 'c'.repeat(128),
    resource: resource({ type: 't'.repeat(64), attributes: struct({ a: 'x'.repeat(4_088) }) }),
    context: struct({ a: 'x'.repeat(8_184) }),
    cost: 1_000_000,
  };
  for (const way of WAYS)
    expect((await sendWire(session, way, allowed)).decided, 'at every cap').toBe('REASON_ALLOWED');
  expect(sidecar.launched.logged('call_failed')).toEqual([]);
}, 60_000);

test('fields of later parts are UNIMPLEMENTED and named', async () => {
  const { session, secret } = await openCalls();
  const later: readonly (readonly [string, WireCheck])[] = [
    ['grant', { grant: CANARY }],
    ['bearer_token', { bearer_token: CANARY }],
    ['idempotency_key', { api_key: secret, idempotency_key: CANARY }],
    ['request_fingerprint', { api_key: secret, request_fingerprint: CANARY.padEnd(32, 'x') }],
    ['want_grant', { api_key: secret, want_grant: rawFields((writer) => writer.uint32(26).string(CANARY)) }],
  ];
  for (const [field, fields] of later) {
    for (const way of WAYS) {
      const { status, error, all } = await sendWire(session, way, { ...GOOD, ...fields });
      const isOfItem = way === 'BatchCheck' && field !== 'grant' && field !== 'bearer_token';
      const named = isOfItem ? `items[0].${field}` : field;
      const got = { way, status, reason: error.reason, domain: error.domain, fields: error.fields };
      expect
        .soft(got)
        .toEqual({ way, status: 12, reason: 'NOT_YET_BUILT', domain: 'postern', fields: [named] });
      expect.soft(error.message).toContain(field);
      expect.soft(all.includes(CANARY), `${way}: ${field} comes back`).toBe(false);
    }
  }
});

test('an operation that nobody knows is a decision, also when it is as long as one may be', async () => {
  const { session, secret } = await openCalls();
  for (const operation of ['nothing.known', '__proto__', 'constructor', 'o'.repeat(128)]) {
    for (const way of WAYS) {
      const { decided } = await sendWire(session, way, { ...GOOD, api_key: secret, operation });
      expect
        .soft({ way, operation, decided })
        .toEqual({ way, operation, decided: 'REASON_OPERATION_UNKNOWN' });
    }
  }
});
