// Structs come out as the text of the JSON they stand for, or with one sentence about what is wrong with them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeMessage, rawFields, structOf } from '../../test/support/grpc-raw-call.ts';
import { PosternError } from '../core/error.ts';
import type { RawCheck, RawStruct } from '../core/raw-request.ts';
import type { JsonObject, JsonValue } from '../core/request.ts';
import { messageType } from './descriptor.ts';
import { strictDecoder } from './strict-decoder.ts';

const decode = strictDecoder<RawCheck>(messageType('postern.v1.CheckRequest'));

function decodeContext(json: JsonObject): RawStruct {
  return decode(encodeMessage('CheckRequest', { context: structOf(json) })).context;
}

/** A CheckRequest whose context is these bytes. */
function withContext(struct: Buffer): Buffer {
  return rawFields((w) => w.uint32(90).bytes(struct));
}

function entry(name: string | Buffer, value: Buffer): Buffer {
  const bytes = typeof name === 'string' ? Buffer.from(name) : name;
  return rawFields((w) =>
    w.uint32(10).bytes(rawFields((e) => e.uint32(10).bytes(bytes).uint32(18).bytes(value))),
  );
}

const TRUE = rawFields((w) => w.uint32(32).bool(true));

function nested(levels: number): JsonObject {
  return levels === 1 ? {} : { a: nested(levels - 1) };
}

test('any JSON survives the way', () => {
  const { object } = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constant(null),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed() && !text.includes('\ufffd')),
      fc.array(tie('value'), { maxLength: 4 }),
      tie('object'),
    ),
    object: fc
      .dictionary(fc.string(), tie('value'), { maxKeys: 4 })
      .filter((members) => !Object.hasOwn(members, '__proto__'))
      .map((members) => ({ ...members })),
  }));
  fc.assert(
    fc.property(object, (json) => {
      const decoded = decodeContext(json);
      if (decoded !== null && 'problem' in decoded) expect(decoded.problem).toMatch(/levels/);
      else expect(decoded).toEqual({ json: JSON.stringify(json) });
    }),
  );
});

test('eight levels pass, nine do not', () => {
  expect(decodeContext(nested(8))).toEqual({ json: JSON.stringify(nested(8)) });
  expect(decodeContext(nested(9))).toEqual({ problem: 'must have at most 8 levels' });
  expect(decodeContext({ a: [[[[[[[]]]]]]] })).toHaveProperty('json');
  expect(decodeContext({ a: [[[[[[[[]]]]]]]] })).toHaveProperty('problem');
});

const PROBLEMS: readonly (readonly [what: string, struct: Buffer, problem: RegExp])[] = [
  ['a name used twice', Buffer.concat([entry('a', TRUE), entry('a', TRUE)]), /name twice/],
  ['the name __proto__', entry('__proto__', TRUE), /__proto__/],
  ['an ill-formed name', entry(Buffer.from([0xff]), TRUE), /UTF-8/],
  [
    'an ill-formed text',
    entry(
      'a',
      rawFields((w) => w.uint32(26).bytes(Buffer.from([0xc3]))),
    ),
    /UTF-8/,
  ],
  [
    'a number that is none',
    entry(
      'a',
      rawFields((w) => w.uint32(17).double(Number.NaN)),
    ),
    /finite/,
  ],
  [
    'an infinite number',
    entry(
      'a',
      rawFields((w) => w.uint32(17).double(Infinity)),
    ),
    /finite/,
  ],
  ['a value without a kind', entry('a', Buffer.alloc(0)), /kind/],
  ['a name without a value', rawFields((w) => w.uint32(10).bytes(Buffer.from([0x0a, 1, 0x61]))), /value/],
];

test.each(PROBLEMS)('%s is a problem of the item, not of the message', (_what, struct, problem) => {
  const { context } = decode(withContext(struct));
  expect(context).toHaveProperty('problem', expect.stringMatching(problem));
});

const DAMAGED: readonly (readonly [what: string, struct: Buffer])[] = [
  ['a value of two kinds', entry('a', Buffer.concat([TRUE, TRUE]))],
  ['a cut off value', entry('a', Buffer.from([0x1a, 9, 0x61]))],
  [
    'a boolean of 2',
    entry(
      'a',
      rawFields((w) => w.uint32(32).uint32(2)),
    ),
  ],
  [
    'a null of 1',
    entry(
      'a',
      rawFields((w) => w.uint32(8).uint32(1)),
    ),
  ],
  [
    'a wrong wire type',
    entry(
      'a',
      rawFields((w) => w.uint32(24).uint32(1)),
    ),
  ],
  ['an entry of the wrong wire type', rawFields((w) => w.uint32(8).uint32(1))],
];

test.each(DAMAGED)('%s makes the message malformed', (_what, struct) => {
  expect(() => decode(withContext(struct))).toThrow(PosternError);
});

test('what stands behind a refused struct is still read', () => {
  const encoded = Buffer.concat([
    withContext(entry('__proto__', TRUE)),
    encodeMessage('CheckRequest', { requestId: 'req-1' }),
  ]);
  expect(decode(encoded)).toMatchObject({ requestId: 'req-1', context: { problem: expect.any(String) } });
});

test('a struct far above its cap is refused unread', () => {
  const { context } = decode(withContext(entry('a', Buffer.alloc(70_000, 0xff))));
  expect(context).toEqual({ problem: 'must be at most 8192 bytes as JSON' });
});

test('a struct is read no further than its cap, whatever it is made of', () => {
  const lists = (count: number) => ({ a: Array.from({ length: count }, () => ({})) });
  // `{"a":[` and `]}`, then `{}` with a comma between: 8,191 bytes.
  const longest = JSON.stringify(lists(2_728));
  expect(longest).toHaveLength(8_191);
  expect(decodeContext(lists(2_728))).toEqual({ json: longest });
  const problem = 'must be at most 8192 bytes as JSON';
  for (const json of [
    lists(2_729),
    { a: Array.from({ length: 5_000 }, () => 1) },
    { a: 'x'.repeat(8_190) },
  ]) {
    expect(decodeContext(json)).toEqual({ problem });
  }
});
