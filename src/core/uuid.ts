// Timed UUIDs (RFC 9562, section 5.7) from randomness and time that are passed in. It must never make either
// itself.
import { assert } from './assert.ts';

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const UUID_BYTES = 16;
const TIME_BYTES = 6;

/** Random bytes that a version 7 UUID is made from. */
export const UUID_V7_RANDOM_BYTES = UUID_BYTES - TIME_BYTES;

/** A version 7 UUID: 48 bits of milliseconds since the Unix epoch, then the random bytes. */
export function formatUuidV7(timeMs: number, random: Uint8Array): string {
  assert(random.length === UUID_V7_RANDOM_BYTES, 'a timed UUID needs 10 random bytes');
  assert(timeMs >= 0 && timeMs < 2 ** 48, 'time does not fit a UUID');
  const bytes = new Uint8Array(UUID_BYTES);
  let rest = Math.trunc(timeMs);
  for (let place = TIME_BYTES - 1; place >= 0; place--) {
    bytes[place] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes.set(random, TIME_BYTES);
  return formatUuid(bytes);
}

function formatUuid(bytes: Uint8Array): string {
  let text = '';
  for (let place = 0; place < UUID_BYTES; place++) {
    let byte = bytes[place] ?? 0;
    if (place === 6) byte = (byte & 0x0f) | 0x70;
    if (place === 8) byte = (byte & 0x3f) | 0x80;
    if (place === 4 || place === 6 || place === 8 || place === 10) text += '-';
    text += HEX[byte] ?? '';
  }
  return text;
}
