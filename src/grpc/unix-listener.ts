// A unix socket that is listened on, and is made again when its file was removed: whoever listens notices nothing
// of that by itself, and every caller finds no socket. What others put in its place stays there while we listen.
import { lstatSync } from 'node:fs';
import type { Server } from 'node:net';
import { listenUnix, type UnixAddress } from './listen.ts';

/** How often the file is looked at: two microseconds each time. */
const LOOK_MS = 1_000;

export interface SocketWatch {
  /** Makes sure of the directory before the socket is made again; throws when it cannot be had. */
  readonly prepare?: () => void;
  /** Told of a change: why no caller finds the socket, or null when they do again. */
  readonly onChange: (problem: string | null) => void;
}

export interface UnixListenerParts extends SocketWatch {
  readonly address: UnixAddress;
  /** A server that accepts connections once it listens; a new one for each time. */
  readonly newServer: () => Server;
}

/** What of a path is there: a socket by its identity, something else, or nothing. */
type Found = { readonly socket: string } | 'other' | 'nothing';

export class UnixListener {
  readonly #parts: UnixListenerParts;
  readonly #timer: NodeJS.Timeout;
  #server: Server;
  #found: Found;
  #problem: string | null = null;
  #isRenewing = false;
  #isClosed = false;

  private constructor(parts: UnixListenerParts, server: Server) {
    this.#parts = parts;
    this.#server = server;
    this.#found = look(parts.address.path);
    this.#timer = setInterval(() => void this.#look(), LOOK_MS).unref();
  }

  /** Rejects with ListenRefused. */
  static async open(parts: UnixListenerParts): Promise<UnixListener> {
    const server = parts.newServer();
    await listenUnix(server, parts.address);
    return new UnixListener(parts, server);
  }

  /** Takes no more connections; those that there are stay. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#server.close();
  }

  async #look(): Promise<void> {
    if (this.#isRenewing) return;
    const found = look(this.#parts.address.path);
    if (isSame(found, this.#found)) this.#tell(null);
    else if (found !== 'nothing') this.#tell('something else is in its place');
    else await this.#renew();
  }

  async #renew(): Promise<void> {
    this.#isRenewing = true;
    const { address, newServer, prepare } = this.#parts;
    const server = newServer();
    // Before the new one is there: closing removes whatever is at the path.
    this.#server.close();
    this.#server = server;
    try {
      prepare?.();
      await listenUnix(server, { ...address, removeStale: false });
      this.#found = look(address.path);
      this.#tell('its file was removed');
      this.#tell(null);
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : 'it cannot be made again');
    } finally {
      this.#isRenewing = false;
      // Closed while it was made again.
      if (this.#isClosed) server.close();
    }
  }

  #tell(problem: string | null): void {
    if (this.#isClosed || problem === this.#problem) return;
    this.#problem = problem;
    this.#parts.onChange(problem);
  }
}

function look(path: string): Found {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return 'nothing';
    return stats.isSocket() ? { socket: `${stats.dev}:${stats.ino}` } : 'other';
  } catch {
    // It may be there: nothing is made that could be in its way.
    return 'other';
  }
}

function isSame(one: Found, other: Found): boolean {
  if (typeof one === 'string' || typeof other === 'string') return false;
  return one.socket === other.socket;
}
