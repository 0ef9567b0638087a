// Reads as much of a protobuf message as it takes to see an effect. For answers of servers under test
// only; the product has its own strict decoder.

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;

/** Walks the fields of one message. After `next`, exactly one of `skip`, `varint` and `bytes` is called. */
export class WireScan {
  readonly #buffer: Buffer;
  readonly #end: number;
  at: number;
  #wireType = 0;

  constructor(buffer: Buffer, start: number, end: number) {
    this.#buffer = buffer;
    this.at = start;
    this.#end = end;
  }

  /** Number of the next field, 0 at the end. */
  next(): number {
    if (this.at >= this.#end) return 0;
    const tag = this.varint();
    this.#wireType = tag & 7;
    return tag >>> 3;
  }

  varint(): number {
    let value = 0;
    let weight = 1;
    for (let count = 0; count < 10; count += 1) {
      const byte = this.#buffer[this.at] ?? 0;
      this.at += 1;
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) return value;
      weight *= 128;
    }
    throw new RangeError('a number of an answer is too long');
  }

  /** End of a length-delimited value; `at` is its start. The caller moves `at` to the end. */
  bytes(): number {
    const length = this.varint();
    return Math.min(this.at + length, this.#end);
  }

  text(): string {
    const end = this.bytes();
    const text = this.#buffer.toString('latin1', this.at, end);
    this.at = end;
    return text;
  }

  skip(): void {
    switch (this.#wireType) {
      case WIRE_VARINT:
        this.varint();
        return;
      case WIRE_FIXED64:
        this.at += 8;
        return;
      case WIRE_BYTES:
        this.at = this.bytes();
        return;
      case WIRE_FIXED32:
        this.at += 4;
        return;
      default:
        throw new RangeError('a field of an answer has an unknown wire type');
    }
  }
}
