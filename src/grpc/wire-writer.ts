// Writes protobuf's wire format from the last byte to the first, so that the length of a nested message
// is known when it is due and nothing is measured or copied twice.

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_BYTES = 2;
const INITIAL_BYTES = 4_096;
/** A buffer above this size is not kept for the next message. */
const KEPT_BYTES_MAX = 1_048_576;

/**
 * A message in the making. Fields are written in descending order. Every method passes over a default
 * value, as proto3 prescribes, unless it says otherwise.
 */
export class WireWriter {
  #buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #at = INITIAL_BYTES;

  /** Where the written part begins; the end of whatever is nested next. */
  get mark(): number {
    return this.#buffer.length - this.#at;
  }

  text(field: number, text: string): void {
    if (text !== '') this.presentText(field, text);
  }

  /** Also when the text is empty: for repeated fields and members of a oneof. */
  presentText(field: number, text: string): void {
    const size = Buffer.byteLength(text);
    this.#reserve(size + 10);
    this.#at -= size;
    // As many bytes as characters: all of it is ASCII, and Latin-1 is the faster way to write it.
    this.#buffer.write(text, this.#at, size, size === text.length ? 'latin1' : 'utf8');
    this.#head(field, size);
  }

  /** Bytes that are there also when empty: encoded messages and bytes in a oneof or list. */
  bytes(field: number, bytes: Uint8Array): void {
    this.#reserve(bytes.length + 10);
    this.#at -= bytes.length;
    this.#buffer.set(bytes, this.#at);
    this.#head(field, bytes.length);
  }

  /** Bytes that are already tagged. */
  raw(encoded: Uint8Array): void {
    if (encoded.length === 0) return;
    this.#reserve(encoded.length);
    this.#at -= encoded.length;
    this.#buffer.set(encoded, this.#at);
  }

  /** A whole number from -2^53 to 2^53. */
  whole(field: number, value: number): void {
    if (value !== 0) this.presentWhole(field, value);
  }

  presentWhole(field: number, value: number): void {
    this.#reserve(20);
    this.#varint(value);
    this.#varint((field << 3) | WIRE_VARINT);
  }

  flag(field: number, value: boolean): void {
    if (value) this.presentWhole(field, 1);
  }

  /** Also when it is zero. */
  double(field: number, value: number): void {
    this.#reserve(18);
    this.#at -= 8;
    this.#buffer.writeDoubleLE(value, this.#at);
    this.#varint((field << 3) | WIRE_FIXED64);
  }

  /** Ends a nested message that was begun at this mark. */
  close(field: number, mark: number): void {
    this.#reserve(10);
    this.#head(field, this.mark - mark);
  }

  /** The message. The writer is empty again. */
  finish(): Buffer {
    // A copy: the buffer is written over by the next message, perhaps before this one was sent.
    const encoded = Buffer.allocUnsafe(this.mark);
    encoded.set(this.#buffer.subarray(this.#at));
    this.reset();
    return encoded;
  }

  /** Forgets what was written. */
  reset(): void {
    if (this.#buffer.length > KEPT_BYTES_MAX) this.#buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
    this.#at = this.#buffer.length;
  }

  #head(field: number, size: number): void {
    this.#varint(size);
    this.#varint((field << 3) | WIRE_BYTES);
  }

  #varint(value: number): void {
    if (value >= 0 && value < 0x80) {
      this.#at -= 1;
      this.#buffer[this.#at] = value;
      return;
    }
    if (value >= 0 && value < 0x4000) {
      this.#at -= 2;
      this.#buffer[this.#at] = (value & 0x7f) | 0x80;
      this.#buffer[this.#at + 1] = value >>> 7;
      return;
    }
    this.#longVarint(value);
  }

  #longVarint(value: number): void {
    if (value < 0) {
      this.#signedVarint(value);
      return;
    }
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
    this.#at -= size;
    let rest = value;
    for (let place = this.#at; place < this.#at + size - 1; place += 1) {
      this.#buffer[place] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#at + size - 1] = rest;
  }

  /** Negative numbers take ten bytes: two's complement of 64 bits. */
  #signedVarint(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    this.#at -= 10;
    for (let place = 0; place < 10; place += 1) {
      this.#buffer[this.#at + place] = Number(rest & 0x7fn) | (place < 9 ? 0x80 : 0);
      rest >>= 7n;
    }
  }

  #reserve(size: number): void {
    if (this.#at >= size) return;
    const used = this.mark;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, used + size));
    this.#buffer.copy(grown, grown.length - used, this.#at);
    this.#at = grown.length - used;
    this.#buffer = grown;
  }
}
