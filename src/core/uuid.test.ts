// UUIDs: version, variant, order in time, and that no random bit is lost.
import { expect, test } from 'vitest';
import { formatUuidV7 } from './uuid.ts';

test('a version 7 UUID keeps its random bits and names its version and variant', () => {
  expect(formatUuidV7(0, new Uint8Array(10))).toBe('00000000-0000-7000-8000-000000000000');
  expect(formatUuidV7(2 ** 48 - 1, new Uint8Array(10).fill(255))).toBe(
    'ffffffff-ffff-7fff-bfff-ffffffffffff',
  );
  const random = Uint8Array.from({ length: 10 }, (_, place) => place);
  expect(formatUuidV7(0, random)).toBe('00000000-0000-7001-8203-040506070809');
  expect([...random]).toEqual([...Uint8Array.from({ length: 10 }, (_, place) => place)]);
});

test('times that do not fit and too little randomness are refused', () => {
  for (const time of [-1, 2 ** 48, Number.NaN])
    expect(() => formatUuidV7(time, new Uint8Array(10))).toThrow();
  expect(() => formatUuidV7(0, new Uint8Array(9))).toThrow();
});

test('a version 7 UUID holds the time of RFC 9562’s example', () => {
  const random = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
  expect(formatUuidV7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
});

test('later version 7 UUIDs sort after earlier ones', () => {
  const random = new Uint8Array(10).fill(255);
  expect(formatUuidV7(1_700_000_000_000, random) < formatUuidV7(1_700_000_000_001, new Uint8Array(10))).toBe(
    true,
  );
});
