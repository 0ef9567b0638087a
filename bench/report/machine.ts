// What a run was made on and with. Names of machines and paths are left out: results are published.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What the sidecar is made from. */
const PRODUCT = ['src', 'bin', 'policies', 'package.json', 'package-lock.json'];

function output(command: string, words: readonly string[]): string {
  const stdio = ['ignore', 'pipe', 'ignore'] as const;
  return execFileSync(command, words, { cwd: ROOT, encoding: 'utf8', stdio: [...stdio] }).trim();
}

export interface Revision {
  readonly commit: string;
  readonly dirty: boolean;
}

export function revision(): Revision {
  try {
    const commit = output('git', ['rev-parse', '--short=10', 'HEAD']);
    return { commit, dirty: output('git', ['status', '--porcelain', '--', ...PRODUCT]) !== '' };
  } catch {
    return { commit: 'unknown', dirty: true };
  }
}

export function machine(fsyncMs: number): Record<string, string> {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: String(availableParallelism()),
    memory: `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    kernel: release(),
    'fsync p50': `${fsyncMs.toFixed(3)} ms`,
  };
}

function packageVersion(name: string): string {
  const text = readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8');
  return String((JSON.parse(text) as { readonly version?: unknown }).version);
}

/** @param peers Paths of their binaries, null when not installed. */
export function versions(peers: {
  readonly cerbos: string | null;
  readonly opa: string | null;
}): Record<string, string> {
  const found: Record<string, string> = { node: process.versions.node };
  for (const name of ['@grpc/grpc-js', 'better-sqlite3']) found[name] = packageVersion(name);
  if (peers.cerbos !== null) found['cerbos'] = output(peers.cerbos, ['--version']).split('\n')[0] ?? '';
  if (peers.opa !== null) {
    found['opa'] = output(peers.opa, ['version']).split('\n')[0]?.replace('Version: ', '') ?? '';
  }
  return found;
}
