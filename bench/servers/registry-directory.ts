// Data directories with a seeded registry. A registry is seeded once, kept in .cache/ under the fingerprint
// of the code that wrote it, and copied for each server, so that no two servers share a database.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newDirectory, removeDirectory } from './bench-directory.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SEEDER = fileURLToPath(new URL('./seed-process.ts', import.meta.url));
const KEPT = join(ROOT, '.cache', 'bench');
/** What decides the rows: when any of it changes, registries are seeded again. */
const WRITERS = [
  ...['src/storage/{ledger-schema,migrate,registry-row,secrets,secret-files,hmac,data-directory}.ts'],
  ...['src/storage/{create-ledger,ledger-head,database,database-file}.ts', 'src/compose/data-secrets.ts'],
  ...['src/core/key-*.ts', 'src/core/registry*.ts'],
  ...['bench/servers/seed-process.ts', 'bench/workload/bench-registry.ts'],
];

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const path of globSync(WRITERS, { cwd: ROOT }).sort()) {
    if (!path.endsWith('.test.ts')) hash.update(path).update(readFileSync(join(ROOT, path)));
  }
  return hash.digest('hex').slice(0, 16);
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

/** Registries of as many keys that other code wrote: nobody will ask for them again. */
function removeOutdated(keys: number, current: string): void {
  for (const name of globSync(`registry-${keys}-*`, { cwd: KEPT })) {
    const path = join(KEPT, name);
    if (path !== current && !/\.\d+$/.test(name)) rmSync(path, { recursive: true, force: true });
  }
}

async function keptRegistry(keys: number): Promise<string> {
  const path = join(KEPT, `registry-${keys}-${fingerprint()}`);
  if (existsSync(path)) return path;
  mkdirSync(KEPT, { recursive: true });
  // Seeded aside and renamed, so that a run that was interrupted leaves no half of it behind.
  const unfinished = `${path}.${process.pid}`;
  mkdirSync(unfinished, { mode: 0o700 });
  try {
    await runSeeder(unfinished, keys);
    if (!existsSync(path)) renameSync(unfinished, path);
    removeOutdated(keys, path);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return path;
}

/** Directories that a server has left, by number of keys: its next start goes on with them. */
const left = new Map<number, string>();

/** A directory whose `data` holds so many keys. */
export async function takeRegistry(keys: number): Promise<string> {
  const again = left.get(keys);
  left.delete(keys);
  if (again !== undefined) return again;
  const directory = newDirectory(`postern-${keys}`);
  cpSync(join(await keptRegistry(keys), 'data'), join(directory, 'data'), { recursive: true });
  return directory;
}

/** For the next server with as many keys. */
export function leaveRegistry(directory: string, keys: number): void {
  if (left.has(keys)) removeDirectory(directory);
  else left.set(keys, directory);
}
