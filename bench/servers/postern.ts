// The sidecar under test: `postern serve` as an operator runs it, over a seeded data directory.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeDirectory } from './bench-directory.ts';
import { imageEnvironment, posternProgram } from './postern-program.ts';
import { isServing } from './readiness.ts';
import { leaveRegistry, takeRegistry } from './registry-directory.ts';
import { freeAddress, type RunningServer, startServer } from './server-process.ts';

export interface PosternOptions {
  readonly evaluators: number;
  readonly durability: 'disk' | 'process';
  readonly keys: number;
  /** `null`: leaves are made and hashed but not written; see null-writer/, which runs from src/. */
  readonly leafWriter: 'real' | 'null';
  readonly fromSource: boolean;
  /** Further settings, by variable. */
  readonly settings: Readonly<Record<string, string>>;
}

const NULL_WRITER = fileURLToPath(new URL('./null-writer/null-writer-server.ts', import.meta.url));

/** What bin/postern.mjs sets for Node, which the null writer is not started by. */
const LAUNCHED = [
  ...readFileSync(new URL('../../bin/postern.mjs', import.meta.url), 'utf8').matchAll(
    /setFlagsFromString\('([^']+)'\)/g,
  ),
].map(([, flag = '']) => flag);

/** For experiments, e.g. `--cpu-prof` or `--max-semi-space-size=8`: a run with them is marked in its results. */
export const NODE_ARGUMENTS = (process.env['POSTERN_BENCH_NODE_ARGUMENTS'] ?? '')
  .split(' ')
  .filter((one) => one !== '');

export async function startPostern(options: PosternOptions): Promise<RunningServer> {
  const { evaluators, durability, keys, leafWriter, fromSource, settings } = options;
  const program = leafWriter === 'real' ? [posternProgram(fromSource), 'serve'] : [...LAUNCHED, NULL_WRITER];
  const directory = await takeRegistry(keys);
  // Not below `directory`: a socket's path must be short.
  const sockets = mkdtempSync(join(tmpdir(), 'postern-'));
  const address = await freeAddress();
  const server = await startServer({
    command: process.execPath,
    arguments: [...NODE_ARGUMENTS, ...program],
    environment: {
      ...imageEnvironment(),
      POSTERN_DATA__DIRECTORY: join(directory, 'data'),
      POSTERN_EVALUATORS__COUNT: String(evaluators),
      POSTERN_LEDGER__DURABILITY: durability,
      POSTERN_LISTENERS__DECISION__TCP: `${address.host}:${address.port}`,
      POSTERN_LISTENERS__DECISION__SOCKET: 'off',
      POSTERN_LISTENERS__ADMIN__SOCKET: join(sockets, 'admin.sock'),
      POSTERN_LISTENERS__OPS__ADDRESS: 'off',
      POSTERN_LOG__LEVEL: 'warn',
      ...settings,
    },
    directory,
    address,
    isReady: isServing,
  });
  return {
    ...server,
    async stop() {
      await server.stop();
      removeDirectory(sockets);
      // Without its leaves the log does not agree with itself: nobody can go on with it.
      if (leafWriter === 'null') removeDirectory(directory);
      else leaveRegistry(directory, keys);
    },
  };
}
