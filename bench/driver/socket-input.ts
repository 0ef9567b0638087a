// A socket whose bytes are read into one buffer that is kept: Node otherwise allocates 64 KiB for each read,
// and collecting those was half of what the load generator cost.
import { connect, type Socket } from 'node:net';

const BYTES = 1_048_576;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Takes what it can use from the front of `bytes`, which end at `length`, and returns how many it took. */
export type InputReader = (bytes: Buffer, length: number) => number;

/** What has been received and not yet taken. */
class SocketInput {
  readonly #bytes = Buffer.allocUnsafe(BYTES);
  #length = 0;
  #reader: InputReader | null = null;

  /** Where the next bytes go. */
  readonly space = (): Buffer => this.#bytes.subarray(this.#length);

  readonly received = (bytes: number): boolean => {
    this.#length += bytes;
    this.#read();
    return true;
  };

  start(reader: InputReader): void {
    this.#reader = reader;
    this.#read();
  }

  #read(): void {
    if (this.#reader === null || this.#length === 0) return;
    const taken = this.#reader(this.#bytes, this.#length);
    if (taken < this.#length) this.#bytes.copyWithin(0, taken, this.#length);
    this.#length -= taken;
    if (this.#length === BYTES) throw new RangeError('an answer is larger than the load generator reads');
  }
}

export interface OpenSocket {
  readonly socket: Socket;
  /** From now on received bytes go there; those that came before, at once. */
  readonly start: (reader: InputReader) => void;
}

/** Rejects while nothing listens there. */
export function openSocket({ host, port }: Address): Promise<OpenSocket> {
  return new Promise((resolve, reject) => {
    const input = new SocketInput();
    const socket = connect({ host, port, onread: { buffer: input.space, callback: input.received } });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.setNoDelay(true);
      resolve({ socket, start: (reader) => input.start(reader) });
    });
  });
}

/** Tells of an error and of the end of the connection, also when it had ended before. */
export function watchLoss(socket: Socket, onLost: (problem: string) => void): void {
  const onClose = () => onLost('the connection was closed');
  socket.on('error', (error) => onLost(error.message));
  socket.on('close', onClose);
  if (socket.closed) queueMicrotask(onClose);
}

/** Closes it, and tells nobody any more. */
export function closeQuietly(socket: Socket): void {
  socket.removeAllListeners();
  socket.on('error', () => undefined);
  socket.destroy();
}
