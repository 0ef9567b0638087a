// The `postern` command with everything that it needs of the rest of the program.
import { readFileSync } from 'node:fs';
import type { ConfigArguments, SidecarPlace } from '../cli/ports.ts';
import { runCli } from '../cli/run-cli.ts';
import { endOnSuddenFailures } from '../cli/sudden-end.ts';
import { ownTerminal } from '../cli/terminal.ts';
import { loadConfig } from '../config.ts';
import { POLICY_SOURCES } from './entry.ts';

const PACKAGE = new URL('../../package.json', import.meta.url);

function readVersion(): string {
  const { version }: { readonly version?: unknown } = JSON.parse(readFileSync(PACKAGE, 'utf8'));
  return String(version);
}

function locate(source: ConfigArguments): SidecarPlace {
  const config = loadConfig({ ...source, env: process.env, workingDirectory: process.cwd() });
  const { decision, admin } = config.listeners;
  const { tcp, socket } = decision;
  const tcpAddress = tcp === null ? '' : `${tcp.host.includes(':') ? `[${tcp.host}]` : tcp.host}:${tcp.port}`;
  return {
    dataDirectory: config.data.directory,
    // The socket belongs to this data directory; a port may be another sidecar's, or free to choose.
    decision: socket === null ? tcpAddress : `unix:${socket}`,
    admin: `unix:${admin.socket}`,
  };
}

/** Runs one command line. Resolves with the exit code. Parts are loaded when a command needs them. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const version = readVersion();
  const ports = {
    version,
    policyDirectory: POLICY_SOURCES,
    locate,
    serve: async (options: Parameters<typeof import('./serve.ts').serve>[0]) =>
      (await import('./serve.ts')).serve(options, version),
    startSidecar: async (
      options: Parameters<typeof import('./temporary-sidecar.ts').startTemporarySidecar>[0],
    ) => (await import('./temporary-sidecar.ts')).startTemporarySidecar(options, version),
    workbench: {
      build: async (directory: string, output: string) =>
        (await import('./workbench.ts')).workbench.build(directory, output),
      check: async (directory: string) => (await import('./workbench.ts')).workbench.check(directory),
      test: async (directory: string, coverageMin: number) =>
        (await import('./workbench.ts')).workbench.test(directory, coverageMin),
    },
    openStoredLog: async (dataDirectory: string) =>
      (await import('../storage/reader/stored-log.ts')).openStoredLog(dataDirectory),
    probes: [async (place: SidecarPlace) => (await import('./probes.ts')).probeMachine(place)],
  };
  return runCli(args, ports, ownTerminal(endOnSuddenFailures(args)));
}
