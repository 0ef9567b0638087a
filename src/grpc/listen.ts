// Opens the sockets that calls come in on, and says in one sentence what is wrong when it cannot. It must
// never remove a file that is not a stale socket.
import { existsSync } from 'node:fs';
import { createServer, type ListenOptions, type Server } from 'node:net';
import { dirname } from 'node:path';
import { removeStaleSocket, setSocketMode } from './socket-file.ts';

/** sun_path holds 108 bytes with its end; longer paths are cut by some systems and refused by others. */
const SOCKET_PATH_BYTES_MAX = 107;

/** An address that cannot be listened on. The message is a sentence for the operator. */
export class ListenRefused extends Error {
  override readonly name = 'ListenRefused';
  readonly address: string;

  constructor(address: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.address = address;
  }
}

export interface UnixAddress {
  readonly path: string;
  /** Permissions of the socket, e.g. 0o600. */
  readonly mode: number;
  /** Whether the caller holds the lock under which a socket left behind may be removed. One that is in use never is. */
  readonly removeStale: boolean;
}

export interface TcpAddress {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Whether other threads listen on the same port. */
  readonly reusePort: boolean;
}

function listen(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

function codeOf(error: unknown): string {
  const code: unknown = Reflect.get(Object(error), 'code');
  return typeof code === 'string' ? code : '';
}

const TCP_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'the port needs privileges that this process does not have',
  EADDRNOTAVAIL: 'this machine does not have the address',
  ENOTFOUND: 'the host name is not known',
};

const UNIX_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the socket exists already; another process may use it',
  EACCES: 'its directory may not be written',
  EROFS: 'its directory is read-only',
};

/** Listens on TCP. Returns the port. Rejects with ListenRefused. */
export async function listenTcp(server: Server, { host, port, reusePort }: TcpAddress): Promise<number> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  try {
    await listen(server, { host, port, reusePort });
  } catch (error) {
    const problem = TCP_PROBLEMS[codeOf(error)] ?? `the system refuses it (${codeOf(error)})`;
    throw new ListenRefused(address, `Cannot listen on ${address}: ${problem}.`, error);
  }
  const bound = server.address();
  return bound !== null && typeof bound === 'object' ? bound.port : port;
}

/** An address that is held without being served; released before whoever serves it listens. */
export interface HeldAddress {
  release(): Promise<void>;
}

/** Holds a TCP address, also against programs that share their ports. Rejects with ListenRefused. */
export async function holdTcp(address: Omit<TcpAddress, 'reusePort'>): Promise<HeldAddress> {
  const server = unserved();
  await listenTcp(server, { ...address, reusePort: false });
  return heldBy(server);
}

/** Holds the path of a unix socket. Rejects with ListenRefused. */
export async function holdUnix(address: UnixAddress): Promise<HeldAddress> {
  const server = unserved();
  await listenUnix(server, address);
  return heldBy(server);
}

/** A caller that came too early goes again at once: waiting for it would hold up the start. */
function unserved(): Server {
  return createServer((socket) => socket.destroy());
}

function heldBy(server: Server): HeldAddress {
  return {
    release: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

/**
 * Makes sure that nobody listens on an address that several threads are about to share: another program that
 * shares its ports too would get a part of the calls, without either noticing. Rejects with ListenRefused.
 */
export async function requireFreeTcp(address: Omit<TcpAddress, 'reusePort'>): Promise<void> {
  await (await holdTcp(address)).release();
}

/** Listens on a unix socket. Rejects with ListenRefused. */
export async function listenUnix(server: Server, { path, mode, removeStale }: UnixAddress): Promise<void> {
  let problem = unixPathProblem(path);
  let cause: unknown;
  try {
    if (removeStale) problem ??= await removeStaleSocket(path);
    if (problem === null) {
      await listen(server, { path });
      // What keeps others out until here is the directory, which must be private for an admin socket.
      problem = setSocketMode(path, mode);
    }
  } catch (error) {
    // With it goes a socket that was made and could not be given its mode.
    server.close();
    cause = error;
    problem = UNIX_PROBLEMS[codeOf(error)] ?? `the system refuses it (${codeOf(error)})`;
  }
  if (problem !== null) throw new ListenRefused(path, `Cannot listen on ${path}: ${problem}.`, cause);
}

function unixPathProblem(path: string): string | null {
  const size = Buffer.byteLength(path);
  if (size > SOCKET_PATH_BYTES_MAX) {
    return `the path has ${size} bytes, at most ${SOCKET_PATH_BYTES_MAX} bytes are possible`;
  }
  // The system says for a missing directory that it may not be written.
  return existsSync(dirname(path)) ? null : 'its directory does not exist';
}
