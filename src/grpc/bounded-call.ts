// Stands between grpc-js and every handler: books the call, ends what takes too long, and gives the
// errors that grpc-js makes by itself our form. It must stay cheap: each check passes through it.
import { constants, type ServerHttp2Stream } from 'node:http2';
import {
  type InterceptingListener,
  type Metadata,
  type ServerDuplexStream,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
} from '@grpc/grpc-js';
import { assert } from '../core/assert.ts';
import { PosternError } from '../core/error.ts';
import type { ArrivalAccount } from './arrival-budget.ts';
import type { BookedCall, CallBook, CallPhase } from './call-book.ts';
import { explainStatus, type SentStatus } from './explain-status.ts';
import { type IntakeCall, MessageIntake } from './message-intake.ts';
import { ANSWER_METADATA, refuseEncoding } from './plain-encoding.ts';
import { callStatusOf, type GrpcStatus } from './status.ts';
import { countUnreadPieces, type PieceStream } from './unread-pieces.ts';

type ServerListener = Parameters<ServerInterceptingCallInterface['start']>[0];

/** What a call needs of the connection it came on. */
export interface CallConnection {
  /** Identifies the connection to handlers, through `getPeer`. */
  readonly peer: string;
  readonly book: CallBook;
  readonly arrivals: ArrivalAccount;
  /** Paths of methods that end by themselves when the connection drains. */
  readonly drainsItself: ReadonlySet<string>;
  add(call: BoundedCall): void;
  remove(call: BoundedCall): void;
  /** The one message of a call is being read, and is read or given up. */
  beginRequest(): void;
  endRequest(): void;
  /** The caller left a request or an answer half done: the connection is not worth keeping. */
  giveUp(): void;
  /** The caller cancelled a call that was not answered yet. */
  cancelled(): void;
  /** A stream of the caller was ended for its silence. */
  strike(): void;
}

export interface CallMethodShape {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

/** What grpc-js's own call holds beside its public face. */
interface BareCall {
  /** The header `grpc-encoding`; `identity` without one. */
  readonly incomingEncoding: string;
  /** Makes messages of what arrives. */
  decoder: Pick<MessageIntake, 'write'>;
  /** Messages, and the end, that the handler did not ask for yet. */
  readonly readQueue: unknown[];
  readonly receivedHalfClose: boolean;
  readonly stream: PieceStream &
    Pick<ServerHttp2Stream, 'closed' | 'close' | 'once' | 'resume' | 'writableLength'>;
}

const ignore = () => {};

/** HTTP/2 itself stops at 128 headers of some 140 KB, which is far too much to hold for each call. */
const METADATA_BYTES_MAX = 16_384;

function metadataBytes(metadata: Metadata): number {
  // The one name that the object below would take for something else.
  let bytes = metadata.get('__proto__').reduce((sum, value) => sum + value.length, 0);
  // As they are: asking for each name again would check and copy what is only counted.
  for (const [name, values] of Object.entries(metadata.toJSON())) {
    for (const value of values) bytes += name.length + value.length;
  }
  return bytes;
}

/** The call behind a handler's stream. grpc-js has no other name for it than this member. */
export function boundedCallOf(stream: ServerDuplexStream<Buffer, Buffer>): BoundedCall {
  const call: unknown = Reflect.get(stream, 'call');
  assert(call instanceof BoundedCall, 'grpc-js keeps the call of a stream elsewhere');
  return call;
}

/** One call, from its headers to the moment its last byte was handed to the transport. */
export class BoundedCall extends ServerInterceptingCall implements BookedCall, IntakeCall {
  readonly #inner: ServerInterceptingCallInterface & BareCall;
  readonly #intake: MessageIntake;
  readonly #send: (sent: SentStatus) => void;
  readonly #connection: CallConnection;
  readonly #method: CallMethodShape;
  readonly isStream: boolean;
  phase: CallPhase;
  sinceMs = 0;
  isOpen = false;
  next: BookedCall | null = null;
  previous: BookedCall | null = null;
  #listener: ServerListener | null = null;
  #hasStarted = false;
  #hasEnded = false;
  #isRequestPartial = false;
  #hasStatus = false;
  #statusHook = ignore;

  constructor(method: CallMethodShape, face: ServerInterceptingCallInterface, connection: CallConnection) {
    super(face);
    const inner = face as ServerInterceptingCallInterface & BareCall;
    this.#inner = inner;
    this.#intake = new MessageIntake(connection.arrivals, this);
    inner.decoder = this.#intake;
    if (method.requestStream) countUnreadPieces(inner.stream, this.#intake);
    this.#method = method;
    this.#connection = connection;
    this.isStream = method.requestStream || method.responseStream;
    this.phase = method.requestStream ? 'stream' : 'request';
    const send = inner.sendStatus;
    this.#send = (sent) => {
      this.#hasStatus = true;
      this.#intake.close();
      // The status may wait for results to be taken (at its deadline, for one), but not for long.
      if (this.phase !== 'delivery') connection.book.advance(this, 'delivery');
      const error = explainStatus(sent);
      send.call(inner, error === null ? sent : callStatusOf(error, ignore));
      if (method.requestStream) this.#dropUnread();
      this.#statusHook();
    };
    // grpc-js reports what it finds wrong (a second message, the deadline) to itself, past interceptors.
    inner.sendStatus = this.#send;
  }

  override start(listener: ServerListener): void {
    const refusal = this.#refusal();
    if (refusal !== null) {
      this.#send(refusal);
      this.#leaveStream();
      return;
    }
    this.#listener = listener;
    this.#connection.add(this);
    if (!this.#method.requestStream) {
      this.#isRequestPartial = true;
      this.#connection.beginRequest();
    }
    this.#inner.start(this);
    // A stream that was closed before it began is never reported again.
    if (!this.#hasStarted) this.#release();
  }

  onReceiveMetadata(metadata: Metadata): void {
    this.#hasStarted = true;
    if (metadataBytes(metadata) > METADATA_BYTES_MAX) {
      const error = new PosternError('request_malformed', 'The metadata is larger than allowed.');
      this.sendStatus(callStatusOf(error, ignore));
      return;
    }
    this.#listener?.onReceiveMetadata(metadata);
  }

  onReceiveMessage(message: Parameters<InterceptingListener['onReceiveMessage']>[0]): void {
    if (this.#hasStatus) return;
    if (this.#method.requestStream) {
      this.sinceMs = this.#connection.book.nowMs;
      this.#intake.deliver();
    }
    this.#listener?.onReceiveMessage(message);
  }

  onReceiveHalfClose(): void {
    this.#endRequest();
    // A call that was refused must not be handled because its caller ends it only now; nor one that was reset, which
    // HTTP/2 reports as its end first.
    if (this.#hasStatus || this.#inner.stream.closed) return;
    if (!this.#method.requestStream && this.isMidMessage) {
      this.refuse(new PosternError('request_malformed', 'The call must hold exactly one message.'));
      return;
    }
    if (this.phase === 'request') {
      this.#connection.book.advance(this, this.isStream ? 'stream' : 'answer');
      // A stream of answers may go on for as long as it likes, once its request is here.
      if (this.isStream) this.sinceMs = Number.POSITIVE_INFINITY;
    }
    this.#listener?.onReceiveHalfClose();
  }

  onCancel(): void {
    if (!this.#hasEnded && this.phase !== 'delivery') this.#connection.cancelled();
    this.#release();
    this.#leaveStream();
    this.#listener?.onCancel();
  }

  override sendMetadata(metadata: Metadata): void {
    this.#inner.sendMetadata(metadata);
  }

  override sendMessage(message: unknown, callback: () => void): void {
    // Behind its status nothing can follow: HTTP/2 would throw the stream away, and the status with it.
    if (this.#hasStatus) return;
    // Of a single answer the status follows only when the message was taken.
    if (!this.isStream) this.#connection.book.advance(this, 'delivery');
    else if (this.#method.requestStream) this.sinceMs = this.#connection.book.nowMs;
    this.#inner.sendMetadata(ANSWER_METADATA);
    this.#inner.sendMessage(message, callback);
  }

  override sendStatus(sent: SentStatus): void {
    this.#send(sent);
  }

  override getPeer(): string {
    return this.#connection.peer;
  }

  /** Whether what arrived ends in the middle of a message. */
  get isMidMessage(): boolean {
    return this.#intake.isMidMessage;
  }

  /** Calls back when the call has its status: nothing of it is read or sent any more. */
  onStatus(hook: () => void): void {
    this.#statusHook = hook;
  }

  refuse(error: PosternError): void {
    this.sendStatus(callStatusOf(error, ignore));
    this.#abandonResults();
  }

  expire(error: PosternError): void {
    const { phase } = this;
    this.#connection.book.release(this);
    if (phase !== 'delivery') this.#send(callStatusOf(error, ignore));
    // An answer that is late is our fault; whatever else is late is the caller's, and its stream could
    // stay open for ever: HTTP/2 keeps a stream until both sides have closed it.
    if (phase === 'stream') {
      this.#abandonResults();
      this.#connection.strike();
    } else if (phase !== 'answer') this.#connection.giveUp();
  }

  /** The connection drains: a stream of someone else's service would never end by itself. */
  drain(): void {
    if (!this.isStream || this.#connection.drainsItself.has(this.#method.path)) return;
    const error = new PosternError('shutting_down', 'The sidecar is closing this connection.');
    this.sendStatus(callStatusOf(error, ignore));
  }

  /** Why the call must not begin, or null: then it is booked. */
  #refusal(): GrpcStatus | null {
    const refused = refuseEncoding(this.#inner.incomingEncoding);
    if (refused !== null) return refused;
    const error = this.#connection.book.admit(this);
    return error === null ? null : callStatusOf(error, ignore);
  }

  /** Whatever was sent and not read has nobody to go to, nor what comes: it is read, so that it is not kept. */
  #dropUnread(): void {
    this.#inner.readQueue.length = 0;
    this.#inner.stream.resume();
  }

  /** Behind results that its caller does not take the status would wait, and with it what the stream holds. */
  #abandonResults(): void {
    const { stream } = this.#inner;
    if (!this.isStream || stream.writableLength === 0 || stream.closed) return;
    stream.once('error', ignore);
    stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }

  #endRequest(): void {
    if (!this.#isRequestPartial) return;
    this.#isRequestPartial = false;
    this.#connection.endRequest();
  }

  /**
   * The call has its status. HTTP/2 keeps a stream until both sides have closed it: a caller who never ends its
   * request would have it kept for as long as the connection lasts.
   */
  #leaveStream(): void {
    const { stream } = this.#inner;
    if (this.#inner.receivedHalfClose || stream.closed) return;
    // Later: what was read together with the beginning may hold the end as well, and the status leaves first.
    setImmediate(() => {
      if (!this.#inner.receivedHalfClose && !stream.closed) stream.close(constants.NGHTTP2_NO_ERROR);
    });
  }

  #release(): void {
    this.#intake.close();
    this.#endRequest();
    this.#connection.book.release(this);
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#connection.remove(this);
  }
}
