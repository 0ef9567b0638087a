// Finds the sidecar that a command is about: by an option, the environment, or the configuration, in
// this order. It connects, runs the work, and always closes.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { SidecarClient } from '../client/connect.ts';
import type { ExitCode } from './exit-code.ts';
import { wholeNumber } from './option-values.ts';
import type { Output } from './output.ts';
import type { ConfigArguments, ConfigOverride, SidecarPlace } from './ports.ts';
import { newCommand, type OutputOptions, type Shell } from './shell.ts';
import { toldWith } from './unreachable.ts';
import { UsageError } from './usage-error.ts';

/** Options that say which configuration is meant. */
export interface PlaceOptions extends OutputOptions {
  readonly config?: string;
  readonly data?: string;
}

export interface AdminOptions extends PlaceOptions {
  readonly admin?: string;
  readonly timeoutMs?: number;
}

export interface DecisionOptions extends PlaceOptions {
  readonly address?: string;
  readonly timeoutMs?: number;
}

const DATA_HELP = 'data directory (setting data.directory)';

/** A command with the options that name a configuration. */
export function placeCommand(name: string, description: string, dataHelp = DATA_HELP): Command {
  return newCommand(name, description)
    .option('--config <file>', 'configuration file (default: POSTERN_CONFIG, else none)')
    .option('--data <directory>', dataHelp);
}

/** A command that talks to the admin listener. */
export function adminCommand(name: string, description: string, dataHelp = DATA_HELP): Command {
  return placeCommand(name, description, dataHelp)
    .option(
      '--admin <address>',
      'admin socket, such as unix:/run/postern/admin.sock (default: POSTERN_ADMIN, else the configuration’s)',
    )
    .option('--timeout-ms <number>', 'longest wait for an answer', wholeNumber(1, 600_000), 10_000);
}

/** A command that talks to the decision listener. */
export function decisionCommand(name: string, description: string): Command {
  return placeCommand(name, description)
    .option(
      '--address <address>',
      'decision address, such as 127.0.0.1:7070 or unix:/path (default: POSTERN_ADDRESS, else the configuration’s)',
    )
    .option('--timeout-ms <number>', 'longest wait for an answer', wholeNumber(1, 600_000), 10_000);
}

/** The configuration that the options name. */
export function configArguments(shell: Shell, options: PlaceOptions): ConfigArguments {
  const overrides: ConfigOverride[] = [];
  if (options.data !== undefined)
    overrides.push({ path: 'data.directory', value: options.data, origin: '--data' });
  const fromEnvironment = shell.terminal.env['POSTERN_CONFIG'];
  const file = options.config ?? (fromEnvironment === '' ? undefined : fromEnvironment);
  return { file: file ?? null, overrides };
}

/** The place of the sidecar that the options name. */
export function placeOf(shell: Shell, options: PlaceOptions): SidecarPlace {
  return shell.ports.locate(configArguments(shell, options));
}

/** `unix:/path`, a path, or `host:port`, as gRPC wants it. */
export function addressOf(text: string, workingDirectory: string): string {
  const path = text.startsWith('unix:') ? text.slice('unix:'.length).replace(/^\/\/(?=\/)/, '') : text;
  if (text.startsWith('unix:') || text.includes('/')) return `unix:${resolve(workingDirectory, path)}`;
  if (/^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):\d{1,5}$/.test(text)) return text;
  throw new UsageError('an address must be `unix:/path`, a path, or `host:port`');
}

interface Target {
  readonly given: string | undefined;
  readonly variable: 'POSTERN_ADMIN' | 'POSTERN_ADDRESS';
  readonly fromConfig: (place: SidecarPlace) => string;
}

function findAddress(shell: Shell, options: PlaceOptions, target: Target): string {
  const { env, workingDirectory } = shell.terminal;
  const named = target.given ?? env[target.variable];
  if (named !== undefined && named !== '') return addressOf(named, workingDirectory);
  return target.fromConfig(placeOf(shell, options));
}

/** Address of the admin listener. */
export function adminAddress(shell: Shell, options: AdminOptions): string {
  return findAddress(shell, options, {
    given: options.admin,
    variable: 'POSTERN_ADMIN',
    fromConfig: (place) => place.admin,
  });
}

/** Address of the decision listener. */
export function decisionAddress(shell: Shell, options: DecisionOptions): string {
  return findAddress(shell, options, {
    given: options.address,
    variable: 'POSTERN_ADDRESS',
    fromConfig: (place) => place.decision,
  });
}

async function connected(
  address: string,
  timeoutMs: number | undefined,
  work: (client: SidecarClient) => Promise<ExitCode>,
): Promise<ExitCode> {
  // Loaded when it is needed: `serve` shares this file, and would hold a client's libraries for ever.
  const { connect } = await import('../client/connect.ts');
  const client = connect(timeoutMs === undefined ? { address } : { address, deadlineMs: timeoutMs });
  try {
    return await work(client);
  } catch (error) {
    throw toldWith(address, error);
  } finally {
    client.close();
  }
}

/** Runs work over the admin listener. */
export function withAdmin(
  shell: Shell,
  options: AdminOptions,
  work: (client: SidecarClient, output: Output) => Promise<ExitCode>,
): Promise<void> {
  return shell.run(options, (output) =>
    connected(adminAddress(shell, options), options.timeoutMs, (client) => work(client, output)),
  );
}

/** Runs work over the decision listener. */
export function withDecision(
  shell: Shell,
  options: DecisionOptions,
  work: (client: SidecarClient, output: Output) => Promise<ExitCode>,
): Promise<void> {
  return shell.run(options, (output) =>
    connected(decisionAddress(shell, options), options.timeoutMs, (client) => work(client, output)),
  );
}
