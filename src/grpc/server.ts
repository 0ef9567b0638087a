// A gRPC server with every bound set (grpc-js itself bounds nothing), on sockets of our own. Its stop
// always ends in time, and until then no call that was accepted is lost.
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { Server } from '@grpc/grpc-js';
import { ArrivalBudget } from './arrival-budget.ts';
import { CallBook, type CallBounds } from './call-book.ts';
import { leaveResetsToUs } from './cancel-allowance.ts';
import { Connection } from './connection.ts';
import { listenTcp, type TcpAddress, type UnixAddress } from './listen.ts';
import { takeLongDeadlines } from './long-deadline.ts';
import { keepSlabsSmall } from './own-memory.ts';
import { addRawService, methodPath, type RawService, type ReportMethodError } from './raw-service.ts';
import { ReadingGate } from './reading-gate.ts';
import { useStreamTables } from './stream-table.ts';
import { type SocketWatch, UnixListener } from './unix-listener.ts';

export interface GrpcServerOptions {
  /** Bytes of one received message at most. */
  readonly messageBytesMax: number;
  /** Streams of one connection at most. Not lower than a few hundred: see TRAPS 16. */
  readonly concurrentStreamsMax: number;
  /** Connections of each listener at most; further ones are closed at once. */
  readonly connectionsMax: number;
  /** A connection without calls is closed after this. */
  readonly connectionIdleMs: number;
  /** A connection is drained after about this. */
  readonly connectionAgeMsMax: number;
  /** Time that a draining connection gives its calls, unless a stop says otherwise. */
  readonly graceMs: number;
  /** Of each listener's calls. */
  readonly bounds: CallBounds;
  readonly report: ReportMethodError;
  /** Calls that were read and wait for their turn in `inTurn`; without it, none ever do. */
  readonly waiting?: () => number;
}

/** Memory of one HTTP/2 session, in MiB: headers and frames that wait. */
const SESSION_MEMORY_MB_MAX = 64;
const KEEPALIVE_MS = 60_000;
const CLOSING_MS_MAX = 1_000;
const KEEPALIVE_ANSWER_MS = 20_000;

/** For who has no log. */
const UNWATCHED: SocketWatch = { onChange: () => {} };

export interface StopResult {
  /** Whether every call had ended before the grace was over. */
  readonly clean: boolean;
}

/** Something that is added to a server and ends with it, such as health. */
export interface ServerExtension {
  addTo(server: Server): void;
}

/** A server that decides nothing: services are added before it listens. */
export class GrpcServer {
  readonly #options: GrpcServerOptions;
  readonly #server: Server;
  /** By the name of their listener: whoever floods one does not lock others out of the rest. */
  readonly #books = new Map<string, CallBook>();
  readonly #arrivals: ArrivalBudget;
  readonly #listeners = new Set<NetServer | UnixListener>();
  readonly #connections = new Map<string, Connection>();
  /** Open connections by the name of their listener, for the same reason. */
  readonly #accepted = new Map<string, number>();
  readonly #drainsItself = new Set<string>();
  readonly #gate: ReadingGate;
  #connectionCount = 0;
  #stopping: Promise<StopResult> | null = null;
  #whenEmpty: (() => void) | null = null;

  constructor(options: GrpcServerOptions) {
    this.#options = options;
    useStreamTables();
    takeLongDeadlines();
    keepSlabsSmall();
    this.#arrivals = new ArrivalBudget(options.messageBytesMax);
    this.#gate = new ReadingGate({
      connections: () => this.#connections.values(),
      waiting: options.waiting ?? (() => 0),
    });
    this.#server = new Server({
      'grpc.enable_channelz': 0,
      'grpc.max_receive_message_length': options.messageBytesMax,
      'grpc.max_concurrent_streams': options.concurrentStreamsMax,
      'grpc.keepalive_time_ms': KEEPALIVE_MS,
      'grpc.keepalive_timeout_ms': KEEPALIVE_ANSWER_MS,
      'grpc-node.max_session_memory': SESSION_MEMORY_MB_MAX,
    });
    leaveResetsToUs(this.#server);
  }

  /** Adds one of the contract's services. Its streams must end by themselves when told to drain. */
  addService(service: RawService): void {
    for (const name of [...Object.keys(service.duplex ?? {}), ...Object.keys(service.serverStream ?? {})]) {
      this.#drainsItself.add(methodPath(service.name, name));
    }
    addRawService(this.#server, service, this.#options.report);
  }

  /** Adds a service that is not of the contract. */
  addExtension(extension: ServerExtension): void {
    extension.addTo(this.#server);
  }

  /** The connection that a call came on; undefined once it is closed. */
  connection(peer: string): Connection | undefined {
    return this.#connections.get(peer);
  }

  /** Calls and streams that are open. */
  get openCalls(): number {
    let open = 0;
    for (const book of this.#books.values()) open += book.open;
    return open;
  }

  /** Bytes of requests that are not decoded yet, and of streams' results that are not taken (ArrivalBudget). */
  get arrivedBytes(): number {
    return this.#arrivals.bytes;
  }

  get openConnections(): number {
    return this.#connections.size;
  }

  /**
   * Runs the work; afterwards connections are read, or a few of them when calls wait for their turn (ReadingGate).
   * To be called from an immediate. Nothing is lost by it: what arrives waits in the kernel.
   */
  inTurn(work: () => void): void {
    this.#gate.turn(work);
  }

  /** No connection is read until the turn is over: the thread may be ended from here on. Only within `inTurn`. */
  stopReading(): void {
    this.#gate.stop();
  }

  /**
   * Listens on a unix socket, and makes it again when its file is removed. `name` is recorded with each decision.
   * Rejects with ListenRefused.
   */
  async listenUnix(name: string, address: UnixAddress, watch: SocketWatch = UNWATCHED): Promise<void> {
    const newServer = () => this.#openListener(name);
    this.#listeners.add(await UnixListener.open({ address, newServer, ...watch }));
  }

  /** Listens on TCP and returns the port. Rejects with ListenRefused. */
  async listenTcp(name: string, address: TcpAddress): Promise<number> {
    const listener = this.#openListener(name);
    const port = await listenTcp(listener, address);
    this.#listeners.add(listener);
    return port;
  }

  /**
   * Stops: takes no more connections and calls, lets the accepted ones end, and after the grace closes
   * what is left. Resolves in any case, soon after the grace at the latest.
   */
  stop(graceMs: number): Promise<StopResult> {
    this.#stopping ??= this.#stop(graceMs);
    return this.#stopping;
  }

  async #stop(graceMs: number): Promise<StopResult> {
    for (const listener of this.#listeners) listener.close();
    const empty = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
    const grace = Promise.withResolvers<void>();
    const timer = setTimeout(grace.resolve, graceMs);
    for (const connection of this.#connections.values()) connection.drain(graceMs);
    if (this.#connections.size === 0) this.#whenEmpty?.();
    await Promise.race([empty, grace.promise]);
    clearTimeout(timer);
    const clean = this.openCalls === 0;
    for (const connection of this.#connections.values()) connection.destroy();
    // A destroyed socket closes within a few turns of the event loop; nothing here may wait for ever.
    const closing = setTimeout(this.#whenEmpty ?? (() => {}), CLOSING_MS_MAX);
    await empty;
    clearTimeout(closing);
    this.#server.forceShutdown();
    for (const book of this.#books.values()) book.close();
    return { clean };
  }

  #openListener(name: string): NetServer {
    const listener = createServer({ noDelay: true }, (socket) => this.#accept(name, socket));
    // Turned away before a socket is made of them; the count of those accepted also knows a listener made again.
    listener.maxConnections = this.#options.connectionsMax;
    // An accept that failed, for want of memory or of files. Unheard it would end the thread, and every call with it.
    listener.on('error', () => {});
    return listener;
  }

  #bookOf(listener: string): CallBook {
    const known = this.#books.get(listener);
    if (known !== undefined) return known;
    const book = new CallBook(this.#options.bounds);
    this.#books.set(listener, book);
    return book;
  }

  #accept(listener: string, socket: Socket): void {
    const others = this.#accepted.get(listener) ?? 0;
    if (this.#stopping !== null || others >= this.#options.connectionsMax) {
      socket.destroy();
      return;
    }
    this.#accepted.set(listener, others + 1);
    this.#connectionCount += 1;
    const connection = new Connection({
      server: this.#server,
      book: this.#bookOf(listener),
      arrivals: this.#arrivals,
      socket,
      listener,
      number: this.#connectionCount,
      drainsItself: this.#drainsItself,
      ageMsMax: this.#options.connectionAgeMsMax,
      idleMs: this.#options.connectionIdleMs,
      graceMs: this.#options.graceMs,
      onClose: (closed) => {
        this.#connections.delete(closed.peer);
        this.#accepted.set(listener, (this.#accepted.get(listener) ?? 1) - 1);
        if (this.#connections.size === 0) this.#whenEmpty?.();
      },
    });
    this.#connections.set(connection.peer, connection);
  }
}
