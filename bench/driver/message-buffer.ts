// A message that comes in parts, appended where it stands: the answer of a batch comes in several frames,
// and joining them anew with each one cost more than everything else the load generator did.

const BYTES_FIRST = 65_536;

/** Bytes that are appended at the end and taken from the front. */
export class MessageBuffer {
  #bytes = Buffer.allocUnsafe(BYTES_FIRST);
  #length = 0;

  /** What is there begins at 0 and ends at `length`. To be read before the next change. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  get length(): number {
    return this.#length;
  }

  append(source: Buffer, start: number, end: number): void {
    const length = this.#length + end - start;
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    source.copy(this.#bytes, this.#length, start, end);
    this.#length = length;
  }

  /** Drops the first bytes. */
  drop(bytes: number): void {
    this.#bytes.copyWithin(0, bytes, this.#length);
    this.#length -= bytes;
  }
}
