// Verified keys in a ring of bytes: a large registry is used a few checks at a time, and a decoded row that
// is kept costs the collector more than decoding it again. The oldest bytes are overwritten; what is used
// in the older half is written anew. It must never give a row to another lookup hash: all of it is compared.
import { assert } from '../core/assert.ts';
import type { FoundKey } from '../pdp/evaluation-port.ts';
import { settleSubjectOf } from '../pdp/row-memo.ts';
import { isPackable, KEY_NUMBERS, KEY_WORDS, PackedShapes, type ReadRow } from './packed-key.ts';
import { subjectText } from './settle-codec.ts';

const LOOKUP_BYTES = 32;
const NUMBER_BYTES = 8;
const BYTE = 256;

/**
 * A record: lookup hash, numbers, words of the key, then places in the text, use and short gaps as four words, then
 * the text. It is ASCII, and what the ledger is told of the rows with each check: the key's id first, and further on
 * the company's. Writing it anew for each check would cost more than keeping it.
 */
const NUMBERS_AT = LOOKUP_BYTES;
const SHAPE_AT = NUMBERS_AT + KEY_NUMBERS * NUMBER_BYTES;
const WORDS_AT = SHAPE_AT + KEY_WORDS * 4;
const TEXT_AT = WORDS_AT + 16;

/** A key's id has 40 characters, a company's at most 64, and the numbers between them a few each. */
const TEXT_BYTES_MAX = 255;
/** The ring holds more than a few of the largest records. */
const RING_BYTES_MIN = 1_024;

/** Places that a lookup hash can stand in, so that few displace each other. */
const WAYS = 4;
/** A record is rarely smaller. There are twice as many places as such records. */
const RECORD_BYTES_TYPICAL = 128;

/** A key that was used again so soon, so many times in a row, is worth keeping decoded. */
const SOON_USES = 1_024;
const SOON_TIMES = 2;

export interface PackedKey extends ReadRow {
  /** Whether it is used often. */
  readonly isHot: boolean;
}

/** At most so many bytes of rows, a power of two, and a tenth of it for finding them. */
export class PackedKeys {
  readonly #ringBytes: number;
  readonly #bytes: Buffer;
  readonly #words: Uint32Array;
  readonly #views: { readonly numbers: Float64Array; readonly words: Uint32Array };
  /** Where the record of a place begins: a position that only grows; its remainder is where in the ring. */
  readonly #positions: Float64Array;
  readonly #tags: Uint32Array;
  readonly #shapes = new PackedShapes();
  readonly #wanted = new Uint32Array(LOOKUP_BYTES / 4);
  readonly #wantedBytes = Buffer.from(this.#wanted.buffer);
  /** End of the newest record, and where the oldest one that counts may begin. */
  #head = 0;
  #start = 0;

  constructor(ringBytes: number) {
    assert(ringBytes >= RING_BYTES_MIN && Number.isInteger(Math.log2(ringBytes)), 'ring of another size');
    this.#ringBytes = ringBytes;
    const ring = new ArrayBuffer(ringBytes);
    this.#bytes = Buffer.from(ring);
    this.#words = new Uint32Array(ring);
    this.#views = { numbers: new Float64Array(ring), words: this.#words };
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
    const text = this.#bytes.toString('latin1', at + TEXT_AT, at + TEXT_AT + textBytes);
    const ids = idsOf(text, this.#words[word + 1] ?? 0);
    const isSoon = (use - (this.#words[word + 2] ?? 0)) >>> 0 < SOON_USES;
    const soonTimes = isSoon ? (this.#words[word + 3] ?? 0) + 1 : 0;
    this.#words[word + 2] = use;
    this.#words[word + 3] = soonTimes;
    const row = this.#shapes.unpack(ids, this.#views, shapeAt(at));
    const { written } = settleSubjectOf(row.found);
    if (written !== undefined) written.text = text;
    if (this.#head - position > this.#ringBytes / 2) this.#writeAnew(place, at, textBytes);
    return { ...row, isHot: soonTimes >= SOON_TIMES };
  }

  /** Returns false for a row that cannot be packed. */
  add(lookup: string, row: ReadRow, use: number): boolean {
    const { found } = row;
    if (!isPackable(found)) return false;
    const text = subjectText(settleSubjectOf(found));
    const textBytes = text.length;
    if (textBytes > TEXT_BYTES_MAX) return false;
    if (this.#shapes.isFull) {
      this.clear();
      this.#shapes.clear();
    }
    const known = this.#find(lookup);
    const place = known === -1 ? this.#oldestPlace() : known;
    const position = this.#reserve(textBytes);
    const at = position % this.#ringBytes;
    const word = (at + WORDS_AT) / 4;
    this.#bytes.write(text, at + TEXT_AT, 'latin1');
    this.#words.set(this.#wanted, at / 4);
    this.#words[word] = textBytes;
    this.#words[word + 1] = idPlaces(text, found.key);
    this.#words[word + 2] = use;
    this.#words[word + 3] = 0;
    this.#shapes.pack(row, this.#views, shapeAt(at));
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

/** Where both ids stand in the text, as one word: end of the key's, start and end of the company's, a byte each. */
function idPlaces(text: string, { keyId, companyId }: FoundKey['key']): number {
  const companyAt = text.indexOf(companyId, keyId.length);
  assert(text.startsWith(keyId) && companyAt > 0, 'text of another row');
  return keyId.length + companyAt * BYTE + (companyAt + companyId.length) * BYTE ** 2;
}

function idsOf(text: string, places: number): { readonly keyId: string; readonly companyId: string } {
  return {
    keyId: text.slice(0, places % BYTE),
    companyId: text.slice(Math.trunc(places / BYTE) % BYTE, Math.trunc(places / BYTE ** 2)),
  };
}

/** Where the numbers and words of the key of a record stand. */
function shapeAt(at: number): { readonly number: number; readonly word: number } {
  return { number: (at + NUMBERS_AT) / NUMBER_BYTES, word: (at + SHAPE_AT) / 4 };
}

/** Records begin where numbers can stand. */
function recordBytes(textBytes: number): number {
  return Math.ceil((TEXT_AT + textBytes) / NUMBER_BYTES) * NUMBER_BYTES;
}
