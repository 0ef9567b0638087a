/**
 * A Struct reaches the policy as the text that its decoder wrote, unparsed. Whatever bytes a host sends for it, that
 * text is one JSON object: it forges no member of the input beside its own, nor the question of another check.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PosternError } from '../../src/core/error.ts';
import { fleetingOf, INPUT_LEAVES } from '../../src/core/input-leaves.ts';
import { encodePolicyInput } from '../../src/core/policy-input.ts';
import { QuestionForm } from '../../src/core/question.ts';
import type { CheckItem } from '../../src/core/request.ts';
import { decodeCheck } from '../../src/grpc/codec-check.ts';
import { campaignRuns } from '../support/campaign.ts';
import { encodeMessage, rawFields } from '../support/grpc-raw-call.ts';

const PLAIN = { requestId: 'r', apiKey: 'k', operation: 'payments.create' };

/** What could end a text or a member early, or stand for another name. */
const text = fc
  .array(
    fc.constantFrom(
      '"',
      '\\',
      '}',
      ']',
      ',',
      ':',
      '\u0000',
      '\u0001',
      '\u2028',
      '__proto__',
      'key',
      'ü',
      '1',
    ),
    {
      maxLength: 4,
    },
  )
  .map((parts) => Buffer.from(parts.join('')));

const struct = fc.letrec<{ value: Buffer; struct: Buffer }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant(rawFields((w) => w.uint32(8).int32(0))),
    fc.double().map((number) => rawFields((w) => w.uint32(17).double(number))),
    text.map((bytes) => rawFields((w) => w.uint32(26).bytes(bytes))),
    tie('struct').map((bytes) => rawFields((w) => w.uint32(42).bytes(bytes))),
  ),
  struct: fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }).map((entries) =>
    rawFields((w) => {
      for (const [name, value] of entries) {
        w.uint32(10).bytes(rawFields((e) => e.uint32(10).bytes(name).uint32(18).bytes(value)));
      }
    }),
  ),
})).struct;

/** The same, with a byte that is another. */
const damaged = fc
  .tuple(struct, fc.nat(), fc.nat(255))
  .map(([bytes, at, byte]) => Buffer.from(bytes.map((was, place) => (place === at % 64 ? byte : was))));

function itemWith(context: Buffer): CheckItem | null {
  const encoded = Buffer.concat([
    encodeMessage('CheckRequest', PLAIN),
    rawFields((w) => w.uint32(90).bytes(context)),
  ]);
  try {
    return decodeCheck(encoded).items[0] ?? null;
  } catch (error) {
    expect(error).toBeInstanceOf(PosternError);
    return null;
  }
}

const FACTS = { keyPart: '{}', companyPart: '{}', environment: 'live', nowUs: 0 } as const;
const SOURCE = { ip: null, userAgent: '' };
const inputOf = (item: CheckItem) => encodePolicyInput({ item, source: SOURCE, ...FACTS });
const question = new QuestionForm(INPUT_LEAVES.filter((leaf) => fleetingOf([leaf]).length === 0));

test('a Struct of any content changes its own member of the input and no other', () => {
  const plain = itemWith(rawFields(() => {}));
  if (plain === null) throw new Error('the plain check is refused');
  const [before = '', after = ''] = inputOf(plain).split('"context":{}');
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(struct, damaged), (bytes) => {
      const item = itemWith(bytes);
      if (item === null) return;
      taken += 1;
      const input = inputOf(item);
      expect(input.startsWith(`${before}"context":{`)).toBe(true);
      expect(input.endsWith(`}${after}`)).toBe(true);
      const member = input.slice(before.length + '"context":'.length, input.length - after.length);
      // One that closed the object early would leave something behind it, which is not JSON.
      expect(JSON.parse(member)).toBeTypeOf('object');
      expect(member.isWellFormed()).toBe(true);
      // Its separators are the question's own: as many as those of an empty Struct.
      const separators = (each: CheckItem) => question.write('', each, SOURCE).split('\u0001').length;
      expect(separators(item)).toBe(separators(plain));
    }),
    campaignRuns(2_000),
  );
  expect(taken).toBeGreaterThan(200);
});
