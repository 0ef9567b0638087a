// Reads protobuf's wire format strictly. Other readers forgive truncated lengths, groups and overlong
// numbers; this one refuses them, because what is forgiven here would be decided on.

/** What is wrong with a message, and where. `path` is filled on the way out. */
export class WireFault extends Error {
  override readonly name = 'WireFault';
  path = '';

  /** Puts an outer field in front of the path. Returns itself, to be thrown on. */
  inside(outer: string): this {
    this.path = this.path === '' ? outer : `${outer}.${this.path}`;
    return this;
  }
}

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_BYTES = 2;
export const WIRE_FIXED32 = 5;

const UINT32_MAX = 0xffff_ffff;
const FIELD_NUMBER_MAX = 0x1fff_ffff;

/** A position in one encoded message. Every read is bounded by `end`, the end of the innermost message. */
export class WireReader {
  readonly #buffer: Buffer;
  at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  get length(): number {
    return this.#buffer.length;
  }

  /** A tag: field number and wire type. */
  tag(end: number): number {
    const first = this.#buffer[this.at];
    if (first === undefined || this.at >= end) throw new WireFault('is cut off');
    if (first < 0x80) {
      this.at += 1;
      if (first < 8) throw new WireFault('has a field without a number');
      return first;
    }
    const tag = this.varint(end);
    if (tag > UINT32_MAX || tag < 8 || tag >>> 3 > FIELD_NUMBER_MAX) {
      throw new WireFault('has an impossible field number');
    }
    return tag;
  }

  /** An unsigned varint, exact up to 2^53; above that a fault. */
  varint(end: number): number {
    const buffer = this.#buffer;
    let at = this.at;
    let value = 0;
    let scale = 1;
    // Seven bytes hold 49 bits, which a double adds exactly.
    for (let count = 0; count < 7; count += 1) {
      const byte = buffer[at];
      if (byte === undefined || at >= end) throw new WireFault('is cut off');
      at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.at = at;
        return value;
      }
      scale *= 128;
    }
    const long = BigInt.asUintN(64, this.long(end));
    if (long > BigInt(Number.MAX_SAFE_INTEGER)) throw new WireFault('is out of range');
    return Number(long);
  }

  /** A varint of a signed type, exact within ±2^53. Negative ones take ten bytes. */
  signedVarint(end: number): number {
    const start = this.at;
    try {
      return this.varint(end);
    } catch (fault) {
      if (!(fault instanceof WireFault)) throw fault;
      this.at = start;
    }
    const long = BigInt.asIntN(64, this.long(end));
    const value = Number(long);
    if (!Number.isSafeInteger(value)) throw new WireFault('is out of range');
    return value;
  }

  /** A varint of up to ten bytes, as 64 bits. */
  private long(end: number): bigint {
    let value = 0n;
    for (let count = 0; count < 10; count += 1) {
      const byte = this.#buffer[this.at];
      if (byte === undefined || this.at >= end) throw new WireFault('is cut off');
      this.at += 1;
      value |= BigInt(byte & 0x7f) << BigInt(7 * count);
      if (byte < 0x80) {
        if (value >> 64n !== 0n) break;
        return value;
      }
    }
    throw new WireFault('has a number that is too long');
  }

  /** The end of a length-delimited value that begins here. */
  delimited(end: number): number {
    const first = this.#buffer[this.at];
    let size: number;
    if (first !== undefined && first < 0x80 && this.at < end) {
      this.at += 1;
      size = first;
    } else {
      size = this.varint(end);
    }
    if (size > end - this.at) throw new WireFault('is cut off');
    return this.at + size;
  }

  /** Ill-formed UTF-8 becomes U+FFFD, which whoever validates the text refuses. */
  text(end: number): string {
    const stop = this.delimited(end);
    const text = this.#buffer.toString('utf8', this.at, stop);
    this.at = stop;
    return text;
  }

  /** A copy: the message's own memory is given back once it is decoded. */
  bytes(end: number): Buffer {
    const stop = this.delimited(end);
    const bytes = Buffer.from(this.#buffer.subarray(this.at, stop));
    this.at = stop;
    return bytes;
  }

  double(end: number): number {
    if (end - this.at < 8) throw new WireFault('is cut off');
    const value = this.#buffer.readDoubleLE(this.at);
    this.at += 8;
    return value;
  }

  /** Passes over a field that the contract does not know, as protobuf prescribes. */
  skip(wireType: number, end: number): void {
    switch (wireType) {
      case WIRE_VARINT:
        this.long(end);
        return;
      case WIRE_FIXED64:
        this.advance(8, end);
        return;
      case WIRE_BYTES:
        this.at = this.delimited(end);
        return;
      case WIRE_FIXED32:
        this.advance(4, end);
        return;
      default:
        throw new WireFault('has a field of an unknown wire type');
    }
  }

  private advance(size: number, end: number): void {
    if (end - this.at < size) throw new WireFault('is cut off');
    this.at += size;
  }
}
