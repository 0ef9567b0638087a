// One HTTP/2 connection of the load generator, as lean as it can be: on two cores whatever the client burns
// is missing on the server's side. It sends gRPC messages and hands back messages and ends; it does not
// decode response headers, so whether a call went well must be seen in its message.
import type { Socket } from 'node:net';
import { FrameWriter } from './frame-writer.ts';
import type { CallHeaders } from './header-block.ts';
import { MessageBuffer } from './message-buffer.ts';
import { type Outgoing, SendWindows } from './send-windows.ts';
import { closeQuietly, type OpenSocket, watchLoss } from './socket-input.ts';

const FRAME_HEAD_BYTES = 9;
const MESSAGE_PREFIX_BYTES = 5;
const FRAME_BYTES_MAX = 16_384;
const WINDOW_MAX = 0x7fff_ffff;
const WINDOW_INITIAL = 65_535;
/** Received bytes after which the connection's window is opened again. */
const WINDOW_STEP = 8_388_608;

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;
const WINDOW_UPDATE = 8;
const CONTINUATION = 9;

const END_STREAM = 1;
const ACK = 1;
const END_HEADERS = 4;
const PADDED = 8;

const INITIAL_WINDOW_SIZE = 4;
const EMPTY = Buffer.alloc(0);
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export interface LinkEvents {
  /** One whole message of the call that was begun with this ticket. The bytes are the link's: read them now. */
  readonly onMessage: (ticket: number, bytes: Buffer, start: number, end: number) => void;
  /** The call is over, whatever its status. */
  readonly onEnd: (ticket: number) => void;
  readonly onLost: (problem: string) => void;
}

interface OpenCall extends Outgoing {
  readonly ticket: number;
  /** A message that came in part; null: none. */
  partial: MessageBuffer | null;
  received: number;
}

/** Calls over one socket that is connected already. */
export class Http2Link {
  readonly #socket: Socket;
  readonly #writer: FrameWriter;
  readonly #headers: CallHeaders;
  readonly #events: LinkEvents;
  readonly #calls = new Map<number, OpenCall>();
  readonly #windows: SendWindows<OpenCall>;
  readonly #unused: MessageBuffer[] = [];
  #nextStream = 1;
  #received = 0;

  constructor({ socket, start }: OpenSocket, headers: CallHeaders, events: LinkEvents) {
    this.#socket = socket;
    this.#writer = new FrameWriter(socket);
    this.#headers = headers;
    this.#events = events;
    this.#windows = new SendWindows((call, bytes, last) => this.#writeData(call, bytes, last));
    watchLoss(socket, events.onLost);
    this.#greet();
    start((bytes, length) => this.#read(bytes, length));
  }

  /** Begins a call and returns its stream. Nothing is sent before `flush`. */
  begin(ticket: number): number {
    const stream = this.#nextStream;
    this.#nextStream += 2;
    this.#calls.set(stream, {
      stream,
      ticket,
      partial: null,
      received: 0,
      window: this.#windows.initialWindow,
    });
    const payload = stream === 1 ? this.#headers.first : this.#headers.later;
    this.#writer.frame({ type: HEADERS, flags: END_HEADERS, stream }, payload);
    return stream;
  }

  /** Sends a message that has its prefix already. */
  send(stream: number, message: Buffer, last: boolean): void {
    const call = this.#calls.get(stream);
    if (call !== undefined) this.#windows.send(call, message, last);
  }

  flush(): void {
    this.#writer.flush();
  }

  close(): void {
    closeQuietly(this.#socket);
  }

  #greet(): void {
    const settings = Buffer.alloc(6);
    settings.writeUInt16BE(INITIAL_WINDOW_SIZE, 0);
    settings.writeUInt32BE(WINDOW_MAX, 2);
    this.#writer.raw(PREFACE);
    this.#writer.frame({ type: SETTINGS, flags: 0, stream: 0 }, settings);
    this.#openWindow(0, WINDOW_MAX - WINDOW_INITIAL);
    this.#writer.flush();
  }

  #openWindow(stream: number, bytes: number): void {
    const step = Buffer.alloc(4);
    step.writeUInt32BE(bytes, 0);
    this.#writer.frame({ type: WINDOW_UPDATE, flags: 0, stream }, step);
  }

  #writeData(call: OpenCall, bytes: Buffer, last: boolean): void {
    for (let at = 0; at < bytes.length; at += FRAME_BYTES_MAX) {
      const part = bytes.length <= FRAME_BYTES_MAX ? bytes : bytes.subarray(at, at + FRAME_BYTES_MAX);
      const flags = last && at + FRAME_BYTES_MAX >= bytes.length ? END_STREAM : 0;
      this.#writer.frame({ type: DATA, flags, stream: call.stream }, part);
    }
  }

  #read(bytes: Buffer, end: number): number {
    let at = 0;
    while (end - at >= FRAME_HEAD_BYTES) {
      const length = bytes.readUIntBE(at, 3);
      const start = at + FRAME_HEAD_BYTES;
      if (end - start < length) break;
      const stream = bytes.readUInt32BE(at + 5) & WINDOW_MAX;
      this.#readFrame(bytes, { type: bytes[at + 3] ?? 0, flags: bytes[at + 4] ?? 0, stream, start, length });
      at = start + length;
    }
    this.#writer.flush();
    return at;
  }

  #readFrame(bytes: Buffer, frame: Frame): void {
    switch (frame.type) {
      case DATA:
        this.#readData(bytes, frame);
        break;
      case HEADERS:
      case CONTINUATION:
        // A server ends a gRPC call with its trailers, whose block may not be continued by ours.
        if ((frame.flags & END_STREAM) !== 0) this.#end(frame.stream);
        break;
      case RST_STREAM:
        this.#end(frame.stream);
        break;
      case SETTINGS:
        this.#readSettings(bytes, frame);
        break;
      case PING:
        if ((frame.flags & ACK) !== 0) break;
        this.#writer.frame({ type: PING, flags: ACK, stream: 0 }, payloadOf(bytes, frame));
        break;
      case GOAWAY:
        this.#events.onLost('the server said goodbye');
        break;
      case WINDOW_UPDATE: {
        const call = this.#calls.get(frame.stream) ?? null;
        this.#windows.open(call, frame.stream, bytes.readUInt32BE(frame.start));
        break;
      }
    }
  }

  #readSettings(bytes: Buffer, frame: Frame): void {
    if ((frame.flags & ACK) !== 0) return;
    for (let at = frame.start; at < frame.start + frame.length; at += 6) {
      if (bytes.readUInt16BE(at) === INITIAL_WINDOW_SIZE) {
        this.#windows.setInitialWindow(bytes.readUInt32BE(at + 2), this.#calls.values());
      }
    }
    this.#writer.frame({ type: SETTINGS, flags: ACK, stream: 0 }, EMPTY);
  }

  #readData(bytes: Buffer, frame: Frame): void {
    const call = this.#calls.get(frame.stream);
    this.#received += frame.length;
    if (this.#received >= WINDOW_STEP) {
      this.#openWindow(0, this.#received);
      this.#received = 0;
    }
    if (call === undefined) return;
    const padding = (frame.flags & PADDED) === 0 ? 0 : 1 + (bytes[frame.start] ?? 0);
    const start = frame.start + (padding === 0 ? 0 : 1);
    this.#readMessages(call, bytes, start, frame.start + frame.length - Math.max(0, padding - 1));
    call.received += frame.length;
    if (call.received >= WINDOW_STEP) {
      this.#openWindow(frame.stream, call.received);
      call.received = 0;
    }
    if ((frame.flags & END_STREAM) !== 0) this.#end(frame.stream);
  }

  #readMessages(call: OpenCall, frame: Buffer, start: number, end: number): void {
    if (call.partial === null) {
      const at = this.#readWhole(call.ticket, frame, start, end);
      if (at === end) return;
      call.partial = this.#unused.pop() ?? new MessageBuffer();
      call.partial.append(frame, at, end);
      return;
    }
    const partial = call.partial;
    partial.append(frame, start, end);
    partial.drop(this.#readWhole(call.ticket, partial.bytes, 0, partial.length));
    if (partial.length > 0) return;
    call.partial = null;
    this.#unused.push(partial);
  }

  /** Hands over the messages that are whole; returns where the rest begins. */
  #readWhole(ticket: number, bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (end - at >= MESSAGE_PREFIX_BYTES) {
      const next = at + MESSAGE_PREFIX_BYTES + bytes.readUInt32BE(at + 1);
      if (next > end) break;
      this.#events.onMessage(ticket, bytes, at + MESSAGE_PREFIX_BYTES, next);
      at = next;
    }
    return at;
  }

  #end(stream: number): void {
    const call = this.#calls.get(stream);
    if (call === undefined) return;
    this.#calls.delete(stream);
    this.#events.onEnd(call.ticket);
  }
}

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly start: number;
  readonly length: number;
}

function payloadOf(bytes: Buffer, { start, length }: Frame): Buffer {
  return Buffer.from(bytes.subarray(start, start + length));
}
