// What the strict decoder accepts is what protobuf says, and what it refuses is refused by name.
import fc from 'fast-check';
import type { Message } from 'protobufjs';
import { expect, test } from 'vitest';
import { encodeMessage, rawFields } from '../../test/support/grpc-raw-call.ts';
import { PosternError } from '../core/error.ts';
import { messageType } from './descriptor.ts';
import { strictDecoder } from './strict-decoder.ts';

const checkType = messageType('postern.v1.CheckRequest');
const decode = strictDecoder<Record<string, unknown>>(checkType);
const decodeOutcome = strictDecoder<Record<string, unknown>>(messageType('postern.v1.Outcome'));
const decodeTail = strictDecoder<Record<string, unknown>>(messageType('postern.v1.TailRecordsRequest'));

const FULL = {
  requestId: 'req-1',
  correlationId: 'corr-1',
  apiKey: 'pst_live_x',
  operation: 'payments.create',
  resource: { type: 'bank_account', id: 'ba_1', companyId: 'cmp_aurora' },
  claimedCompanyIds: ['cmp_aurora', 'cmp_borealis'],
  source: { ip: '192.0.2.7', userAgent: 'partner/1.0 ✓' },
  cost: 300,
};

const TO_OBJECT = { longs: String, enums: String, defaults: true, arrays: true };

/** What protobufjs makes of it, in the decoder's shape. */
function byProtobufjs(encoded: Uint8Array): unknown {
  return checkType.toObject(checkType.decode(encoded), TO_OBJECT);
}

function faultOf(run: () => unknown): { field: string; problem: string } {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(PosternError);
    if (!(error instanceof PosternError)) throw error;
    expect(error.code).toBe('request_malformed');
    return error.faults[0] ?? { field: '?', problem: '?' };
  }
  throw new Error('it was accepted');
}

test('a full message is decoded as protobufjs decodes it', () => {
  const encoded = encodeMessage('CheckRequest', FULL);
  expect(decode(encoded)).toMatchObject({ ...FULL, context: null, wantGrant: null, idempotencyKey: '' });
  expect(decode(encoded)).toMatchObject(Object(byProtobufjs(encoded)));
});

test('an empty message has every default and no member of the oneof', () => {
  expect(decode(Buffer.alloc(0))).toMatchObject({
    requestId: '',
    claimedCompanyIds: [],
    resource: null,
    cost: 0,
  });
  expect(decode(Buffer.alloc(0))['apiKey']).toBeUndefined();
});

test('whatever is accepted of damaged messages is read in the same way by protobufjs', () => {
  const encoded = encodeMessage('CheckRequest', FULL);
  const damage = fc.record({
    cut: fc.integer({ min: 0, max: encoded.length }),
    flips: fc.array(fc.record({ at: fc.nat(encoded.length - 1), bits: fc.integer({ min: 1, max: 255 }) }), {
      maxLength: 3,
    }),
  });
  let accepted = 0;
  let refused = 0;
  fc.assert(
    fc.property(damage, ({ cut, flips }) => {
      const damaged = Buffer.from(encoded);
      for (const { at, bits } of flips) damaged[at] = (damaged[at] ?? 0) ^ bits;
      const part = damaged.subarray(0, cut);
      let decoded: unknown;
      try {
        decoded = decode(part);
      } catch (error) {
        refused += 1;
        if (!(error instanceof PosternError)) throw error;
        return;
      }
      accepted += 1;
      expect(decoded).toMatchObject(withoutStructs(part));
    }),
    // The example makes an entry of a Struct without a value, which protobufjs decodes and then cannot convert.
    { numRuns: 5_000, examples: [[{ cut: 137, flips: [{ at: 104, bits: 16 }] }]] },
  );
  expect(accepted).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(1_000);
});

interface MaybeStructs {
  context?: unknown;
  resource?: { attributes?: unknown } | null;
}

/** What protobufjs makes of it. Structs have another form here, and are tested with their own decoder. */
function withoutStructs(encoded: Uint8Array): object {
  const message: Message<object> & MaybeStructs = checkType.decode(encoded);
  expect(typeof (message.context ?? null)).toBe('object');
  message.context = null;
  if (message.resource) message.resource.attributes = null;
  const { context, resource, wantGrant, ...rest } = Object(checkType.toObject(message, TO_OBJECT));
  expect([context, wantGrant].every((each) => each === null || typeof each === 'object')).toBe(true);
  const { attributes: _attributes, ...plain } = resource ?? {};
  return resource === null ? rest : { ...rest, resource: plain };
}

test('every cut inside a field is refused, every cut between fields is a shorter message', () => {
  const encoded = encodeMessage('CheckRequest', { requestId: 'req-1', operation: 'a.b' });
  const outcomes = Array.from({ length: encoded.length + 1 }, (_, cut) => {
    try {
      decode(encoded.subarray(0, cut));
      return cut;
    } catch {
      return -1;
    }
  });
  expect(outcomes.filter((cut) => cut >= 0)).toEqual([0, 7, 12]);
});

const REFUSED: readonly (readonly [what: string, encoded: Buffer, field: string, problem: RegExp])[] = [
  ['a truncated text', Buffer.from([0x0a, 5, 0x61]), 'request_id', /cut off/],
  ['a truncated nested message', Buffer.from([0x3a, 9, 0x0a, 2, 0x61]), 'resource', /cut off/],
  ['a text cut off inside its message', Buffer.from([0x3a, 3, 0x12, 9, 0x61]), 'resource.id', /cut off/],
  ['a wrong wire type', rawFields((w) => w.uint32(8).uint32(1)), 'request_id', /wrong wire type/],
  ['a number given as text', rawFields((w) => w.uint32(82).string('1')), 'cost', /wrong wire type/],
  [
    'a field given twice',
    rawFields((w) => w.uint32(10).string('a').uint32(10).string('a')),
    'request_id',
    /twice/,
  ],
  [
    'a nested message given twice',
    rawFields((w) => w.uint32(74).bytes(new Uint8Array()).uint32(74).bytes(new Uint8Array())),
    'source',
    /twice/,
  ],
  [
    'two members of a oneof',
    rawFields((w) => w.uint32(26).string('a').uint32(34).string('b')),
    'grant',
    /only one/,
  ],
  ['a number above 32 bits', rawFields((w) => w.uint32(80).uint64(2 ** 32 + 5)), 'cost', /out of range/],
  ['an overlong number', Buffer.from([0x50, ...Array(10).fill(0x80), 0x01]), 'cost', /too long/],
  ['a group', Buffer.from([0x7b, 0x7c]), '', /unknown wire type/],
  ['field number zero', Buffer.from([0x02, 0x00]), '', /without a number/],
  ['a cut off tag', Buffer.from([0x80]), '', /cut off/],
  ['a truncated unknown field', Buffer.from([0x82, 0x06, 5, 1]), '', /cut off/],
];

test.each(REFUSED)('%s is refused', (_what, encoded, field, problem) => {
  const fault = faultOf(() => decode(encoded));
  expect(fault.field).toBe(field);
  expect(fault.problem).toMatch(problem);
});

test('the place in a list is named', () => {
  const encoded = rawFields((w) => w.uint32(66).string('a').uint32(64).uint32(1));
  expect(faultOf(() => decode(encoded)).field).toBe('claimed_company_ids[1]');
});

test('an unknown enum number is refused, a known one has its name', () => {
  const outcome = (status: number) => rawFields((w) => w.uint32(10).string('dec_1').uint32(16).int32(status));
  expect(decodeOutcome(outcome(5))).toMatchObject({ status: 'STATUS_UNKNOWN' });
  expect(faultOf(() => decodeOutcome(outcome(6)))).toEqual({
    field: 'status',
    problem: 'has an unknown enum number',
  });
  expect(faultOf(() => decodeOutcome(outcome(-1))).field).toBe('status');
});

test('a boolean is 0 or 1', () => {
  const tail = (value: number) => rawFields((w) => w.uint32(24).uint32(value));
  expect(decodeTail(tail(1))).toMatchObject({ stopAtEnd: true });
  expect(faultOf(() => decodeTail(tail(2))).field).toBe('stop_at_end');
});

test('an optional number tells zero from absent, and 64 bits are exact or refused', () => {
  expect(decodeTail(Buffer.alloc(0))['fromIndex']).toBeUndefined();
  expect(decodeTail(rawFields((w) => w.uint32(8).uint64(0)))).toMatchObject({ fromIndex: '0' });
  const most = Number.MAX_SAFE_INTEGER;
  expect(decodeTail(rawFields((w) => w.uint32(8).uint64(most)))).toMatchObject({ fromIndex: String(most) });
  expect(faultOf(() => decodeTail(rawFields((w) => w.uint32(8).uint64(2 ** 53)))).field).toBe('from_index');
});

test('numbers of a list may come packed or one by one', () => {
  const packed = encodeMessage('TailRecordsRequest', {
    filter: { reasons: ['REASON_KEY_UNKNOWN', 'REASON_ALLOWED'] },
  });
  const single = rawFields((w) =>
    w.uint32(18).bytes(rawFields((f) => f.uint32(48).int32(4).uint32(48).int32(25))),
  );
  expect(decodeTail(packed)).toEqual(decodeTail(single));
  expect(decodeTail(packed)['filter']).toMatchObject({ reasons: ['REASON_KEY_UNKNOWN', 'REASON_ALLOWED'] });
});

test('unknown fields of every wire type are passed over', () => {
  const unknown = rawFields((w) =>
    w.uint32(800).uint32(1).uint32(801).fixed64(1).uint32(802).string('x').uint32(805).fixed32(1),
  );
  expect(decode(Buffer.concat([unknown, encodeMessage('CheckRequest', FULL)]))).toMatchObject(FULL);
});

test('ill-formed UTF-8 becomes U+FFFD, for the core to judge', () => {
  const encoded = rawFields((w) => w.uint32(26).bytes(Buffer.from([0x61, 0xff, 0x62])));
  expect(decode(encoded)['apiKey']).toBe('a\ufffdb');
});

test('a list that is far too long is not kept whole', () => {
  const encoded = rawFields((w) => {
    for (let count = 0; count < 5_000; count += 1) w.uint32(66).string('');
  });
  expect(decode(encoded)['claimedCompanyIds']).toHaveLength(1_025);
});
