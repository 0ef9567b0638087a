// Verified keys in a ring of bytes: a large registry is used a few checks at a time, and a decoded row that
// is kept costs the collector more than decoding it again. The oldest bytes are overwritten; what is used
// in the older half is written anew. It must never give a row to another lookup hash: all of it is compared.
import { assert } from '../core/assert.ts';
import type { FoundKey } from '../pdp/evaluation-port.ts';
import { joinKeyTexts, KEY_NUMBERS, keyNumbers, splitKey } from './packed-key.ts';

const LOOKUP_BYTES = 32;
const NUMBER_BYTES = 8;

/** A record: lookup hash, numbers, then bytes of text, use and short gaps as four words, then the text. */
const NUMBERS_AT = LOOKUP_BYTES;
const WORDS_AT = NUMBERS_AT + KEY_NUMBERS * NUMBER_BYTES;
const TEXT_AT = WORDS_AT + 16;

/** UTF-8 takes at most three bytes for each UTF-16 unit. */
const UTF8_BYTES_MAX = 3;
/** Longer ones stay outside: one of them would displace dozens. */
const TEXT_BYTES_MAX = 4_096;

/** Places that a lookup hash can stand in, so that few displace each other. */
const WAYS = 4;
/** A record is rarely smaller. There are twice as many places as such records. */
const RECORD_BYTES_TYPICAL = 256;

/** A key that was used again so soon, so many times in a row, is worth keeping decoded. */
const SOON_USES = 1_024;
const SOON_TIMES = 2;

export interface PackedKey {
  readonly found: FoundKey;
  readonly readAtUs: number;
  /** Whether it is used often. */
  readonly isHot: boolean;
}

/** At most so many bytes of rows, a power of two, and a tenth of it for finding them. */
export class PackedKeys {
  readonly #ringBytes: number;
  readonly #bytes: Buffer;
  readonly #words: Uint32Array;
  readonly #numbers: Float64Array;
  /** Where the record of a place begins: a position that only grows; its remainder is where in the ring. */
  readonly #positions: Float64Array;
  readonly #tags: Uint32Array;
  readonly #wanted = new Uint32Array(LOOKUP_BYTES / 4);
  readonly #wantedBytes = Buffer.from(this.#wanted.buffer);
  /** End of the newest record, and where the oldest one that counts may begin. */
  #head = 0;
  #start = 0;

  constructor(ringBytes: number) {
    assert(ringBytes >= 4 * TEXT_BYTES_MAX && Number.isInteger(Math.log2(ringBytes)), 'ring of another size');
    this.#ringBytes = ringBytes;
    const ring = new ArrayBuffer(ringBytes);
    this.#bytes = Buffer.from(ring);
    this.#words = new Uint32Array(ring);
    this.#numbers = new Float64Array(ring);
    const places = (2 * ringBytes) / RECORD_BYTES_TYPICAL;
    this.#positions = new Float64Array(places).fill(-1);
    this.#tags = new Uint32Array(places);
  }

  clear(): void {
    this.#start = this.#head;
  }

  /** `use` counts the lookups of the reader, these and others; what is kept of it is its remainder. */
  find(lookup: string, use: number): PackedKey | null {
    const place = this.#find(lookup);
    if (place === -1) return null;
    const position = this.#positions[place] ?? 0;
    const at = position % this.#ringBytes;
    const word = (at + WORDS_AT) / 4;
    const textBytes = this.#words[word] ?? 0;
    const text = this.#bytes.toString('utf8', at + TEXT_AT, at + TEXT_AT + textBytes);
    const isSoon = (use - (this.#words[word + 1] ?? 0)) >>> 0 < SOON_USES;
    const soonTimes = isSoon ? (this.#words[word + 2] ?? 0) + 1 : 0;
    this.#words[word + 1] = use;
    this.#words[word + 2] = soonTimes;
    const number = (at + NUMBERS_AT) / NUMBER_BYTES;
    const { found, readAtUs } = splitKey(text, this.#numbers, number);
    if (this.#head - position > this.#ringBytes / 2) this.#writeAnew(place, at, textBytes);
    return { found, readAtUs, isHot: soonTimes >= SOON_TIMES };
  }

  /** Returns false for a row that is too long, or whose texts cannot be told apart once joined. */
  add(lookup: string, found: FoundKey, read: { readonly atUs: number; readonly use: number }): boolean {
    const text = joinKeyTexts(found);
    if (text === null) return false;
    const bytesMax = textBytesMax(text);
    if (bytesMax > TEXT_BYTES_MAX) return false;
    const known = this.#find(lookup);
    const place = known === -1 ? this.#oldestPlace() : known;
    const position = this.#reserve(bytesMax);
    const at = position % this.#ringBytes;
    const textBytes = this.#bytes.write(text, at + TEXT_AT, 'utf8');
    const word = (at + WORDS_AT) / 4;
    this.#words.set(this.#wanted, at / 4);
    this.#words[word] = textBytes;
    this.#words[word + 1] = read.use;
    this.#words[word + 2] = 0;
    keyNumbers(found, read.atUs, this.#numbers, (at + NUMBERS_AT) / NUMBER_BYTES);
    this.#head = position + recordBytes(textBytes);
    this.#enter(place, position);
    return true;
  }

  /** The place of this lookup hash, or -1. Leaves the hash in `#wanted`. */
  #find(lookup: string): number {
    const written = this.#wantedBytes.write(lookup, 0, 'hex');
    assert(written === LOOKUP_BYTES, 'not a lookup hash in hexadecimal');
    const first = this.#firstPlace();
    const tag = this.#wanted[1] ?? 0;
    for (let place = first; place < first + WAYS; place += 1) {
      if (this.#tags[place] === tag && this.#counts(place) && this.#isWanted(place)) return place;
    }
    return -1;
  }

  #firstPlace(): number {
    return ((this.#wanted[0] ?? 0) * WAYS) % this.#positions.length;
  }

  /** Whether the record was neither cleared nor overwritten. */
  #counts(place: number): boolean {
    const position = this.#positions[place] ?? -1;
    return position >= this.#start && position >= this.#head - this.#ringBytes;
  }

  #isWanted(place: number): boolean {
    const word = ((this.#positions[place] ?? 0) % this.#ringBytes) / 4;
    for (let offset = 0; offset < this.#wanted.length; offset += 1) {
      if (this.#words[word + offset] !== this.#wanted[offset]) return false;
    }
    return true;
  }

  #oldestPlace(): number {
    const first = this.#firstPlace();
    let oldest = first;
    for (let place = first + 1; place < first + WAYS; place += 1) {
      if ((this.#positions[place] ?? -1) < (this.#positions[oldest] ?? -1)) oldest = place;
    }
    return oldest;
  }

  #enter(place: number, position: number): void {
    this.#positions[place] = position;
    this.#tags[place] = this.#wanted[1] ?? 0;
  }

  #writeAnew(place: number, at: number, textBytes: number): void {
    const position = this.#reserve(textBytes);
    this.#bytes.copyWithin(position % this.#ringBytes, at, at + recordBytes(textBytes));
    this.#head = position + recordBytes(textBytes);
    this.#enter(place, position);
  }

  /** Where a record with so many bytes of text can begin: none goes over the end of the ring. */
  #reserve(textBytes: number): number {
    const left = this.#ringBytes - (this.#head % this.#ringBytes);
    return left < recordBytes(textBytes) ? this.#head + left : this.#head;
  }
}

/** Bytes that the text has at most: counted only when the cheap bound is too large. */
function textBytesMax(text: string): number {
  const bound = text.length * UTF8_BYTES_MAX;
  return bound > TEXT_BYTES_MAX ? Buffer.byteLength(text, 'utf8') : bound;
}

/** Records begin where numbers can stand. */
function recordBytes(textBytes: number): number {
  return Math.ceil((TEXT_AT + textBytes) / NUMBER_BYTES) * NUMBER_BYTES;
}
