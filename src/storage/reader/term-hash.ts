// Hashes of search terms. A term is a field and a text as it stands in a leaf; the index holds only its
// 47-bit hash, so every hit is verified against the leaf. Not a cryptographic hash: it hides nothing.

/** What a term is about. The numbers are part of the index's form: a change needs a migration. */
const TERM_FIELDS = {
  kind: 1,
  company_id: 2,
  key_id: 3,
  operation: 4,
  effect: 5,
  reason: 6,
  request_id: 7,
  correlation_id: 8,
  /** The decision itself. */
  decision_id: 9,
  /** A record that refers to a decision: its outcome. */
  decision_ref: 10,
} as const;

export type TermField = keyof typeof TERM_FIELDS;

/** Hash of a term: two words, the upper of 31 bits, the lower with its 16 bits above 16 zeros. */
export interface TermKey {
  readonly high: number;
  readonly low: number;
}

/** Two odd multipliers with well mixed bits (fractions of the square roots of 2 and 3). */
const MULTIPLIER_ONE = 0x6a09e667;
const MULTIPLIER_TWO = 0xbb67ae85;
const LOW_HASH_BITS = 0xffff0000;

/**
 * Writes the entry of a term: its hash and, in the lowest 16 bits, the record's offset. Read as one
 * little-endian 64-bit number, entries sort by hash, then by offset.
 */
export function writeEntry(
  words: Uint32Array,
  at: number,
  field: TermField,
  text: string,
  start: number,
  end: number,
  offset: number,
): void {
  let one: number = TERM_FIELDS[field];
  let two = one ^ (end - start);
  for (let i = start; i < end; i++) {
    const unit = text.charCodeAt(i);
    one = Math.imul(one ^ unit, MULTIPLIER_ONE);
    one ^= one >>> 15;
    two = Math.imul(two ^ unit, MULTIPLIER_TWO);
    two ^= two >>> 13;
  }
  words[at + 1] = Math.imul(one ^ (two >>> 16), MULTIPLIER_TWO) >>> 1;
  words[at] = (Math.imul(two ^ (one >>> 16), MULTIPLIER_ONE) & LOW_HASH_BITS) | offset;
}

/** The key to search a value by. */
export function termKey(field: TermField, value: string): TermKey {
  const text = JSON.stringify(value);
  const words = new Uint32Array(2);
  writeEntry(words, 0, field, text, 1, text.length - 1, 0);
  return { high: words[1] ?? 0, low: words[0] ?? 0 };
}
