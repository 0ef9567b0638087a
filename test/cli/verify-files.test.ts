/**
 * `postern audit verify --data`: the log of a directory that no sidecar will start over any more is read
 * from its files, which stay as they are to the last byte.
 */
import { hash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { openSqlite } from '../../src/storage/sqlite.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { run } from './captured-terminal.ts';
import { newPlace, type Place, postern, serveSample } from './running-sidecar.ts';

let place: Place;
/** The data directory of a sidecar that was stopped, and a copy of it as a killed one leaves it. */
let stopped: string;
let killed: string;
/** What the running sidecar said of its log, and what was read from its files at that time. */
let asked: unknown;
let beside: Awaited<ReturnType<typeof postern>>;

const verify = (directory: string, ...args: string[]) =>
  postern(place, ['audit', 'verify', '--data', directory, ...args]);

beforeAll(async () => {
  place = newPlace();
  const config = loadConfig({ file: null, env: place.env, overrides: [], workingDirectory: place.directory });
  stopped = config.data.directory;
  killed = join(place.directory, 'killed');
  const serving = await serveSample(place);
  asked = JSON.parse((await postern(place, ['audit', 'verify', '--json'])).out);
  beside = await verify(stopped, '--json');
  cpSync(stopped, killed, { recursive: true });
  await serving.stop();
});
afterAll(() => place.remove());

/** Every file below a directory with the hash of what is in it. */
function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path} ${hash('sha256', readFileSync(path))}`)
    .sort();
}

/** A copy of the stopped directory that somebody edited. */
function edited(sql: string): string {
  const directory = temporaryDirectory();
  cpSync(stopped, directory, { recursive: true });
  const database = openSqlite(join(directory, 'ledger.db'), { mode: 'write' });
  expect(database.prepare(sql).run()).toBe(1);
  database.close();
  return directory;
}

test('a log that nobody touched agrees with itself, and no file is changed, made or removed', async () => {
  const before = filesIn(stopped);
  const { code, out, err } = await verify(stopped);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^the log agrees with itself\n/) });
  expect(err).not.toContain('runs here');
  expect(filesIn(stopped)).toEqual(before);
});

test('beside a running sidecar it says so, and finds what the sidecar finds', () => {
  expect(beside.code).toBe(0);
  expect(JSON.parse(beside.out)).toEqual(asked);
  expect(beside.err).toMatch(/^A sidecar runs here \(process \d+\): its files are only read/);
});

test('what a killed process left in its WAL is read, and stays there', async () => {
  const wal = readFileSync(join(killed, 'ledger.db-wal'));
  expect(wal.length).toBeGreaterThan(0);
  const database = readFileSync(join(killed, 'ledger.db'));
  const { code, out } = await verify(killed, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual(asked);
  expect(readFileSync(join(killed, 'ledger.db-wal')).equals(wal)).toBe(true);
  expect(readFileSync(join(killed, 'ledger.db')).equals(database)).toBe(true);
});

test('a changed record keeps the sidecar from starting, and is named', async () => {
  const directory = edited(`UPDATE log SET leaf = replace(leaf, '"v":1}', '"v":2}') WHERE idx = 2`);
  const start = await postern(place, ['serve', '--data', directory]);
  expect(start.code).toBe(1);
  const before = filesIn(directory);
  const shown = await verify(directory);
  expect(shown.code).toBe(1);
  expect(shown.out).toMatch(/^the log does NOT agree with itself\n(.*\n)*first bad record +2\n/);
  expect(shown.out).toMatch(/^records read +2$/m);
  expect(shown.out).not.toMatch(/^root/m);
  const { code, out } = await verify(directory, '--json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    root_hash: null,
    first_bad_index: 2,
    problem: 'Record 2 is of a version that this program does not know.',
  });
  expect(filesIn(directory)).toEqual(before);
});

test('a record that was removed is named', async () => {
  const { code, out } = await verify(edited('DELETE FROM log WHERE idx = 1'), '--json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ ok: false, first_bad_index: 1, problem: 'Record 1 is missing.' });
});

test('a directory without a log is refused by name, and stays as it is', async () => {
  const empty = temporaryDirectory();
  const other = temporaryDirectory();
  writeFileSync(join(other, 'notes.txt'), 'nothing of ours');
  const missing = join(empty, 'missing');
  for (const directory of [empty, other, missing]) {
    const { code, out, err } = await verify(directory);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(
      `error: There is no log in ${directory}: it holds no ledger.db. Nothing was made there.\n`,
    );
  }
  expect(readdirSync(empty)).toEqual([]);
  expect(readdirSync(other)).toEqual(['notes.txt']);
});

test('a file that is no database of ours, and one that is gone from beside its index, are named', async () => {
  const text = temporaryDirectory();
  writeFileSync(join(text, 'ledger.db'), 'x'.repeat(200));
  expect(await verify(text)).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(/ledger\.db is damaged: it is not an/),
  });
  const without = temporaryDirectory();
  mkdirSync(join(without, 'secrets'));
  cpSync(join(stopped, 'index.db'), join(without, 'index.db'));
  expect(await verify(without)).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(/ledger\.db is missing/),
  });
});

test('files or a sidecar: not both, and not nothing', async () => {
  for (const args of [
    ['--data', '/d', '--admin', 'unix:/a'],
    ['--data', ''],
  ]) {
    const { code, out, err } = await run(['audit', 'verify', ...args]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^error: --data /);
  }
});
