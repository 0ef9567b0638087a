// The servers of a run: started when they are first needed, ended when nothing that follows needs them.
import { fileURLToPath } from 'node:url';
import { findCerbos, startCerbos } from '../servers/cerbos.ts';
import { findPinnedOpa, startOpa } from '../servers/opa.ts';
import { type PosternOptions, startPostern } from '../servers/postern.ts';
import { isServing } from '../servers/readiness.ts';
import { freeAddress, type RunningServer, startServer } from '../servers/server-process.ts';
import type { ServerId } from './contestant.ts';

const ECHO = fileURLToPath(new URL('../servers/echo-server.ts', import.meta.url));

export const FEW_KEYS = 1_000;

export interface PoolOptions {
  readonly manyKeys: number;
  readonly fromSource: boolean;
  readonly settings: Readonly<Record<string, string>>;
  /** Binaries of the peers; null: not installed. */
  readonly peers: Peers;
}

export interface Peers {
  readonly cerbos: string | null;
  readonly opa: string | null;
}

/** @param opa A path, or null for the pinned one. */
export async function findPeers(opa: string | null): Promise<Peers> {
  return { cerbos: findCerbos(), opa: opa ?? (await findPinnedOpa()) };
}

/** Servers whose program is not installed. */
export function absentServers({ cerbos, opa }: Peers): readonly ServerId[] {
  return [
    ...(cerbos === null ? (['cerbos', 'cerbos-audit', 'cerbos-audit-file'] as const) : []),
    ...(opa === null ? (['opa'] as const) : []),
  ];
}

async function startEcho(): Promise<RunningServer> {
  const address = await freeAddress();
  return startServer({
    command: process.execPath,
    arguments: [ECHO, String(address.port)],
    directory: process.cwd(),
    address,
    isReady: isServing,
  });
}

export class ServerPool {
  readonly #options: PoolOptions;
  readonly #running = new Map<ServerId, RunningServer>();
  readonly #startsMs = new Map<ServerId, number[]>();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Times from exec to serving that were seen so far, in milliseconds. */
  get startsMs(): ReadonlyMap<ServerId, readonly number[]> {
    return this.#startsMs;
  }

  get pids(): readonly number[] {
    return [...this.#running.values()].map(({ pid }) => pid);
  }

  async get(id: ServerId): Promise<RunningServer> {
    const running = this.#running.get(id);
    if (running !== undefined) return running;
    const server = await this.#start(id);
    this.#running.set(id, server);
    const starts = this.#startsMs.get(id) ?? [];
    this.#startsMs.set(id, [...starts, server.startToReadyMs]);
    return server;
  }

  /** Ends every server that is not among these. */
  async keepOnly(ids: ReadonlySet<ServerId>): Promise<void> {
    for (const [id, server] of this.#running) {
      if (ids.has(id)) continue;
      this.#running.delete(id);
      await server.stop();
    }
  }

  #start(id: ServerId): Promise<RunningServer> {
    const { manyKeys, peers, fromSource, settings } = this.#options;
    const postern = (over: Partial<PosternOptions> = {}) =>
      startPostern({
        evaluators: 1,
        durability: 'disk',
        keys: FEW_KEYS,
        leafWriter: 'real',
        fromSource,
        settings,
        ...over,
      });
    switch (id) {
      case 'echo':
        return startEcho();
      case 'postern':
        return postern();
      case 'postern-process':
        return postern({ durability: 'process' });
      case 'postern-null':
        return postern({ leafWriter: 'null' });
      case 'postern-evaluating':
        return postern({ settings: { ...settings, POSTERN_POLICY__REMEMBERED_ANSWERS_MAX: '0' } });
      case 'postern-two':
        return postern({ evaluators: 2 });
      case 'postern-million':
        return postern({ keys: manyKeys });
      case 'cerbos':
        return startCerbos(peers.cerbos ?? '', 'off');
      case 'cerbos-audit':
        return startCerbos(peers.cerbos ?? '', 'local');
      case 'cerbos-audit-file':
        return startCerbos(peers.cerbos ?? '', 'file');
      case 'opa':
        return startOpa(peers.opa ?? '');
    }
  }
}
