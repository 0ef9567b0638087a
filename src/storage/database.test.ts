// The settings and refusals of databases, over real files.
import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/temporary-directory.ts';
import { thrownBy } from '../../test/support/thrown-by.ts';
import { createDatabase, openReader, openWriter } from './database.ts';
import type { MigrationPlan } from './migrate.ts';
import { openSqlite, sqliteVersion } from './sqlite.ts';

const PLAN: MigrationPlan = {
  name: 'sample.db',
  applicationId: 77,
  pageBytes: 4_096,
  migrations: [
    { version: 1, sql: 'CREATE TABLE one(a INTEGER PRIMARY KEY, b TEXT)' },
    { version: 2, sql: 'ALTER TABLE one ADD COLUMN c TEXT' },
  ],
};

function created(rows = 0): string {
  const path = join(temporaryDirectory(), 'sample.db');
  createDatabase({ path, plan: PLAN, durability: 'process' }, (database) => {
    const insert = database.prepare('INSERT INTO one(b) VALUES (?)');
    for (let row = 0; row < rows; row++) insert.run('x'.repeat(1_000));
  });
  return path;
}

const open = (path: string) => openWriter({ path, plan: PLAN, durability: 'disk' });

test('a new database has the newest version, and opening it again changes nothing', () => {
  const path = created(3);
  const before = readFileSync(path);
  expect(createDatabase({ path, plan: PLAN, durability: 'disk' }, () => {})).toBe(false);
  const database = open(path);
  expect(database.pragma('user_version')).toBe(2);
  expect(database.prepare('SELECT count(*) FROM one').row()).toEqual([3]);
  database.close();
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('durability disk syncs every commit, process only checkpoints', () => {
  const path = created();
  for (const [durability, synchronous] of [
    ['disk', 2],
    ['process', 1],
  ] as const) {
    const database = openWriter({ path, plan: PLAN, durability });
    expect(database.pragma('synchronous')).toBe(synchronous);
    expect(database.pragma('journal_mode')).toBe('wal');
    database.close();
  }
});

test('an older database is brought to the newest version', () => {
  const path = join(temporaryDirectory(), 'sample.db');
  const first = { ...PLAN, migrations: PLAN.migrations.slice(0, 1) };
  createDatabase({ path, plan: first, durability: 'disk' }, () => {});
  expect(() => openReader({ path, plan: PLAN })).toThrow(/not brought to this version/);
  const database = open(path);
  database.prepare('INSERT INTO one(c) VALUES (?)').run('new column');
  database.close();
});

test('a database of a newer version is refused, named with both versions, and left as it is', () => {
  const path = created();
  const sqlite = openSqlite(path, { mode: 'write' });
  sqlite.exec('PRAGMA user_version = 9');
  sqlite.close();
  const before = readFileSync(path);
  for (const attempt of [() => open(path), () => openReader({ path, plan: PLAN })]) {
    expect(thrownBy(attempt)).toMatchObject({
      code: 'storage_unavailable',
      facts: { problem: 'database_newer', found: '9', newest: '2' },
    });
  }
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a database of another program is refused as damaged', () => {
  const path = created();
  const sqlite = openSqlite(path, { mode: 'write' });
  sqlite.exec('PRAGMA application_id = 1');
  sqlite.close();
  expect(thrownBy(() => open(path))).toMatchObject({ code: 'storage_damaged' });
});

test('a half-written database file is refused as damaged wherever it ends', () => {
  const whole = statSync(created(200)).size;
  for (const bytes of [0, 1, 99, 100, 4_096, 5_000, whole / 2, whole - 4_096, whole - 1]) {
    const path = created(200);
    truncateSync(path, bytes);
    const attempt = () => {
      createDatabase({ path, plan: PLAN, durability: 'disk' }, () => {});
      open(path).close();
    };
    expect(thrownBy(attempt), `${bytes} bytes`).toMatchObject({ code: 'storage_damaged' });
    expect(statSync(path).size, 'nothing is written into it').toBe(Math.trunc(bytes));
  }
});

test('a file that is no database is refused as damaged', () => {
  const path = join(temporaryDirectory(), 'sample.db');
  writeFileSync(path, 'not a database '.repeat(1_000));
  expect(thrownBy(() => createDatabase({ path, plan: PLAN, durability: 'disk' }, () => {}))).toMatchObject({
    code: 'storage_damaged',
  });
});

test('a database that lost its main file but not its -wal file is refused as damaged', () => {
  const path = created(1);
  const database = open(path);
  database.prepare('INSERT INTO one(b) VALUES (?)').run('in the WAL');
  rmSync(path);
  expect(thrownBy(() => createDatabase({ path, plan: PLAN, durability: 'disk' }, () => {}))).toMatchObject({
    code: 'storage_damaged',
  });
  database.close();
});

test('a creation that fails leaves no database, and the next one succeeds', () => {
  const path = join(temporaryDirectory(), 'sample.db');
  const failing = () =>
    createDatabase({ path, plan: PLAN, durability: 'disk' }, () => {
      throw new Error('power cut');
    });
  expect(failing).toThrow();
  expect(() => statSync(path)).toThrow();
  expect(createDatabase({ path, plan: PLAN, durability: 'disk' }, () => {})).toBe(true);
});

test('a reader cannot write', () => {
  const database = openReader({ path: created(), plan: PLAN });
  expect(() => database.exec('INSERT INTO one(b) VALUES (1)')).toThrow(/readonly/);
  database.close();
});

test('the linked SQLite is new enough', () => {
  const database = openReader({ path: created(), plan: PLAN });
  const [major = 0, minor = 0, patch = 0] = sqliteVersion(database).split('.').map(Number);
  expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(3_051_003);
  database.close();
});
