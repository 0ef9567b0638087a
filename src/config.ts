// The one Config value of a process: read once from defaults, one YAML file, the environment and the
// command line (the later ones win), with all problems listed at once. It is frozen, holds no secret,
// and creates nothing on disk. Only compose and main may import it.
import { resolve } from 'node:path';
import { settingsFromEnvironment } from './config/from-environment.ts';
import { settingsFromFile } from './config/from-file.ts';
import { type HostPort, isLoopback, parseHostPort } from './config/host-port.ts';
import { ConfigError, type ConfigProblem } from './config/problem.ts';
import type { Settings } from './config/schema.ts';
import { parseSettings, type SettingsLayer } from './config/settings-layers.ts';
import { defaultSocketPaths, type SocketPaths, socketPathProblem } from './config/socket-path.ts';

/** The settings, with every path absolute and every address parsed. */
export interface Config extends Omit<Settings, 'data' | 'listeners' | 'policy'> {
  readonly data: { readonly directory: string };
  readonly listeners: {
    /** At least one of the two is set. */
    readonly decision: { readonly socket: string | null; readonly tcp: HostPort | null };
    readonly admin: { readonly socket: string };
    readonly ops: { readonly address: HostPort | null };
  };
  readonly policy: Omit<Settings['policy'], 'path'> & {
    /** Null: the bundle that comes with the program. */
    readonly path: string | null;
  };
}

export interface ConfigSources {
  /** YAML file; null: none. */
  readonly file: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** From the command line: dotted path → value; the option's name is told in problems. */
  readonly overrides: readonly ConfigOverride[];
  /** Relative paths start here. */
  readonly workingDirectory: string;
}

export interface ConfigOverride {
  /** E.g. `data.directory`. */
  readonly path: string;
  readonly value: string | number | boolean;
  /** E.g. `--data`. */
  readonly origin: string;
  /** It yields to what the file or the environment says. */
  readonly isDefault?: boolean;
}

/** Collects what is wrong with values that the schema alone cannot judge. */
class ValueReader {
  readonly problems: ConfigProblem[] = [];
  readonly #originOf: (path: string) => string;
  /** Settings that are refused already: their defaults stand in for them and are not judged again. */
  readonly #refused: ReadonlySet<string>;

  constructor(originOf: (path: string) => string, refused: ReadonlySet<string>) {
    this.#originOf = originOf;
    this.#refused = refused;
  }

  add(path: string, message: string): void {
    if (!this.#refused.has(path)) this.problems.push({ path, origin: this.#originOf(path), message });
  }

  address(path: string, text: string): HostPort | null {
    if (text === 'off') return null;
    const parsed = parseHostPort(text);
    if (parsed === null)
      this.add(path, 'must be an IP address with a port, such as `127.0.0.1:7070`, or `off`');
    return parsed;
  }

  socket(path: string, text: string, derived: string): string {
    const socket = text === 'auto' ? derived : text;
    const problem = socketPathProblem(socket);
    if (problem !== null) this.add(path, problem);
    return socket;
  }
}

function readListeners(
  settings: Settings,
  sockets: SocketPaths,
  absolute: (path: string) => string,
  read: ValueReader,
) {
  const { decision, admin, ops } = settings.listeners;
  const socketOf = (path: string, text: string, derived: string) =>
    read.socket(path, text === 'auto' ? text : absolute(text), derived);
  const socket =
    decision.socket === 'off'
      ? null
      : socketOf('listeners.decision.socket', decision.socket, sockets.decision);
  const tcp = read.address('listeners.decision.tcp', decision.tcp);
  if (tcp !== null && !isLoopback(tcp)) {
    read.add(
      'listeners.decision.tcp',
      'must be a loopback address: keys would cross the network unencrypted',
    );
  }
  if (socket === null && decision.tcp === 'off') {
    read.add('listeners.decision', 'at least one of `socket` and `tcp` must be on');
  }
  const adminSocket = socketOf('listeners.admin.socket', admin.socket, sockets.admin);
  if (admin.socket === 'off') read.add('listeners.admin.socket', 'the admin socket cannot be off');
  if (adminSocket === socket) read.add('listeners.admin.socket', 'must not be the decision socket');
  return {
    decision: { socket, tcp },
    admin: { socket: adminSocket },
    ops: { address: read.address('listeners.ops.address', ops.address) },
  };
}

/** Rules between settings. */
function checkTogether(settings: Settings, read: ValueReader): void {
  if (settings.audit.windowIdleMs > settings.audit.windowLengthMsMax) {
    read.add('audit.windowIdleMs', 'must not be above audit.windowLengthMsMax');
  }
  if (settings.policy.inputBytesMax * 16 > settings.policy.memoryBytesMax) {
    read.add('policy.inputBytesMax', 'must not be above a sixteenth of policy.memoryBytesMax');
  }
}

function freezeDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) freezeDeep(inner);
  return Object.freeze(value);
}

/**
 * Reads the configuration.
 * @throws ConfigError with every problem, each with its path and where it was set.
 */
export function loadConfig(sources: ConfigSources): Config {
  const file = sources.file === null ? null : settingsFromFile(sources.file);
  const environment = settingsFromEnvironment(sources.env);
  const layer: SettingsLayer = {
    file,
    values: [
      ...environment.values,
      ...sources.overrides.map((override) => ({ ...override, path: override.path.split('.') })),
    ],
  };
  const { settings, problems, originOf } = parseSettings(layer);
  const read = new ValueReader(originOf, new Set(problems.map(({ path }) => path)));
  const absolute = (path: string) => resolve(sources.workingDirectory, path);
  const directory = absolute(settings.data.directory);
  const listeners = readListeners(settings, defaultSocketPaths(directory, sources.env), absolute, read);
  checkTogether(settings, read);
  const all = [...(file?.problems ?? []), ...environment.problems, ...problems, ...read.problems];
  if (all.length > 0) throw new ConfigError(all);
  const path = settings.policy.path === 'embedded' ? null : absolute(settings.policy.path);
  return freezeDeep({ ...settings, data: { directory }, listeners, policy: { ...settings.policy, path } });
}
