// A run: the terms of consecutive records as sorted 64-bit entries (47 bits of hash, 16 of the record's
// offset in the run). Pure. Runs stand in the place of one B-tree row a term, which costs several times
// the CPU on a machine that has better things to do.
import { assert } from '../../core/assert.ts';
import { type TermField, type TermKey, writeEntry } from './term-hash.ts';

/** Offsets have 16 bits. */
export const RUN_RECORDS_MAX = 65_536;
export const ENTRY_BYTES = 8;
const ENTRY_WORDS = 2;
const WORD_BYTES = 4;
const WORDS_START = 16_384;
const OFFSET_BITS = 0xffff;

/** Collects entries; grows, and is reused from batch to batch. */
export class RunBuilder {
  #words = new Uint32Array(WORDS_START);
  #used = 0;

  clear(): void {
    this.#used = 0;
  }

  /** Adds a term of the record at this offset: characters `start` to `end` of `text`. */
  add(field: TermField, text: string, start: number, end: number, offset: number): void {
    this.#reserve(ENTRY_WORDS);
    writeEntry(this.#words, this.#used, field, text, start, end, offset);
    this.#used += ENTRY_WORDS;
  }

  /** Adds the entries of an older run whose offsets move by `shift`. */
  addEntries(entries: Uint32Array, shift: number): void {
    this.#reserve(entries.length);
    for (let i = 0; i < entries.length; i += ENTRY_WORDS) {
      const low = entries[i] ?? 0;
      assert((low & OFFSET_BITS) + shift < RUN_RECORDS_MAX, 'an offset above its bits');
      this.#words[this.#used + i] = low + shift;
      this.#words[this.#used + i + 1] = entries[i + 1] ?? 0;
    }
    this.#used += entries.length;
  }

  /** The entries in order, as words. Valid until the builder is used again. */
  sorted(): Uint32Array {
    new BigUint64Array(this.#words.buffer, 0, this.#used / ENTRY_WORDS).sort();
    return this.#words.subarray(0, this.#used);
  }

  #reserve(words: number): void {
    if (this.#used + words <= this.#words.length) return;
    const grown = new Uint32Array(Math.max(this.#words.length * 2, this.#used + words));
    grown.set(this.#words.subarray(0, this.#used));
    this.#words = grown;
  }
}

/** Words of a stored chunk, copied so that they are aligned whatever the bytes were aligned to. */
export function chunkWords(chunk: Uint8Array): Uint32Array {
  assert(chunk.byteLength % ENTRY_BYTES === 0, 'a chunk of half an entry');
  const copy = new Uint8Array(chunk.byteLength);
  copy.set(chunk);
  return new Uint32Array(copy.buffer, 0, chunk.byteLength / WORD_BYTES);
}

/** Bytes that sort as the entry at this place does: how chunks are found. */
export function orderedBytes(high: number, low: number): Uint8Array {
  const bytes = new Uint8Array(ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, high);
  view.setUint32(WORD_BYTES, low);
  return bytes;
}

/** The lowest and the highest entry that a term can have, as `orderedBytes`. */
export function keyRange(key: TermKey): { readonly from: Uint8Array; readonly to: Uint8Array } {
  return { from: orderedBytes(key.high, key.low), to: orderedBytes(key.high, (key.low | OFFSET_BITS) >>> 0) };
}

/** Appends to `offsets` those of a term in one chunk, ascending. */
export function collectOffsets(words: Uint32Array, key: TermKey, offsets: number[]): void {
  let from = 0;
  let below = words.length / ENTRY_WORDS;
  while (from < below) {
    const middle = (from + below) >>> 1;
    const high = words[middle * ENTRY_WORDS + 1] ?? 0;
    const low = words[middle * ENTRY_WORDS] ?? 0;
    if (high < key.high || (high === key.high && low < key.low)) from = middle + 1;
    else below = middle;
  }
  for (let i = from * ENTRY_WORDS; i < words.length; i += ENTRY_WORDS) {
    const low = words[i] ?? 0;
    if (words[i + 1] !== key.high || (low & ~OFFSET_BITS) >>> 0 !== key.low) return;
    offsets.push(low & OFFSET_BITS);
  }
}
