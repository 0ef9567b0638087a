// One HTTP/1.1 connection with one call in flight, as lean as the HTTP/2 one.
import type { Socket } from 'node:net';

const EMPTY = Buffer.alloc(0);
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
  #rest: Buffer = EMPTY;

  constructor(socket: Socket, events: AnswerEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => events.onLost(error.message));
    socket.on('close', () => events.onLost('the connection was closed'));
  }

  /** Sends a whole request. Only when the one before was answered. */
  send(request: Buffer): void {
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.removeAllListeners();
    this.#socket.on('error', () => undefined);
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = bytes;
    const headEnd = bytes.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = bytes.toString('latin1', 0, headEnd);
    const length = LENGTH_PATTERN.exec(head)?.[1];
    const start = headEnd + HEAD_END.length;
    // Answers of a decision are small: a server that streams them in chunks is none that we compare with.
    const end = length === undefined ? bytes.length : start + Number(length);
    if (bytes.length < end) return;
    this.#rest = EMPTY;
    this.#events.onAnswer(length === undefined ? 0 : Number(head.slice(9, 12)), bytes, start, end);
  }
}
