// Key texts: what we issue is recognised, anything one character away is malformed, and scanners find it.
import { randomBytes } from 'node:crypto';
import { crc32 as zlibCrc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { BASE62_DIGITS, encodeBase62, encodeBase62Number } from './base62.ts';
import { crc32 } from './crc32.ts';
import { compileKeyPattern, formatKey, KEY_SCANNER_PATTERN, parseKey } from './key-format.ts';

const FORMAT = { prefix: 'pst', acceptedPatterns: [] };
const ZERO_KEY = formatKey('pst', 'live', new Uint8Array(32));

test('the CRC-32 is the one of zlib', () => {
  for (const text of ['', 'a', '123456789', ZERO_KEY]) expect(crc32(text, text.length)).toBe(zlibCrc32(text));
});

test('base62 keeps its width and its order, and refuses what does not fit', () => {
  expect(encodeBase62(new Uint8Array(32), 43)).toBe('0'.repeat(43));
  expect(encodeBase62(Uint8Array.of(61), 2)).toBe('0z');
  expect(encodeBase62(Uint8Array.of(62), 2)).toBe('10');
  expect(encodeBase62(new Uint8Array(32).fill(255), 43)).toHaveLength(43);
  expect(() => encodeBase62(Uint8Array.of(62), 1)).toThrow(RangeError);
  expect(encodeBase62Number(0xffffffff, 6)).toBe(encodeBase62(new Uint8Array(4).fill(255), 6));
  expect(encodeBase62Number(63, 3)).toBe('011');
  expect(() => encodeBase62Number(62 ** 6, 6)).toThrow(RangeError);
});

test('the published example keeps its text: the format never changes unnoticed', () => {
  expect(ZERO_KEY).toBe(`pst_live_${'0'.repeat(43)}_2v0XnO`);
});

test('every issued key has the published shape, and its own', () => {
  const scanner = new RegExp(`^${KEY_SCANNER_PATTERN}$`);
  for (let round = 0; round < 200; round++) {
    const key = formatKey('pst', round % 2 === 0 ? 'live' : 'test', randomBytes(32));
    expect(key).toMatch(scanner);
    expect(parseKey(key, FORMAT)).toBe('own');
  }
  expect(parseKey(formatKey('pst', 'live', new Uint8Array(32).fill(255)), FORMAT)).toBe('own');
});

test('the whole 256 bits are in the text: keys of bytes that differ in one bit differ', () => {
  const bytes = randomBytes(32);
  const texts = new Set([formatKey('pst', 'live', bytes)]);
  for (let bit = 0; bit < 256; bit++) {
    const other = Uint8Array.from(bytes);
    other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    texts.add(formatKey('pst', 'live', other));
  }
  expect(texts.size).toBe(257);
});

test('one changed, missing or added character makes a key malformed', () => {
  const key = formatKey('pst', 'live', randomBytes(32));
  for (let place = 0; place < key.length; place++) {
    for (const digit of [...BASE62_DIGITS, '_', 'é', '\0']) {
      const changed = key.slice(0, place) + digit + key.slice(place + 1);
      if (changed !== key) expect(parseKey(changed, FORMAT)).toBe('malformed');
    }
    expect(parseKey(key.slice(0, place) + key.slice(place + 1), FORMAT)).toBe('malformed');
    expect(parseKey(`${key.slice(0, place)}0${key.slice(place)}`, FORMAT)).toBe('malformed');
  }
});

test.each([
  ['nothing', ''],
  ['the prefix alone', 'pst_'],
  ['no environment', `pst_${ZERO_KEY.slice(9)}`],
  ['an unknown environment', ZERO_KEY.replace('live', 'prod')],
  ['another prefix', `x${ZERO_KEY}`],
  ['white space around', ` ${ZERO_KEY}`],
  ['a line break at the end', `${ZERO_KEY}\n`],
  ['10 MB', 'x'.repeat(10_000_000)],
  ['a replacement character', `${ZERO_KEY.slice(0, -1)}\ufffd`],
])('%s is malformed', (_name, text) => {
  expect(parseKey(text, FORMAT)).toBe('malformed');
});

test('a configured pattern lets other formats through, whole, in visible ASCII, and never our prefix', () => {
  const format = {
    prefix: 'pst',
    acceptedPatterns: [/ak_[a-z0-9]{8}/g, compileKeyPattern('b|bc'), /pst_.*/],
  };
  expect(parseKey('ak_01234567', format)).toBe('accepted');
  expect(parseKey('ak_01234567', format)).toBe('accepted');
  expect(parseKey('bc', format)).toBe('accepted');
  expect(parseKey('xak_01234567', format)).toBe('malformed');
  expect(parseKey('ak_012345678', format)).toBe('malformed');
  expect(parseKey('pst_anything', format)).toBe('malformed');
  expect(parseKey('k\ufffd', { prefix: 'pst', acceptedPatterns: [/.*/] })).toBe('malformed');
  expect(parseKey('k'.repeat(513), { prefix: 'pst', acceptedPatterns: [/.*/] })).toBe('malformed');
});

test('the scanner’s pattern finds a key in a line of a log and not in longer words', () => {
  const scanner = new RegExp(KEY_SCANNER_PATTERN);
  expect(scanner.test(`Authorization: "${ZERO_KEY}",`)).toBe(true);
  expect(scanner.test(`X_API_KEY=${ZERO_KEY}`)).toBe(true);
  expect(scanner.test(`${ZERO_KEY}0`)).toBe(false);
});
