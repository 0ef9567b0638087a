// Puts the messages of one call together, in place of grpc-js's own decoder. That one keeps every piece as it came,
// with all that the socket brought beside it, until the message is whole: a caller who sends pieces of one byte and
// never the last one would hold a thousand times what it sent. Here a message has one buffer, which is counted.
import { PosternError } from '../core/error.ts';
import type { ArrivalAccount, ArrivalHolder } from './arrival-budget.ts';
import type { PieceCounter } from './unread-pieces.ts';

/** A byte that says whether it is compressed, and its length. */
const HEAD_BYTES = 5;

/** Shorter messages are not counted: as many as there may be calls hold some 16 MB. */
const UNCOUNTED_BYTES_MAX = 4_096;

/** So many messages that one piece brought are not counted either. */
const UNCOUNTED_MESSAGES_MAX = 16;

/**
 * What a message gets before so much of it is there; then twice as much, and so on. Few: what a head only says costs
 * its caller nothing, and it is held against those who sent what they hold.
 */
const FIRST_BYTES = 4_096;

/** Who held a counted message, by its memory: the pieces of a Buffer have nothing else in common. */
const takers = new WeakMap<ArrayBufferLike, MessageIntake>();

/**
 * Gives back the memory of a message that was decoded. Neither it nor a part of it can be read afterwards.
 * @param message As the handler of a call got it.
 */
export function discardMessage(message: Buffer): void {
  if (message.length > UNCOUNTED_BYTES_MAX)
    takers.get(message.buffer)?.discard(message.buffer as ArrayBuffer);
}

/** The call whose messages they are. */
export interface IntakeCall {
  /** Ends the call with this error. */
  refuse(error: PosternError): void;
}

const NOTHING: Buffer[] = [];
const NO_MEMORY: readonly ArrayBuffer[] = [];

/** The incoming messages of one call. */
export class MessageIntake implements ArrivalHolder, PieceCounter {
  heldBytes = 0;
  readonly #account: ArrivalAccount;
  readonly #call: IntakeCall;
  #headBytes = 0;
  #flag = 0;
  #bodyBytes = 0;
  /** The message with its head, as far as it was read; null while its head is not whole. */
  #message: Buffer | null = null;
  #filled = 0;
  /** Of every message that is counted: the one that arrives, and those that were not decoded yet. */
  #memory: readonly ArrayBuffer[] = NO_MEMORY;
  /** Pieces that are counted and not written yet; they are written in their order. */
  #unread = 0;
  /** Messages of the last piece that are counted, and those of them that were not delivered. */
  #counted = 0;
  #undelivered = 0;
  #isOver = false;

  constructor(account: ArrivalAccount, call: IntakeCall) {
    this.#account = account;
    this.#call = call;
  }

  /** Takes the next bytes. Returns the messages that they make whole, each behind its head, as grpc-js wants them. */
  write(data: Buffer): Buffer[] {
    if (this.#unread > 0) {
      this.#unread -= 1;
      this.#account.release(this, data.length + this.#account.objectCost);
    }
    const messages: Buffer[] = [];
    let at = 0;
    while (at < data.length && !this.#isOver) {
      if (this.#message === null) {
        at = this.#readHead(data, at);
        if (this.#headBytes < HEAD_BYTES || !this.#begin(data.length - at)) break;
      }
      at += this.#fill(data, at);
      if (this.#message !== null && this.#filled === HEAD_BYTES + this.#bodyBytes) {
        messages.push(this.#message);
        this.#message = null;
        this.#headBytes = 0;
      }
    }
    // grpc-js reads on when all of them are delivered.
    if (messages.length > UNCOUNTED_MESSAGES_MAX && !this.#isOver) {
      this.#counted = messages.length;
      this.#undelivered = messages.length;
      this.#account.hold(this, messages.length * this.#account.objectCost);
    }
    // Those before the one that ended the call have nobody to go to.
    return this.#isOver ? NOTHING : messages;
  }

  /** Whether a message was begun that is not whole. */
  get isMidMessage(): boolean {
    return this.#headBytes > 0;
  }

  /** A message went on to its handler. */
  deliver(): void {
    if (this.#undelivered === 0) return;
    this.#undelivered -= 1;
    if (this.#undelivered === 0) this.#account.release(this, this.#counted * this.#account.objectCost);
  }

  addPiece(bytes: number): void {
    if (this.#isOver) return;
    this.#unread += 1;
    this.#account.hold(this, bytes + this.#account.objectCost);
  }

  refuse(): void {
    this.#end(
      new PosternError('overloaded', 'Too many bytes of requests are waiting.', { retryAfterMs: 100 }),
    );
  }

  /** Nothing of the call is read any more, nor decoded that was. */
  close(): void {
    this.#isOver = true;
    if (this.heldBytes > 0) this.#account.release(this, this.heldBytes);
    if (this.#memory.length === 0) return;
    for (const memory of this.#memory) free(memory);
    this.#memory = NO_MEMORY;
    this.#message = null;
  }

  /** The message that lies here was decoded. */
  discard(memory: ArrayBuffer): void {
    if (this.#isOver) return;
    this.#account.release(this, memory.byteLength);
    this.#memory = this.#memory.filter((other) => other !== memory);
    free(memory);
  }

  #readHead(data: Buffer, from: number): number {
    if (this.#headBytes === 0 && data.length - from >= HEAD_BYTES) {
      this.#flag = data[from] ?? 0;
      this.#bodyBytes = data.readUInt32BE(from + 1);
      this.#headBytes = HEAD_BYTES;
      return from + HEAD_BYTES;
    }
    let at = from;
    for (; this.#headBytes < HEAD_BYTES && at < data.length; at += 1) {
      const byte = data[at] ?? 0;
      if (this.#headBytes === 0) {
        this.#flag = byte;
        this.#bodyBytes = 0;
      } else this.#bodyBytes = this.#bodyBytes * 256 + byte;
      this.#headBytes += 1;
    }
    return at;
  }

  /** Begins the message whose head was read, of which so many bytes are here. Returns whether it may go on. */
  #begin(available: number): boolean {
    if (this.#flag !== 0) {
      // Refused at the headers where they said so (plain-encoding.ts).
      return this.#end(new PosternError('request_malformed', 'The message says that it is compressed.'));
    }
    if (this.#bodyBytes > this.#account.messageBytesMax) {
      return this.#end(new PosternError('request_malformed', 'The message is larger than allowed.'));
    }
    const bytes = HEAD_BYTES + Math.min(this.#bodyBytes, Math.max(FIRST_BYTES, 2 * available));
    const message = this.#memoryFor(bytes, available);
    if (message === null) return false;
    message[0] = this.#flag;
    message.writeUInt32BE(this.#bodyBytes, 1);
    this.#message = message;
    this.#filled = HEAD_BYTES;
    return true;
  }

  #memoryFor(bytes: number, available: number): Buffer | null {
    if (this.#bodyBytes > UNCOUNTED_BYTES_MAX) return this.#ownMemory(bytes);
    // What is whole is decoded soon; what is not may be held for as long as its caller likes.
    return available < this.#bodyBytes ? Buffer.allocUnsafeSlow(bytes) : Buffer.allocUnsafe(bytes);
  }

  /** Memory that can be given back by itself; of the pool, which smaller messages share, that is not possible. */
  #ownMemory(bytes: number): Buffer | null {
    if (!this.#account.hold(this, bytes)) return null;
    const message = Buffer.allocUnsafeSlow(bytes);
    this.#keep(message.buffer as ArrayBuffer);
    return message;
  }

  #keep(memory: ArrayBuffer): void {
    this.#memory = [...this.#memory, memory];
    takers.set(memory, this);
  }

  /** Copies what belongs to the message. Returns how many bytes that were. */
  #fill(data: Buffer, at: number): number {
    const missing = HEAD_BYTES + this.#bodyBytes - this.#filled;
    const bytes = Math.min(missing, data.length - at);
    const message = this.#roomFor(this.#filled + bytes);
    if (message === null) return bytes;
    data.copy(message, this.#filled, at, at + bytes);
    this.#filled += bytes;
    return bytes;
  }

  /** The message with room for so many bytes; null when the call ended for want of room. */
  #roomFor(bytes: number): Buffer | null {
    const message = this.#message;
    if (message === null || bytes <= message.length) return message;
    const roomier = Math.min(HEAD_BYTES + this.#bodyBytes, Math.max(2 * message.length, bytes));
    if (!this.#account.hold(this, roomier - message.length)) return null;
    const old = message.buffer as ArrayBuffer;
    this.#memory = this.#memory.filter((memory) => memory !== old);
    const memory = old.transfer(roomier);
    this.#keep(memory);
    this.#message = Buffer.from(memory);
    return this.#message;
  }

  #end(error: PosternError): false {
    this.close();
    this.#call.refuse(error);
    return false;
  }
}

/** At once: the collector does not come for what is outside of the heap, and for little else may not for minutes. */
function free(memory: ArrayBuffer): void {
  memory.transfer(0);
}
