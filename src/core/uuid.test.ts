// UUIDs: version, variant, order in time, and that no random bit is lost.
import { expect, test } from 'vitest';
import { formatUuidV4, formatUuidV7 } from './uuid.ts';

test('a version 4 UUID keeps its random bits and names its version and variant', () => {
  expect(formatUuidV4(new Uint8Array(16))).toBe('00000000-0000-4000-8000-000000000000');
  expect(formatUuidV4(new Uint8Array(16).fill(255))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
  const random = Uint8Array.from({ length: 16 }, (_, place) => place);
  expect(formatUuidV4(random)).toBe('00010203-0405-4607-8809-0a0b0c0d0e0f');
  expect([...random]).toEqual([...Uint8Array.from({ length: 16 }, (_, place) => place)]);
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
