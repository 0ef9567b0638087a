// The fast scan holds against an RFC 8785 library: what it accepts, and nothing else, is canonical.
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scanCanonicalObject, type TopMembers } from './canonical-scan.ts';

const WANTED = new Set(['kind', 'v']);

function scan(text: string): TopMembers | null {
  return scanCanonicalObject(Buffer.from(text), WANTED);
}

/** JSON values without fractions, as leaves hold them; names and texts of all kinds. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('"', '\\', '\n', 'é', '\u{1f600}', 'a', '\u007f', '\u0001') }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 4, unit: 'binary' }), tie('value'), { maxKeys: 5 }),
  ),
}));
const object = fc.dictionary(fc.oneof(fc.constantFrom('kind', 'v'), fc.string({ maxLength: 4 })), value);

test('every text that an RFC 8785 library writes is canonical, and its members are found', () => {
  fc.assert(
    fc.property(object, (sample) => {
      const text = canonicalize(sample) ?? '';
      const members = scan(text);
      expect(members).not.toBeNull();
      for (const name of WANTED) {
        expect(members?.[name]).toBe(name in sample ? canonicalize(sample[name]) : undefined);
      }
    }),
    { numRuns: 500 },
  );
});

test('a text with one changed byte is canonical only if an RFC 8785 library would write it so', () => {
  const bytes = fc.constantFrom(...'{}[]",:0123456789 \\abetrufalsn-.eE\n\0'.split(''));
  fc.assert(
    fc.property(object, fc.nat(), bytes, fc.boolean(), (sample, at, byte, isInserted) => {
      const text = canonicalize(sample) ?? '';
      const place = at % (text.length + 1);
      const changed = (text.slice(0, place) + byte + text.slice(place + (isInserted ? 0 : 1))).toWellFormed();
      expect(scan(changed) !== null).toBe(isCanonicalObject(changed));
    }),
    { numRuns: 2_000 },
  );
});

/** What a record may be, by the library. Fractions and unsafe integers do not occur in records. */
function isCanonicalObject(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return false;
    return canonicalize(parsed) === text && !holdsOtherNumbers(parsed);
  } catch {
    return false;
  }
}

function holdsOtherNumbers(part: unknown): boolean {
  if (typeof part === 'number') return !Number.isSafeInteger(part);
  return typeof part === 'object' && part !== null && Object.values(part).some(holdsOtherNumbers);
}

test.each([
  ['white space', '{"a": 1}'],
  ['members out of order', '{"b":1,"a":2}'],
  ['a name twice', '{"a":1,"a":1}'],
  ['a name that is a prefix behind the longer one', '{"ab":1,"a":2}'],
  ['an escape that is not needed', '{"a":"\\u0041"}'],
  ['a leading zero', '{"a":01}'],
  ['minus zero', '{"a":-0}'],
  ['a fraction', '{"a":1.5}'],
  ['an unsafe integer', '{"a":9007199254740993}'],
  ['something behind it', '{"a":1}x'],
  ['a list', '[1]'],
  ['nothing', ''],
])('%s is not canonical', (_, text) => {
  expect(scan(text)).toBeNull();
});

test('ill-formed UTF-8 is not canonical', () => {
  expect(scanCanonicalObject(Buffer.from('7b2261223a22ff227d', 'hex'), WANTED)).toBeNull();
});
