// Base62 in fixed width, for key texts: only letters and digits, so that a double click selects the
// whole and no transport needs to escape it.

/** Digits in the order of their value. */
export const BASE62_DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Bytes as one big-endian number, padded with `0` to the width. Throws when it does not fit. */
export function encodeBase62(bytes: Uint8Array, width: number): string {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  let text = '';
  for (let place = 0; place < width; place++) {
    text = BASE62_DIGITS.charAt(Number(value % 62n)) + text;
    value /= 62n;
  }
  if (value !== 0n) throw new RangeError('number does not fit its width in base62');
  return text;
}

/** A number below 2^53 in fixed width. Throws when it does not fit. */
export function encodeBase62Number(number: number, width: number): string {
  let value = number;
  let text = '';
  for (let place = 0; place < width; place++) {
    text = BASE62_DIGITS.charAt(value % 62) + text;
    value = Math.floor(value / 62);
  }
  if (value !== 0) throw new RangeError('number does not fit its width in base62');
  return text;
}

/** Whether a part of a text holds base62 digits only. */
export function isBase62(text: string, start: number, end: number): boolean {
  for (let place = start; place < end; place++) {
    const unit = text.charCodeAt(place);
    const isDigit = unit >= 48 && unit <= 57;
    const isLetter = (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122);
    if (!isDigit && !isLetter) return false;
  }
  return true;
}
