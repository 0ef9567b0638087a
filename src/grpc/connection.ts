// One accepted socket: its HTTP/2 session, its open calls and its end. Each connection has an injector
// of its own, because that is how grpc-js lets an interceptor know which socket a call came on.
import type { Socket } from 'node:net';
import { experimental, type Server, ServerCredentials } from '@grpc/grpc-js';
import { ArrivalAccount, type ArrivalBudget } from './arrival-budget.ts';
import { BoundedCall, type CallConnection } from './bounded-call.ts';
import type { CallBook } from './call-book.ts';
import { CancelAllowance } from './cancel-allowance.ts';
import type { Readable } from './reading-gate.ts';

export interface ConnectionOptions {
  readonly server: Server;
  readonly book: CallBook;
  readonly arrivals: ArrivalBudget;
  readonly socket: Socket;
  /** Name of the listener, as recorded with each decision. */
  readonly listener: string;
  /** Unique in this server. */
  readonly number: number;
  readonly drainsItself: ReadonlySet<string>;
  /** A connection is drained after about this many milliseconds, so that callers spread again. */
  readonly ageMsMax: number;
  /** A connection without calls is drained after this; grpc-js's own timer costs two listeners a call. */
  readonly idleMs: number;
  /** Time that a draining connection gives its calls. */
  readonly graceMs: number;
  readonly onClose: (connection: Connection) => void;
}

/** Silent streams that a connection may leave behind before it is drained. */
const STRIKES_MAX = 8;

/** Name of the listener that a call with this peer came in on. */
export function listenerOf(peer: string): string {
  return peer.slice(0, peer.lastIndexOf('/'));
}

/** What net.Socket keeps under `_handle`: `pause` does nothing once a socket carries HTTP/2. */
interface ReadingHandle {
  readonly writeQueueSize: number;
  readStop(): void;
  readStart(): void;
}

/** Null once the socket is closed. */
function readingHandle(socket: Socket & { readonly _handle?: ReadingHandle | null }): ReadingHandle | null {
  return socket._handle ?? null;
}

/** An open connection. */
export class Connection implements CallConnection, Readable {
  readonly peer: string;
  readonly book: CallBook;
  readonly arrivals: ArrivalAccount;
  readonly drainsItself: ReadonlySet<string>;
  readonly #options: ConnectionOptions;
  readonly #injector: ReturnType<Server['createConnectionInjector']>;
  /** Streams alone: a single answer ends by itself, and a set of all calls would be costly. */
  readonly #streams = new Set<BoundedCall>();
  #openCalls = 0;
  #partialRequests = 0;
  readonly #drainHooks = new Set<() => void>();
  readonly #ageTimer: NodeJS.Timeout;
  #idleTimer: NodeJS.Timeout;
  /** When the last call ended, as performance.now tells it. */
  #idleSinceMs = performance.now();
  #isDraining = false;
  #strikes = 0;
  readonly #cancels = new CancelAllowance();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.peer = `${options.listener}/${options.number}`;
    this.book = options.book;
    this.arrivals = new ArrivalAccount(options.arrivals.ofListener(options.listener));
    this.drainsItself = options.drainsItself;
    const credentials = experimental.createServerCredentialsWithInterceptors(
      ServerCredentials.createInsecure(),
      [(method, call) => new BoundedCall(method, call, this)],
    );
    this.#injector = options.server.createConnectionInjector(credentials);
    const { socket, ageMsMax, graceMs } = options;
    // Up to a tenth later, so that connections opened together do not close together.
    const ageMs = ageMsMax * (1 + Math.random() / 10);
    this.#ageTimer = setTimeout(() => this.drain(graceMs), ageMs).unref();
    this.#idleTimer = setTimeout(() => this.#watchIdle(), options.idleMs).unref();
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#close());
    this.#injector.injectConnection(socket);
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  add(call: BoundedCall): void {
    this.#openCalls += 1;
    if (call.isStream) this.#streams.add(call);
  }

  remove(call: BoundedCall): void {
    this.#openCalls -= 1;
    if (this.#openCalls === 0) this.#idleSinceMs = performance.now();
    if (call.isStream) this.#streams.delete(call);
  }

  beginRequest(): void {
    this.#partialRequests += 1;
  }

  endRequest(): void {
    this.#partialRequests -= 1;
  }

  get isMidRequest(): boolean {
    return this.#partialRequests > 0;
  }

  /** Calls back once when the connection begins to drain. Returns how to forget that. */
  onDrain(hook: () => void): () => void {
    this.#drainHooks.add(hook);
    return () => this.#drainHooks.delete(hook);
  }

  /** Takes no new calls, lets the open ones end, and closes; after the grace it closes in any case. */
  drain(graceMs: number): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    for (const hook of this.#drainHooks) hook();
    for (const stream of this.#streams) stream.drain();
    this.#injector.drain(graceMs);
    setTimeout(() => this.destroy(), graceMs).unref();
  }

  giveUp(): void {
    this.drain(this.#options.graceMs);
  }

  cancelled(): void {
    // Not from within the session, which is reading.
    if (!this.#cancels.take(performance.now())) setImmediate(() => this.destroy());
  }

  strike(): void {
    this.#strikes += 1;
    // Later, because the call that was ended is still among those that are open.
    setImmediate(() => {
      if (this.#openCalls === 0 || this.#strikes >= STRIKES_MAX) this.giveUp();
    });
  }

  /** Stops reading. Returns whether there was reading to stop; only then may it be started again. */
  stopReading(): boolean {
    const handle = this.#freeHandle();
    handle?.readStop();
    return handle !== null;
  }

  /** Starts reading again, unless an answer was begun meanwhile that is not through: then HTTP/2 does. */
  startReading(): void {
    this.#freeHandle()?.readStart();
  }

  /** Closes at once. Open calls are cancelled. */
  destroy(): void {
    this.#options.socket.destroy();
  }

  /** Behind a write that is not through, HTTP/2 has stopped reading by itself, and it starts again by itself. */
  #freeHandle(): ReadingHandle | null {
    const handle = readingHandle(this.#options.socket);
    return handle !== null && handle.writeQueueSize === 0 ? handle : null;
  }

  #watchIdle(): void {
    const idleForMs = this.#openCalls > 0 ? 0 : performance.now() - this.#idleSinceMs;
    const leftMs = Math.max(this.#options.idleMs - idleForMs, 0);
    if (leftMs === 0) this.drain(this.#options.graceMs);
    else this.#idleTimer = setTimeout(() => this.#watchIdle(), Math.ceil(leftMs)).unref();
  }

  #close(): void {
    clearTimeout(this.#ageTimer);
    clearTimeout(this.#idleTimer);
    this.#drainHooks.clear();
    this.#injector.destroy();
    this.#options.onClose(this);
  }
}
