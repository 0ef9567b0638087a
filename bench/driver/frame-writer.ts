// Gathers outgoing bytes, so that one turn of the loop makes one write. Chunks are never written over:
// the socket may still hold them.
import type { Socket } from 'node:net';

const CHUNK_BYTES = 65_536;

export class FrameWriter {
  readonly #socket: Socket;
  #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #from = 0;
  #to = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Appends an HTTP/2 frame whose payload is part of `payload`. */
  frame(
    head: { readonly type: number; readonly flags: number; readonly stream: number },
    payload: Buffer,
  ): void {
    const length = payload.length;
    this.#reserve(9 + length);
    const chunk = this.#chunk;
    chunk.writeUIntBE(length, this.#to, 3);
    chunk.writeUInt8(head.type, this.#to + 3);
    chunk.writeUInt8(head.flags, this.#to + 4);
    chunk.writeUInt32BE(head.stream, this.#to + 5);
    payload.copy(chunk, this.#to + 9);
    this.#to += 9 + length;
  }

  raw(bytes: Buffer): void {
    this.#reserve(bytes.length);
    bytes.copy(this.#chunk, this.#to);
    this.#to += bytes.length;
  }

  /** Hands what was gathered to the socket. */
  flush(): void {
    if (this.#to === this.#from) return;
    this.#socket.write(this.#chunk.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }

  #reserve(bytes: number): void {
    if (this.#to + bytes <= this.#chunk.length) return;
    this.flush();
    this.#chunk = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, bytes));
    this.#from = 0;
    this.#to = 0;
  }
}
