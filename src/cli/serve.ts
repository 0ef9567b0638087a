// `postern serve`: starts the sidecar through its port. With --sample it also makes the sample key and
// prints the welcome; --dev does so over temporary data. It never decides anything about serving.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { configArguments, type PlaceOptions, placeCommand } from './connection.ts';
import { EXIT } from './exit-code.ts';
import type { Output } from './output.ts';
import type { ConfigOverride, ReadySidecar, ServeOptions } from './ports.ts';
import { ensureSample } from './sample.ts';
import type { Shell } from './shell.ts';
import { UsageError } from './usage-error.ts';
import { welcomeText } from './welcome.ts';

interface ServeCommandOptions extends PlaceOptions {
  readonly checkConfig?: boolean;
  readonly sample?: boolean;
  readonly sampleKeyFile: string;
  readonly dev?: boolean;
}

/** The default ports are those of the sidecar that this one is started beside. */
const FREE_PORT = '127.0.0.1:0';

const SAMPLE_KEY_FILE = '.postern-sample-key';

/** Runs when the sidecar answers: the sample, then the welcome. */
async function greet(shell: Shell, sidecar: ReadySidecar, keyFile: string): Promise<void> {
  const { connect } = await import('../client/connect.ts');
  const decision = connect({ address: sidecar.decisionAddresses[0] ?? '' });
  const admin = connect({ address: sidecar.admin });
  try {
    const sample = await ensureSample({ admin, decision, keyFile });
    const { workingDirectory } = shell.terminal;
    shell.terminal.stdout.write(welcomeText({ sidecar, sample, keyFile, workingDirectory }));
  } finally {
    decision.close();
    admin.close();
  }
}

function serveOptions(
  shell: Shell,
  options: ServeCommandOptions,
  further: { readonly overrides: readonly ConfigOverride[]; readonly keyFile: string },
): ServeOptions {
  const { file, overrides } = configArguments(shell, options);
  const sample: ConfigOverride[] =
    options.sample === true ? [{ path: 'sample', value: true, origin: '--sample' }] : [];
  return {
    file,
    overrides: [...overrides, ...sample, ...further.overrides],
    onReady: async (sidecar) => {
      if (sidecar.sample) await greet(shell, sidecar, further.keyFile);
    },
  };
}

/** Temporary data and key, gone afterwards, and the policies' sources watched. */
async function serveForDevelopment(shell: Shell, options: ServeCommandOptions): Promise<number> {
  if (options.data !== undefined) throw new UsageError('--dev uses temporary data: leave --data out');
  const root = mkdtempSync(join(tmpdir(), 'postern-dev-'));
  const set = (path: string, value: string | boolean) => ({ path, value, origin: '--dev' });
  const prefer = (path: string, value: string) => ({ ...set(path, value), isDefault: true });
  try {
    return await shell.ports.serve(
      serveOptions(shell, options, {
        keyFile: join(root, 'sample-key'),
        overrides: [
          set('data.directory', join(root, 'data')),
          set('listeners.decision.socket', join(root, 'decision.sock')),
          prefer('listeners.decision.tcp', FREE_PORT),
          prefer('listeners.ops.address', FREE_PORT),
          set('listeners.admin.socket', join(root, 'admin', 'admin.sock')),
          set('policy.path', shell.ports.policyDirectory),
          set('policy.watch', true),
          set('sample', true),
        ],
      }),
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function printPlace(shell: Shell, options: ServeCommandOptions, output: Output): number {
  const place = shell.ports.locate(configArguments(shell, options));
  if (output.isJson) {
    output.json({
      ok: true,
      data_directory: place.dataDirectory,
      decision: place.decision,
      admin: place.admin,
    });
  } else {
    output.line('the configuration is valid');
    output.pairs([
      ['data', place.dataDirectory],
      ['checks', place.decision],
      ['admin', place.admin],
    ]);
  }
  return EXIT.done;
}

/** `serve`. */
export function serveCommand(shell: Shell): Command {
  return placeCommand('serve', 'run the sidecar')
    .option('--check-config', 'check the configuration and exit')
    .option('--sample', 'with an empty data directory: create a fictional company and key (setting sample)')
    .option('--sample-key-file <file>', 'where the sample’s key goes', SAMPLE_KEY_FILE)
    .option('--dev', 'temporary data, free ports, a sample key, and policies reloaded when they are edited')
    .action((options: ServeCommandOptions) =>
      shell.run(options, async (output) => {
        if (options.checkConfig === true) return printPlace(shell, options, output);
        if (options.dev === true) return serveForDevelopment(shell, options);
        const keyFile = resolve(shell.terminal.workingDirectory, options.sampleKeyFile);
        return shell.ports.serve(serveOptions(shell, options, { keyFile, overrides: [] }));
      }),
    );
}
