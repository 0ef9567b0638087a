/**
 * A terminal that keeps what is written to it, and ports of which a test fills what it needs. A port
 * that a test did not fill must not be reached.
 */
import { PassThrough, type Readable } from 'node:stream';
import type { CliPorts, SidecarPlace } from '../../src/cli/ports.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly isTTY?: boolean;
  readonly workingDirectory?: string;
  readonly ports?: Partial<CliPorts>;
}

/** Where no sidecar is. */
export const NOWHERE: SidecarPlace = {
  dataDirectory: '/nowhere',
  decision: 'unix:/nowhere/decision.sock',
  admin: 'unix:/nowhere/admin.sock',
};

const unreached = (name: string) => () => {
  throw new Error(`the port ${name} was reached`);
};

export function portsWith(filled: Partial<CliPorts>): CliPorts {
  return {
    version: '0.0.0-test',
    policyDirectory: '/nowhere/policies',
    locate: () => NOWHERE,
    serve: unreached('serve'),
    startSidecar: unreached('startSidecar'),
    workbench: { build: unreached('build'), check: unreached('check'), test: unreached('test') },
    openStoredLog: unreached('openStoredLog'),
    probes: [],
    ...filled,
  };
}

function standardInput(text: string | undefined, isTTY: boolean): Readable & { isTTY?: boolean } {
  const stream: PassThrough & { isTTY?: boolean } = new PassThrough();
  stream.isTTY = isTTY;
  stream.end(text ?? '');
  return stream;
}

/** Runs a command line and returns everything it said. */
export async function run(args: readonly string[], given: Given = {}): Promise<Run> {
  const written = { out: '', err: '' };
  const sink = (name: 'out' | 'err') => ({
    isTTY: given.isTTY === true,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const terminal: Terminal = {
    stdin: standardInput(given.stdin, given.isTTY === true),
    stdout: sink('out'),
    stderr: sink('err'),
    env: given.env ?? {},
    workingDirectory: given.workingDirectory ?? '/nowhere',
    untilInterrupted: () => new AbortController().signal,
  };
  const code = await runCli(args, portsWith(given.ports ?? {}), terminal);
  return { code, ...written };
}
