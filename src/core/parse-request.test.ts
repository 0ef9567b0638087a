// Decoded checks: the host's mistakes are faults, all at once; the partner's bytes never are; fields of
// later parts are refused by name.
import { expect, test } from 'vitest';
import { PosternError } from './error.ts';
import { formatKey } from './key-format.ts';
import { parseBatch, parseCheck } from './parse-request.ts';
import type { RawCheck } from './raw-request.ts';

const RAW: RawCheck = {
  requestId: 'req 1',
  correlationId: '',
  apiKey: 'whatever',
  operation: 'payments.create',
  resource: { type: 'payment', id: 'pay_1', companyId: 'cmp_aurora', attributes: null },
  claimedCompanyIds: ['cmp_aurora', 'cmp_borealis'],
  source: { ip: '::ffff:192.0.2.1', userAgent: 'curl/8' },
  cost: 0,
  context: { json: '{"a":[1,{"b":null}]}' },
  idempotencyKey: '',
  requestFingerprint: new Uint8Array(0),
  wantGrant: null,
};
const RESOURCE = { type: 'payment', id: 'pay_1', companyId: 'cmp_aurora', attributes: null };

function errorOf(attempt: () => unknown): PosternError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof PosternError) return error;
  }
  throw new Error('no PosternError');
}

function itemOf(change: Partial<RawCheck>) {
  const [item] = parseCheck({ ...RAW, ...change }).items;
  if (item === undefined) throw new Error('no item');
  return item;
}

test('a good check is read whole', () => {
  expect(parseCheck(RAW)).toEqual({
    credential: { apiKey: 'whatever' },
    source: { ip: '192.0.2.1', userAgent: 'curl/8' },
    items: [
      {
        requestId: 'req 1',
        correlationId: '',
        operation: 'payments.create',
        resource: RESOURCE,
        claimedCompanyIds: ['cmp_aurora', 'cmp_borealis'],
        cost: 0,
        context: '{"a":[1,{"b":null}]}',
        faults: { resourceMalformed: false, claimMalformed: false },
      },
    ],
  });
});

const long = { json: `{"a":"${'x'.repeat(8_192)}"}` };

test.each<[string, string, Partial<RawCheck>]>([
  ['request_id', 'missing', { requestId: '' }],
  ['request_id', 'too long', { requestId: 'x'.repeat(129) }],
  ['request_id', 'not ASCII', { requestId: 'ü' }],
  ['request_id', 'a line break', { requestId: 'a\n' }],
  ['request_id', 'repaired by the decoder', { requestId: 'a\ufffd' }],
  ['correlation_id', 'too long', { correlationId: 'x'.repeat(129) }],
  ['correlation_id', 'not printable', { correlationId: '\u0007' }],
  ['operation', 'missing', { operation: '' }],
  ['operation', 'too long', { operation: 'x'.repeat(129) }],
  ['operation', 'a space', { operation: 'payments create' }],
  ['operation', 'a line break at its end', { operation: 'payments.create\n' }],
  ['operation', 'repaired by the decoder', { operation: 'payments\ufffd' }],
  ['cost', 'above the cap', { cost: 1_000_001 }],
  ['cost', 'a fraction', { cost: 0.5 }],
  ['resource.type', 'a slash', { resource: { ...RESOURCE, type: 'a/b' } }],
  ['resource.type', 'too long', { resource: { ...RESOURCE, type: 'x'.repeat(65) } }],
  ['resource.attributes', 'too long', { resource: { ...RESOURCE, attributes: long } }],
  ['resource.attributes', 'refused', { resource: { ...RESOURCE, attributes: { problem: 'is not one' } } }],
  ['context', 'too long', { context: long }],
  ['context', 'too long in bytes', { context: { json: `{"a":"${'ü'.repeat(4_096)}"}` } }],
])('%s: %s is a fault', (field, _name, change) => {
  const error = errorOf(() => parseCheck({ ...RAW, ...change }));
  expect(error.code).toBe('request_malformed');
  expect(error.faults.map((fault) => fault.field)).toEqual([field]);
});

test('values at their caps are taken', () => {
  const change = {
    requestId: 'x'.repeat(128),
    operation: 'x'.repeat(128),
    cost: 1_000_000,
    context: { json: `{"a":"${'ü'.repeat(4_092)}"}` },
    resource: { ...RESOURCE, type: 'x'.repeat(64), id: 'ü'.repeat(128) },
    claimedCompanyIds: Array.from({ length: 16 }, () => 'x'.repeat(64)),
  };
  expect(itemOf(change).faults).toEqual({ resourceMalformed: false, claimMalformed: false });
});

test('all faults of a request are told at once, without its values', () => {
  const error = errorOf(() =>
    parseCheck({ ...RAW, requestId: '', operation: 'secret value', cost: 2_000_000 }),
  );
  expect(error.faults.map((fault) => fault.field)).toEqual(['request_id', 'operation', 'cost']);
  expect(JSON.stringify(error.faults) + error.message).not.toContain('secret');
});

test.each([
  ['control characters', { id: 'a\u0000b' }],
  ['a line separator', { id: 'a\u2028' }],
  ['a text direction mark', { id: 'a\u202eb' }],
  ['a lone surrogate', { id: '\ud800' }],
  ['a repaired character', { id: 'a\ufffd' }],
  ['257 bytes', { id: 'x'.repeat(257) }],
  ['258 bytes in 129 characters', { id: 'ü'.repeat(129) }],
  ['an owner that is no company id', { companyId: 'cmp aurora' }],
  ['an owner with a line break at its end', { companyId: 'cmp_aurora\n' }],
  ['an owner of 65 characters', { companyId: 'x'.repeat(65) }],
])('a resource with %s is malformed, no error, and its ids go no further', (_name, change) => {
  const item = itemOf({ resource: { ...RESOURCE, ...change } });
  expect(item.faults).toEqual({ resourceMalformed: true, claimMalformed: false });
  expect(item.resource).toMatchObject({ type: 'payment', id: '', companyId: '' });
});

test.each([
  ['an empty one', [''], []],
  ['an ill-formed one among good ones', ['cmp_aurora', 'cmp\ud800'], ['cmp_aurora']],
  ['one that is too long', ['x'.repeat(65)], []],
  ['one with a leading separator', ['.cmp'], []],
  ['17 of them', Array.from({ length: 17 }, () => 'cmp_aurora'), []],
])('claims with %s are malformed and no error', (_name, claimedCompanyIds, kept) => {
  const item = itemOf({ claimedCompanyIds });
  expect(item.faults).toEqual({ resourceMalformed: false, claimMalformed: true });
  expect(item.claimedCompanyIds).toEqual(kept);
});

test.each([
  ['none', {}, null],
  ['the empty text', { apiKey: '' }, null],
  ['garbage', { apiKey: '\ufffd\ud800\n' }, '\ufffd\ud800\n'],
  ['10 MB', { apiKey: 'x'.repeat(10_000_000) }, 'x'.repeat(10_000_000)],
])('a credential that is %s is no error', (_name, credential, expected) => {
  const { apiKey: _apiKey, ...rest } = RAW;
  expect(parseCheck({ ...rest, ...credential }).credential.apiKey).toBe(expected);
});

test.each([
  [null, { ip: null, userAgent: '' }],
  [
    { ip: 'not an address', userAgent: 'a\u0000b\r\nc\ud800\ufffd' },
    { ip: null, userAgent: 'abc' },
  ],
  [
    { ip: '2001:DB8::1', userAgent: 'x'.repeat(300) },
    { ip: '2001:db8::1', userAgent: 'x'.repeat(256) },
  ],
  [
    { ip: '', userAgent: `${'x'.repeat(255)}🎉` },
    { ip: null, userAgent: 'x'.repeat(255) },
  ],
  [
    { ip: '', userAgent: `${'\n'.repeat(1_000)}x` },
    { ip: null, userAgent: 'x' },
  ],
])('source %#: an ill-formed address is none, a user agent is cut and cleaned', (source, expected) => {
  expect(parseCheck({ ...RAW, source }).source).toEqual(expected);
});

test.each([0, 1, 19, 20, 42, 43, 44, 49])(
  'a user agent whose cut goes through a key, with %i characters of its secret, keeps none of them',
  (kept) => {
    const before = 'x'.repeat(256 - ' pst_live_'.length - kept);
    const key = formatKey('pst', 'live', new Uint8Array(32).fill(0xa5));
    const source = { ip: '', userAgent: `${before} ${key} and more` };
    expect(parseCheck({ ...RAW, source }).source.userAgent).toBe(`${before} `);
    // What was cut while it was cleaned is no other case.
    const unclean = { ip: '', userAgent: `${'\u0000'.repeat(768)}${before} ${key}` };
    expect(parseCheck({ ...RAW, source: unclean }).source.userAgent).toBe(`${before} `);
  },
);

test('a user agent that is not cut keeps what stands at its end', () => {
  const source = { ip: '', userAgent: 'client/1 pay_live_1' };
  expect(parseCheck({ ...RAW, source }).source.userAgent).toBe(source.userAgent);
});

test.each<[string, Partial<RawCheck>]>([
  ['idempotency_key', { idempotencyKey: 'x' }],
  ['request_fingerprint', { requestFingerprint: Uint8Array.of(0) }],
  ['want_grant', { wantGrant: {} }],
  ['grant', { grant: '' }],
  ['bearer_token', { bearerToken: 'x' }],
])('%s belongs to a later part and is refused by name, whatever else is wrong', (field, change) => {
  const error = errorOf(() => parseCheck({ ...RAW, requestId: '', ...change }));
  expect(error.code).toBe('not_yet_built');
  expect(error.message).toContain(field);
});

test('in a batch a faulty item is an error in its own place, and the others are untouched', () => {
  const batch = parseBatch({
    apiKey: 'k',
    source: null,
    items: [RAW, { ...RAW, requestId: 'req 2', operation: '' }, RAW, { ...RAW, requestId: 'req 3' }],
  });
  expect(
    batch.items.map((item) => (item instanceof PosternError ? item.faults[0]?.field : item.requestId)),
  ).toEqual(['req 1', 'items[1].operation', 'items[2].request_id', 'req 3']);
});

test.each([[[]], [Array.from({ length: 101 }, () => RAW)]])(
  'a batch of none or above 100 is refused',
  (items) => {
    expect(errorOf(() => parseBatch({ source: null, items })).code).toBe('request_malformed');
  },
);

test('a batch with a grant is refused whole', () => {
  expect(errorOf(() => parseBatch({ source: null, items: [RAW], grant: 'x' })).code).toBe('not_yet_built');
});
