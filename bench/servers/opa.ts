// OPA's REST server as a peer, with the same Rego and the same data as our bundle. It writes no decision log:
// OPA's goes to its console or to a server, and to no disk.
import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOpa } from '../../src/policy/compiler/opa-binary.ts';
import { newDirectory, removeDirectory } from './bench-directory.ts';
import { answersOk } from './readiness.ts';
import { freeAddress, type RunningServer, startServer } from './server-process.ts';

const POLICIES = fileURLToPath(new URL('../../policies/', import.meta.url));

/** The pinned OPA that compiles our bundle, or null. */
export async function findPinnedOpa(): Promise<string | null> {
  return findOpa({ pinned: true }).then(
    ({ path }) => path,
    () => null,
  );
}

export async function startOpa(command: string): Promise<RunningServer> {
  const directory = newDirectory('opa');
  for (const part of ['postern', 'operations', 'plans']) {
    cpSync(join(POLICIES, part), join(directory, part), {
      recursive: true,
      filter: (path) => !basename(path).endsWith('_test.rego'),
    });
  }
  const address = await freeAddress();
  const server = await startServer({
    command,
    // A directory that is named keeps its parts: operations/data.json becomes data.operations.
    arguments: [
      'run',
      '--server',
      `--addr=${address.host}:${address.port}`,
      '--log-level=error',
      '--disable-telemetry',
      '.',
    ],
    directory,
    address,
    isReady: answersOk('/health'),
  });
  return {
    ...server,
    async stop() {
      await server.stop();
      removeDirectory(directory);
    },
  };
}
