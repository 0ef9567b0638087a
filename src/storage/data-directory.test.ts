// One process holds the data directory; its secrets are made once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LedgerWorld } from '../../test/support/ledger-world.ts';
import { temporaryDirectory } from '../../test/support/temporary-directory.ts';
import { thrownBy } from '../../test/support/thrown-by.ts';
import { createLedger } from './create-ledger.ts';
import { holdDataDirectory } from './data-directory.ts';
import { prepareDataDirectory } from './prepare-data.ts';
import { readPepper } from './secret-files.ts';

const IN_DIRECTORY = { kind: 'directory' } as const;

test('a new directory is private to its owner', () => {
  const path = join(temporaryDirectory(), 'deep', 'data');
  const held = holdDataDirectory(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  held.release();
});

test('a directory in use is refused with the pid of its holder, until it is released', () => {
  const path = temporaryDirectory();
  const held = holdDataDirectory(path);
  expect(thrownBy(() => holdDataDirectory(path))).toMatchObject({
    code: 'storage_unavailable',
    facts: { problem: 'directory_in_use', pid: String(process.pid) },
  });
  held.release();
  holdDataDirectory(path).release();
});

test('another process is refused, and a killed one releases the directory', async () => {
  const path = temporaryDirectory();
  const module = new URL('./data-directory.ts', import.meta.url).href;
  const script = `import { holdDataDirectory } from ${JSON.stringify(module)}; holdDataDirectory(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child.stdout, 'data');
  expect(thrownBy(() => holdDataDirectory(path))).toMatchObject({
    facts: { problem: 'directory_in_use', pid: String(child.pid) },
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  holdDataDirectory(path).release();
});

test('a directory that cannot be written is refused', () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  for (const path of [join(file, 'data'), '/proc/postern']) {
    expect(thrownBy(() => holdDataDirectory(path))).toMatchObject({
      code: 'storage_unavailable',
      facts: { problem: 'directory_unwritable' },
    });
  }
});

test('an empty directory gets its secrets, readable by their owner only', () => {
  const path = temporaryDirectory();
  const prepared = prepareDataDirectory({ path, pepper: IN_DIRECTORY });
  expect(prepared.isNew).toBe(true);
  for (const name of ['pepper', 'signing-key.pem']) {
    expect(statSync(join(path, 'secrets', name)).mode & 0o777).toBe(0o600);
  }
  expect(statSync(join(path, 'secrets')).mode & 0o777).toBe(0o700);
  prepared.release();
});

test('preparing again before the database exists keeps the secrets', () => {
  const path = temporaryDirectory();
  prepareDataDirectory({ path, pepper: IN_DIRECTORY }).release();
  const before = readPepper(path, IN_DIRECTORY);
  prepareDataDirectory({ path, pepper: IN_DIRECTORY }).release();
  expect(readPepper(path, IN_DIRECTORY)).toEqual(before);
});

test.for([
  ['pepper', 'pepper_missing'],
  ['signing-key.pem', 'signing_key_missing'],
])('a missing %s is refused once there is a log, never made again', ([name, problem]) => {
  const path = temporaryDirectory();
  const prepared = prepareDataDirectory({ path, pepper: IN_DIRECTORY });
  createLedger(new LedgerWorld(path).options());
  prepared.release();
  rmSync(join(path, 'secrets', String(name)));
  expect(thrownBy(() => prepareDataDirectory({ path, pepper: IN_DIRECTORY }))).toMatchObject({
    code: 'storage_unavailable',
    facts: { problem },
  });
  expect(existsSync(join(path, 'secrets', String(name)))).toBe(false);
  // The refusal released the directory.
  holdDataDirectory(path).release();
});

test('a pepper from outside is used and never written into the directory', () => {
  const path = temporaryDirectory();
  const file = join(temporaryDirectory(), 'pepper');
  writeFileSync(file, `${'ab'.repeat(32)}\n`);
  prepareDataDirectory({ path, pepper: { kind: 'file', path: file } }).release();
  expect(existsSync(join(path, 'secrets', 'pepper'))).toBe(false);
  const malformed = { kind: 'value', text: 'short' } as const;
  expect(thrownBy(() => prepareDataDirectory({ path, pepper: malformed }))).toMatchObject({
    facts: { problem: 'pepper_malformed' },
  });
});

test('a ledger opened with another pepper is refused', () => {
  const world = new LedgerWorld(temporaryDirectory());
  world.open().close();
  const before = readFileSync(world.path);
  const other = new LedgerWorld(world.dataDirectory);
  other.usePepper(9);
  expect(thrownBy(() => other.open())).toMatchObject({ facts: { problem: 'pepper_wrong' } });
  expect(readFileSync(world.path).equals(before)).toBe(true);
});
