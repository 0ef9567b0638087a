// The sidecar under test: `postern serve` as an operator runs it, over a seeded data directory.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newDirectory, removeDirectory } from './bench-directory.ts';
import { isServing } from './readiness.ts';
import { freeAddress, type RunningServer, startServer } from './server-process.ts';

export interface PosternOptions {
  readonly evaluators: number;
  readonly durability: 'disk' | 'process';
  readonly keys: number;
  /** `null`: leaves are made and hashed but not written; see null-writer/. */
  readonly leafWriter: 'real' | 'null';
}

const PROGRAM = fileURLToPath(new URL('../../bin/postern.mjs', import.meta.url));
const NULL_WRITER = fileURLToPath(new URL('./null-writer/null-writer-server.ts', import.meta.url));
const SEEDER = fileURLToPath(new URL('./seed-process.ts', import.meta.url));

/** For experiments, e.g. `--cpu-prof` or `--max-semi-space-size=8`: a run with them is marked in its results. */
export const NODE_ARGUMENTS = (process.env['POSTERN_BENCH_NODE_ARGUMENTS'] ?? '').split(' ').filter((one) => one !== '');

/** Seeding more keys than this takes long enough to use the directory again. */
const SEED_AGAIN_KEYS_MAX = 10_000;

const kept = new Map<number, string>();

/** A data directory with so many keys. A large one is used again by the next server, not by two at a time. */
async function seededDirectory(keys: number): Promise<string> {
  const reusable = kept.get(keys);
  kept.delete(keys);
  if (reusable !== undefined) return reusable;
  const directory = newDirectory(`postern-${keys}`);
  await runSeeder(directory, keys);
  return directory;
}

function giveBack(directory: string, keys: number): void {
  if (keys > SEED_AGAIN_KEYS_MAX && !kept.has(keys)) kept.set(keys, directory);
  else removeDirectory(directory);
}

function runSeeder(directory: string, keys: number): Promise<void> {
  const child = spawn(process.execPath, [SEEDER, join(directory, 'data'), String(keys)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`seeding ended with ${code}`))));
  });
}

export async function startPostern(options: PosternOptions): Promise<RunningServer> {
  const { evaluators, durability, keys, leafWriter } = options;
  const directory = await seededDirectory(keys);
  const address = await freeAddress();
  const server = await startServer({
    command: process.execPath,
    arguments: [...NODE_ARGUMENTS, ...(leafWriter === 'real' ? [PROGRAM, 'serve'] : [NULL_WRITER])],
    environment: {
      POSTERN_DATA__DIRECTORY: join(directory, 'data'),
      POSTERN_EVALUATORS__COUNT: String(evaluators),
      POSTERN_LEDGER__DURABILITY: durability,
      POSTERN_LISTENERS__DECISION__TCP: `${address.host}:${address.port}`,
      POSTERN_LISTENERS__DECISION__SOCKET: 'off',
      POSTERN_LISTENERS__ADMIN__SOCKET: join(directory, 'admin', 'admin.sock'),
      POSTERN_LISTENERS__OPS__ADDRESS: 'off',
      POSTERN_LOG__LEVEL: 'warn',
    },
    directory,
    address,
    isReady: isServing,
  });
  return {
    ...server,
    async stop() {
      await server.stop();
      giveBack(directory, keys);
    },
  };
}
