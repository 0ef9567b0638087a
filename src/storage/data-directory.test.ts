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
import { prepareSecrets } from './prepare-data.ts';

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

test.each([
  ['a file', (root: string) => join(root, 'file'), 'a file is in its place'],
  ['a directory within a file', (root: string) => join(root, 'file', 'data'), 'a file is in its place'],
  ['an endless path', (root: string) => join(root, 'd'.repeat(300)), 'longer than the system allows'],
])('%s as data directory is told apart from one without permission', (_name, pathIn, reason) => {
  const root = temporaryDirectory();
  writeFileSync(join(root, 'file'), 'kept');
  const path = pathIn(root);
  expect(thrownBy(() => holdDataDirectory(path))).toMatchObject({
    message: expect.stringMatching(new RegExp(`^The data directory ${path} cannot be used: .*${reason}`)),
  });
  expect(readFileSync(join(root, 'file'), 'utf8')).toBe('kept');
});

test('an empty directory gets its secrets, readable by their owner only', () => {
  const path = temporaryDirectory();
  prepareSecrets(path, IN_DIRECTORY);
  for (const name of ['pepper', 'signing-key.pem']) {
    expect(statSync(join(path, 'secrets', name)).mode & 0o777).toBe(0o600);
  }
  expect(statSync(join(path, 'secrets')).mode & 0o777).toBe(0o700);
});

test('preparing again before the database exists keeps the secrets', () => {
  const path = temporaryDirectory();
  const before = prepareSecrets(path, IN_DIRECTORY);
  expect(before).toHaveLength(32);
  expect(prepareSecrets(path, IN_DIRECTORY)).toEqual(before);
});

test.for([
  ['pepper', 'pepper_missing'],
  ['signing-key.pem', 'signing_key_missing'],
])('a missing %s is refused once there is a log, never made again', ([name, problem]) => {
  const path = temporaryDirectory();
  prepareSecrets(path, IN_DIRECTORY);
  createLedger(new LedgerWorld(path).options());
  rmSync(join(path, 'secrets', String(name)));
  expect(thrownBy(() => prepareSecrets(path, IN_DIRECTORY))).toMatchObject({
    code: 'storage_unavailable',
    facts: { problem },
  });
  expect(existsSync(join(path, 'secrets', String(name)))).toBe(false);
});

test('a ledger that is gone from beside its index is missed, and no other is begun in its place', () => {
  const path = temporaryDirectory();
  prepareSecrets(path, IN_DIRECTORY);
  writeFileSync(join(path, 'index.db'), '');
  expect(thrownBy(() => prepareSecrets(path, IN_DIRECTORY))).toMatchObject({
    code: 'storage_damaged',
    facts: { problem: 'database_missing' },
    message: expect.stringMatching(/^ledger\.db is missing, but its index index\.db is there\./),
  });
});

test('a pepper from outside is used and never written into the directory', () => {
  const path = temporaryDirectory();
  const file = join(temporaryDirectory(), 'pepper');
  writeFileSync(file, `${'ab'.repeat(32)}\n`);
  expect(prepareSecrets(path, { kind: 'file', path: file })).toEqual(Buffer.alloc(32, 0xab));
  expect(existsSync(join(path, 'secrets', 'pepper'))).toBe(false);
  const malformed = { kind: 'value', text: 'short' } as const;
  expect(thrownBy(() => prepareSecrets(path, malformed))).toMatchObject({
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
