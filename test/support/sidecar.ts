/**
 * A real sidecar for a test: the program in a process of its own over a temporary directory, with settings
 * of the test, typed clients, and every way to end it. It is gone when the test is over.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFailed, onTestFinished } from 'vitest';
import type { z } from 'zod';
import { connect, type SidecarClient } from '../../src/client/connect.ts';
import type { settingsSchema } from '../../src/config/schema.ts';
import { type LaunchedProcess, launch, type ProcessEnd } from './sidecar-process.ts';

/** Settings as a configuration file has them. */
export type GivenSettings = z.input<typeof settingsSchema>;

/** A directory with everything of one sidecar in it: configuration, data, sockets. */
export interface SidecarPlace {
  readonly directory: string;
  readonly dataDirectory: string;
  readonly decisionSocket: string;
  readonly adminSocket: string;
  /** `host:port`. */
  readonly ops: string;
  readonly settings: GivenSettings;
}

/** Takes a step that ends something; by default when the test is over. */
export type AtEnd = (step: () => void | Promise<void>) => void;

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port could be had');
  return address.port;
}

/** An empty place, removed when the test is over. The path is short: it holds sockets. */
export async function newPlace(
  given: GivenSettings = {},
  atEnd: AtEnd = onTestFinished,
): Promise<SidecarPlace> {
  const directory = mkdtempSync(join(tmpdir(), 'pst-'));
  atEnd(() => rmSync(directory, { recursive: true, force: true }));
  const dataDirectory = given.data?.directory ?? join(directory, 'data');
  const decisionSocket = given.listeners?.decision?.socket ?? join(directory, 'run', 'd.sock');
  const adminSocket = given.listeners?.admin?.socket ?? join(directory, 'run', 'admin', 'a.sock');
  const ops = given.listeners?.ops?.address ?? `127.0.0.1:${await freePort()}`;
  const settings = {
    ...given,
    data: { directory: dataDirectory },
    listeners: {
      decision: { socket: decisionSocket, tcp: given.listeners?.decision?.tcp ?? '127.0.0.1:0' },
      admin: { socket: adminSocket },
      ops: { address: ops },
    },
  };
  return { directory, dataDirectory, decisionSocket, adminSocket, ops, settings };
}

export interface LaunchSettings {
  /** What the program runs under, e.g. `prlimit`. */
  readonly command?: readonly [string, ...string[]];
  readonly args?: readonly string[];
  readonly atEnd?: AtEnd;
}

/** Starts the program over a place and does not wait for anything. Killed when the test is over. */
export function launchSidecar(place: SidecarPlace, launching: LaunchSettings = {}) {
  const { command, args = [], atEnd = onTestFinished } = launching;
  const file = join(place.directory, 'postern.yaml');
  writeFileSync(file, JSON.stringify(place.settings));
  const started = launch({
    args: ['serve', '--config', file, ...args],
    cwd: place.directory,
    env: { PATH: process.env['PATH'] ?? '', HOME: place.directory, XDG_RUNTIME_DIR: place.directory },
    ...(command === undefined ? {} : { command }),
  });
  atEnd(async () => {
    started.signal('SIGKILL');
    await started.ended;
  });
  // Hooks run last to first: this one still sees how it ended by itself.
  onTestFailed(() => void process.stderr.write(`${started.lastWords()}\n`));
  return started;
}

/** Starts a sidecar in a new place, or over one that is there, and waits until it is ready. */
export async function startSidecar(
  place: SidecarPlace | GivenSettings = {},
  launching: LaunchSettings = {},
): Promise<RunningSidecar> {
  const chosen = 'dataDirectory' in place ? place : await newPlace(place, launching.atEnd);
  const started = launchSidecar(chosen, launching);
  const { addresses } = await started.untilLogged('ready');
  return new RunningSidecar(chosen, started, addresses as readonly string[], launching.atEnd);
}

/** One sidecar for the tests of a file that leave it as it was; started by the first that asks for it. */
export function sharedSidecar(settings: GivenSettings = {}): () => Promise<RunningSidecar> {
  const steps: (() => void | Promise<void>)[] = [];
  let started: Promise<RunningSidecar> | null = null;
  afterAll(async () => {
    for (const step of steps.toReversed()) await step();
  });
  return () => {
    started ??= startSidecar(settings, { atEnd: (step) => void steps.push(step) });
    return started;
  };
}

/** A sidecar that answers. */
export class RunningSidecar {
  readonly place: SidecarPlace;
  readonly launched: LaunchedProcess;
  /** `host:port`. */
  readonly tcp: string;
  /** Over the admin socket. */
  readonly admin: SidecarClient;
  /** Over the decision socket, which is the first evaluator's. */
  readonly host: SidecarClient;
  readonly #clients: SidecarClient[] = [];

  constructor(
    place: SidecarPlace,
    launched: LaunchedProcess,
    addresses: readonly string[],
    atEnd: AtEnd = onTestFinished,
  ) {
    this.place = place;
    this.launched = launched;
    this.tcp = addresses.find((address) => !address.startsWith('unix:')) ?? '';
    this.admin = this.#connect(`unix:${place.adminSocket}`);
    this.host = this.#connect(`unix:${place.decisionSocket}`);
    atEnd(() => this.#disconnect());
  }

  /** A connection of its own over TCP. Which evaluator accepts it is the system's choice. */
  tcpClient(): SidecarClient {
    return this.#connect(this.tcp);
  }

  /** One more connection over the decision socket. */
  unixClient(): SidecarClient {
    return this.#connect(`unix:${this.place.decisionSocket}`);
  }

  /** What a probe or Prometheus gets. */
  async ops(path: '/metrics' | '/readyz' | '/healthz'): Promise<{ status: number; body: string }> {
    const response = await fetch(`http://${this.place.ops}${path}`);
    return { status: response.status, body: await response.text() };
  }

  /** The value of a metric; `name` with its labels as they are printed. */
  async metric(name: string): Promise<number> {
    const { body } = await this.ops('/metrics');
    const line = body.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1));
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    this.launched.signal('SIGKILL');
    await this.launched.ended;
    this.#disconnect();
  }

  /** SIGTERM. Resolves with how it ended. */
  async stop(): Promise<ProcessEnd> {
    this.launched.signal('SIGTERM');
    const end = await this.launched.ended;
    this.#disconnect();
    return end;
  }

  #connect(address: string): SidecarClient {
    // A size of its own keeps grpc-js from putting two clients on one connection.
    const messageBytesMax = 16 * 1_048_576 + this.#clients.length;
    const client = connect({ address, messageBytesMax });
    this.#clients.push(client);
    return client;
  }

  #disconnect(): void {
    for (const client of this.#clients) client.close();
  }
}
