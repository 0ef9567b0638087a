// CRC-32 as in zlib and PNG (ISO 3309): catches a mistyped key before anything is looked up. It protects
// from mistakes, not from anybody.

const POLYNOMIAL = 0xedb88320;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** CRC-32 over the first `end` characters of an ASCII text, as an unsigned number. */
export function crc32(text: string, end: number): number {
  let value = 0xffffffff;
  for (let place = 0; place < end; place++) {
    value = (TABLE[(value ^ text.charCodeAt(place)) & 0xff] ?? 0) ^ (value >>> 8);
  }
  return (value ^ 0xffffffff) >>> 0;
}
