// One HTTP/1.1 connection with one call in flight, as lean as the HTTP/2 one.
import type { Socket } from 'node:net';
import { closeQuietly, type OpenSocket, watchLoss } from './socket-input.ts';

const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH_PATTERN = /\r\ncontent-length: *(\d+)/i;

export interface AnswerEvents {
  /** The answer is whole. `status` is 0 when it is not what this client understands. */
  readonly onAnswer: (status: number, bytes: Buffer, start: number, end: number) => void;
  readonly onLost: (problem: string) => void;
}

export class Http1Link {
  readonly #socket: Socket;
  readonly #events: AnswerEvents;

  constructor({ socket, start }: OpenSocket, events: AnswerEvents) {
    this.#socket = socket;
    this.#events = events;
    watchLoss(socket, events.onLost);
    start((bytes, length) => this.#read(bytes, length));
  }

  /** Sends a whole request. Only when the one before was answered. */
  send(request: Buffer): void {
    this.#socket.write(request);
  }

  close(): void {
    closeQuietly(this.#socket);
  }

  #read(bytes: Buffer, length: number): number {
    const headEnd = bytes.indexOf(HEAD_END);
    // What stands behind `length` is left from before.
    if (headEnd < 0 || headEnd + HEAD_END.length > length) return 0;
    const head = bytes.toString('latin1', 0, headEnd);
    const bodyLength = LENGTH_PATTERN.exec(head)?.[1];
    const start = headEnd + HEAD_END.length;
    // Answers of a decision are small: a server that streams them in chunks is none that we compare with.
    const end = bodyLength === undefined ? length : start + Number(bodyLength);
    if (length < end) return 0;
    this.#events.onAnswer(bodyLength === undefined ? 0 : Number(head.slice(9, 12)), bytes, start, end);
    return end;
  }
}
