// HTTP/2 flow control of what we send (RFC 9113, section 5.2): a batch of fifty items soon fills the
// 64 KiB that a server allows at first. Messages that do not fit wait whole, in their order.

export interface Outgoing {
  readonly stream: number;
  /** Bytes that this stream may still send. */
  window: number;
}

interface Waiting<Call> {
  readonly call: Call;
  readonly message: Buffer;
  readonly last: boolean;
  sent: number;
}

const WINDOW_INITIAL = 65_535;

/** @param write Writes part of a message that fits now; `last` with the last byte of the last message. */
export class SendWindows<Call extends Outgoing> {
  readonly #write: (call: Call, bytes: Buffer, last: boolean) => void;
  #connection = WINDOW_INITIAL;
  #initial = WINDOW_INITIAL;
  #waiting: Waiting<Call>[] = [];

  constructor(write: (call: Call, bytes: Buffer, last: boolean) => void) {
    this.#write = write;
  }

  get initialWindow(): number {
    return this.#initial;
  }

  send(call: Call, message: Buffer, last: boolean): void {
    const fits = message.length <= this.#connection && message.length <= call.window;
    if (fits && this.#waiting.length === 0) {
      this.#connection -= message.length;
      call.window -= message.length;
      this.#write(call, message, last);
      return;
    }
    this.#waiting.push({ call, message, last, sent: 0 });
    this.#sendWaiting();
  }

  /** The server allows more: for the connection when the stream is 0. */
  open(call: Call | null, stream: number, bytes: number): void {
    if (stream === 0) this.#connection += bytes;
    else if (call !== null) call.window += bytes;
    this.#sendWaiting();
  }

  /** Changes the windows of open streams too, as the protocol says. */
  setInitialWindow(bytes: number, calls: Iterable<Call>): void {
    for (const call of calls) call.window += bytes - this.#initial;
    this.#initial = bytes;
    this.#sendWaiting();
  }

  #sendWaiting(): void {
    if (this.#waiting.length === 0) return;
    const blocked = new Set<Call>();
    this.#waiting = this.#waiting.filter((waiting) => {
      const { call, message } = waiting;
      if (blocked.has(call)) return true;
      const bytes = Math.min(this.#connection, call.window, message.length - waiting.sent);
      if (bytes > 0) {
        const end = waiting.sent + bytes;
        this.#connection -= bytes;
        call.window -= bytes;
        this.#write(call, message.subarray(waiting.sent, end), waiting.last && end === message.length);
        waiting.sent = end;
      }
      if (waiting.sent === message.length) return false;
      blocked.add(call);
      return true;
    });
  }
}
