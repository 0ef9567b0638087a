// What doctor and the sockets rely on: exposed secrets are found, unsafe directories refused, and
// looking leaves nothing behind.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makePrivateDirectory, UnsafeDirectory } from './private-directory.ts';
import { probeClock, probeDisk, probeRuntime } from './probe-machine.ts';
import { exposedSecrets, probeDirectory } from './probe-permissions.ts';

function fresh(): string {
  const directory = mkdtempSync(join(tmpdir(), 'pst-probe-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function dataDirectory(secretMode: number): string {
  const directory = fresh();
  mkdirSync(join(directory, 'secrets'), { mode: 0o700 });
  writeFileSync(join(directory, 'secrets', 'pepper'), 'x');
  chmodSync(join(directory, 'secrets', 'pepper'), secretMode);
  return directory;
}

test('a secret that others can read is named by its path', () => {
  expect(exposedSecrets(dataDirectory(0o600))).toEqual([]);
  expect(exposedSecrets(dataDirectory(0o640))).toEqual([
    expect.stringMatching(/secrets\/pepper has mode 0640/),
  ]);
});

test('a data directory that others can enter is a warning, and one that is not there is none', () => {
  const directory = fresh();
  chmodSync(directory, 0o755);
  expect(probeDirectory('data directory', directory).state).toBe('warn');
  expect(probeDirectory('data directory', join(directory, 'to-come')).state).toBe('ok');
});

test('looking at the disk leaves nothing behind, and works before the directory exists', () => {
  const directory = fresh();
  expect(probeDisk(directory).map(({ name }) => name)).toEqual(['disk', 'disk sync']);
  expect(readdirSync(directory)).toEqual([]);
  expect(probeDisk(join(directory, 'a', 'b')).map(({ name }) => name)).toEqual(['disk']);
});

test('a clock behind the data is noticed', () => {
  const directory = fresh();
  expect(probeClock(directory).state).toBe('ok');
  writeFileSync(join(directory, 'ledger.db'), '');
  const later = Date.now() / 1_000 + 3_600;
  utimesSync(join(directory, 'ledger.db'), later, later);
  expect(probeClock(directory)).toMatchObject({ state: 'warn', detail: expect.stringContaining('behind') });
});

test('the runtime is named', () => {
  expect(probeRuntime().detail).toContain(process.version);
});

test('a private directory is made with its parents, for its owner only, and kept', () => {
  const path = join(fresh(), 'run', 'postern', 'admin');
  makePrivateDirectory(path);
  makePrivateDirectory(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('a directory in a place where others could replace it is refused', () => {
  const root = fresh();
  mkdirSync(join(root, 'shared'));
  chmodSync(join(root, 'shared'), 0o777);
  expect(() => makePrivateDirectory(join(root, 'shared', 'ours'))).toThrow(/can be written by others/);
  chmodSync(join(root, 'shared'), 0o1777);
  expect(() => makePrivateDirectory(join(root, 'shared', 'ours'))).not.toThrow();
});

test('a directory that is open to others, a link or a file is refused, not repaired', () => {
  const root = fresh();
  mkdirSync(join(root, 'open'));
  chmodSync(join(root, 'open'), 0o755);
  mkdirSync(join(root, 'private'), { mode: 0o700 });
  symlinkSync(join(root, 'private'), join(root, 'link'));
  writeFileSync(join(root, 'file'), '');
  for (const name of ['open', 'link', 'file']) {
    expect(() => makePrivateDirectory(join(root, name))).toThrow(UnsafeDirectory);
  }
  expect(statSync(join(root, 'open')).mode & 0o777).toBe(0o755);
});
