/**
 * What keeps a sidecar from starting: it says what and where in one message, without a stack, ends with
 * exit code 1, and leaves everything as it was. Configuration and first starts: test/cli/first-start.test.ts.
 */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { openSqlite } from '../../src/storage/sqlite.ts';
import {
  freePort,
  type GivenSettings,
  launchSidecar,
  newPlace,
  type SidecarPlace,
  startSidecar,
} from '../support/sidecar.ts';
import { checkOf, readRecords } from '../support/sidecar-log.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

/** The whole message of a start that is refused. */
async function refusalOf(place: SidecarPlace, command?: readonly [string, ...string[]]): Promise<string> {
  const started = launchSidecar(place, command === undefined ? {} : { command });
  const end = await started.ended;
  expect(end).toEqual({ code: 1, signal: null });
  expect(started.err).toMatch(/^error: [^\n]+\n$/);
  expect(started.out + started.err).not.toMatch(/\n\s+at |"stack"/);
  for (const event of ['ready', 'fatal']) expect(started.logged(event)).toEqual([]);
  return started.err;
}

/** What the first test that needs it makes, and every later one copies. */
const used = { directory: mkdtempSync(join(tmpdir(), 'pst-used-')), key: '' };
afterAll(() => rmSync(used.directory, { recursive: true }));

/** A place that a sidecar has served before, with one key. */
async function usedPlace(settings: GivenSettings = {}) {
  const place = await newPlace(settings);
  if (used.key === '') {
    const sidecar = await startSidecar(await newPlace());
    await createCompany(sidecar.admin, 'cmp_aurora');
    used.key = (await createKey(sidecar.admin, 'cmp_aurora')).secret;
    expect(await sidecar.stop()).toEqual({ code: 0, signal: null });
    cpSync(sidecar.place.dataDirectory, used.directory, { recursive: true });
  }
  cpSync(used.directory, place.dataDirectory, { recursive: true });
  return { place, secret: used.key };
}

async function occupiedPort(): Promise<number> {
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return port;
}

test.each([1, 2])('a decision port in use is named (%i evaluators)', async (count) => {
  const port = await occupiedPort();
  const place = await newPlace({
    evaluators: { count },
    listeners: { decision: { tcp: `127.0.0.1:${port}` } },
  });
  expect(await refusalOf(place)).toBe(
    `error: Cannot listen on 127.0.0.1:${port} (listeners.decision.tcp): the port is in use.\n`,
  );
});

test('a decision port of another sidecar is in use too, though both share ports between evaluators', async () => {
  const tcp = `127.0.0.1:${await freePort()}`;
  const settings = { evaluators: { count: 2 }, listeners: { decision: { tcp } } };
  await startSidecar(settings);
  expect(await refusalOf(await newPlace(settings))).toContain(
    `${tcp} (listeners.decision.tcp): the port is in use`,
  );
});

test('an ops port in use is named', async () => {
  const address = `127.0.0.1:${await occupiedPort()}`;
  const place = await newPlace({ listeners: { ops: { address } } });
  expect(await refusalOf(place)).toBe(
    `error: Cannot listen on ${address} (listeners.ops.address): the port is in use.\n`,
  );
});

/** Records in the log of a place where nothing runs. */
function recordsOf(place: SidecarPlace): unknown {
  const database = openSqlite(join(place.dataDirectory, 'ledger.db'), { mode: 'read' });
  const count = database.prepare('SELECT count(*) FROM log').row()?.[0];
  database.close();
  return count;
}

test.each(['decision', 'ops', 'admin'])(
  'a start that cannot have its %s address records nothing',
  async (name) => {
    const address = `127.0.0.1:${await occupiedPort()}`;
    const listeners = name === 'ops' ? { ops: { address } } : { decision: { tcp: address } };
    const { place } = await usedPlace(name === 'admin' ? {} : { listeners });
    mkdirSync(dirname(place.adminSocket), { recursive: true, mode: 0o700 });
    if (name === 'admin') writeFileSync(place.adminSocket, 'kept');
    const before = recordsOf(place);
    expect(before).toBeGreaterThan(0);
    expect(await refusalOf(place)).toContain('Cannot listen on');
    expect(recordsOf(place)).toBe(before);
  },
);

test('two listeners of one port are refused before anything is made', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const place = await newPlace({ listeners: { decision: { tcp: address }, ops: { address } } });
  expect(await refusalOf(place)).toContain(`${address} (listeners.ops.address): the port is in use`);
  expect(readdirSync(place.dataDirectory)).not.toContain('ledger.db');
});

test('a start that is refused leaves a sidecar over other data its sockets', async () => {
  const sidecar = await startSidecar();
  const { adminSocket, decisionSocket } = sidecar.place;
  for (const socket of [decisionSocket, `${decisionSocket}.other`]) {
    const place = await newPlace({ listeners: { decision: { socket }, admin: { socket: adminSocket } } });
    expect(await refusalOf(place)).toContain('something listens on it already');
    expect(readdirSync(place.dataDirectory)).not.toContain('secrets');
  }
  expect(sidecar.launched.logged('socket_lost')).toEqual([]);
  expect(await sidecar.unixClient().health.check()).toBe('SERVING');
  expect(await sidecar.admin.health.check()).toBe('SERVING');
});

test.each(['decision', 'ops'])('a port in use has the same code for machines (%s)', async (listener) => {
  const address = `127.0.0.1:${await occupiedPort()}`;
  const listeners = listener === 'ops' ? { ops: { address } } : { decision: { tcp: address } };
  const started = launchSidecar(await newPlace({ listeners }), { args: ['--json'] });
  expect(await started.ended).toEqual({ code: 1, signal: null });
  expect(JSON.parse(started.err)).toMatchObject({ error: { code: 'cannot_listen' } });
});

test.each(['decision', 'admin'] as const)(
  'a file in the place of the %s socket is named and kept',
  async (listener) => {
    const place = await newPlace();
    const path = listener === 'admin' ? place.adminSocket : place.decisionSocket;
    mkdirSync(dirname(place.adminSocket), { recursive: true, mode: 0o700 });
    writeFileSync(path, 'kept');
    expect(await refusalOf(place)).toContain(
      `${path} (listeners.${listener}.socket): a file that is not a socket is in its place`,
    );
    expect(readFileSync(path, 'utf8')).toBe('kept');
  },
);

test('a data directory in use names the process that holds it, which goes on undisturbed', async () => {
  const sidecar = await startSidecar(await newPlace());
  const other = await newPlace({ data: { directory: sidecar.place.dataDirectory } });
  expect(await refusalOf(other)).toContain(`in use by process ${sidecar.launched.pid}`);
  expect((await sidecar.ops('/readyz')).status).toBe(200);
  expect(await sidecar.host.health.check()).toBe('SERVING');
});

test('a data directory that may not be written is named', async () => {
  const place = await newPlace();
  mkdirSync(place.dataDirectory, { mode: 0o500 });
  // Root may write everywhere; without its capabilities it is as anybody.
  const isRoot = process.getuid?.() === 0;
  const command = isRoot ? (['setpriv', '--bounding-set', '-all', process.execPath] as const) : undefined;
  const message = await refusalOf(place, command);
  expect(message).toContain(`${place.dataDirectory} cannot be written`);
  chmodSync(place.dataDirectory, 0o700);
});

test('a database of a newer version is refused and left untouched', async () => {
  const { place } = await usedPlace();
  const path = join(place.dataDirectory, 'ledger.db');
  const database = openSqlite(path, { mode: 'write' });
  database.pragma('user_version = 99');
  database.close();
  const before = readFileSync(path);
  expect(await refusalOf(place)).toMatch(/ledger\.db was written by a newer version of Postern.* 99/);
  expect(readFileSync(path).equals(before)).toBe(true);
});

test.each([0, 50, 8_192])('a database cut to %i bytes is refused and not begun anew', async (bytes) => {
  const { place } = await usedPlace();
  const path = join(place.dataDirectory, 'ledger.db');
  writeFileSync(path, readFileSync(path).subarray(0, bytes));
  expect(await refusalOf(place)).toMatch(/ledger\.db is damaged/);
  expect(statSync(path).size).toBe(bytes);
});

test('a database that is gone is missed, and no new log is begun over its secrets', async () => {
  const { place } = await usedPlace();
  const path = join(place.dataDirectory, 'ledger.db');
  rmSync(path);
  expect(await refusalOf(place)).toMatch(/ledger\.db is missing, but its index index\.db is there\..*backup/);
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
});

test('a directory that is open to others keeps its databases to their owner', async () => {
  const place = await newPlace();
  mkdirSync(place.dataDirectory, { mode: 0o755 });
  await startSidecar(place);
  const files = readdirSync(place.dataDirectory, { recursive: true, withFileTypes: true });
  expect(files.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['ledger.db', 'ledger.db-wal', 'pepper']),
  );
  for (const { parentPath, name } of files) {
    expect(statSync(join(parentPath, name)).mode & 0o077, name).toBe(0);
  }
});

test('a missing pepper is refused and never made again', async () => {
  const { place } = await usedPlace();
  const path = join(place.dataDirectory, 'secrets', 'pepper');
  rmSync(path);
  expect(await refusalOf(place)).toMatch(/secrets\/pepper cannot be read/);
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
});

test.each([
  { name: 'another', text: 'ab'.repeat(32) },
  { name: 'a cut', text: 'ab' },
  { name: 'an empty', text: '' },
])('$name pepper is refused without being repeated', async ({ text }) => {
  const { place } = await usedPlace();
  writeFileSync(join(place.dataDirectory, 'secrets', 'pepper'), text);
  const message = await refusalOf(place);
  expect(message).toMatch(/pepper/);
  if (text !== '') expect(message).not.toContain(text);
});

test('an edited company row is not believed, and an administrator is told so', async () => {
  const { place, secret } = await usedPlace();
  const database = openSqlite(join(place.dataDirectory, 'ledger.db'), { mode: 'write' });
  database.prepare('UPDATE companies SET label = ?').run('edited');
  database.close();
  const sidecar = await startSidecar(place);
  const answer = await sidecar.host.authorization.check({
    requestId: 'r',
    apiKey: secret,
    operation: 'payments.read',
  });
  expect(answer.reason).toBe('REASON_KEY_UNKNOWN');
  const { companies } = sidecar.admin;
  const companyId = 'cmp_aurora';
  const edited = /edited in the database.* Restore/;
  await expect(companies.get({ companyId })).rejects.toThrow(edited);
  await expect(companies.suspend({ companyId })).rejects.toThrow(edited);
  await expect(createCompany(sidecar.admin, companyId)).rejects.toThrow(edited);
});

test('an edited key row is denied as unknown and logged, and everything else goes on', async () => {
  const { place, secret } = await usedPlace();
  const database = openSqlite(join(place.dataDirectory, 'ledger.db'), { mode: 'write' });
  database.prepare('UPDATE keys SET scopes = ?').run('["payments:*","jobs:*"]');
  database.close();
  const sidecar = await startSidecar(place);
  const check = (apiKey: string) =>
    sidecar.host.authorization.check({ requestId: 'r', apiKey, operation: 'payments.read' });
  expect((await check(secret)).reason).toBe('REASON_KEY_UNKNOWN');
  const line = await sidecar.launched.untilLogged('registry_row_edited');
  expect(line).toMatchObject({ level: 'error', table: 'keys' });
  const other = await createKey(sidecar.admin, 'cmp_aurora');
  expect((await check(other.secret)).reason).toBe('REASON_ALLOWED');
  const [denied] = (await readRecords(sidecar.admin)).filter(({ kind }) => kind === 'decision');
  expect(denied === undefined ? null : checkOf(denied)['key_id']).toBeNull();
  await expect
    .poll(() => sidecar.metric('postern_registry_mac_mismatches_total'), { timeout: 5_000 })
    .toBeGreaterThan(0);
});

/** Overwrites the page that a table begins on, which nothing looks at before the table is read. */
function overwriteTable(path: string, table: string): void {
  const database = openSqlite(path, { mode: 'read' });
  const root = Number(
    database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').row(table)?.[0] ?? 0,
  );
  const pageBytes = Number(database.pragma('page_size'));
  database.close();
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0xff, (root - 1) * pageBytes, root * pageBytes));
}

test('a damaged page of the log is told as damage, in the log line to alarm on and with what to do', async () => {
  const { place } = await usedPlace();
  overwriteTable(join(place.dataDirectory, 'ledger.db'), 'log');
  const started = launchSidecar(place);
  expect(await started.ended).toEqual({ code: 1, signal: null });
  expect(started.err).toMatch(
    /^error: ledger\.db is damaged\. Keep the files .*restore a backup.*audit verify --data/,
  );
  expect(started.logged('ledger_damaged')).toMatchObject([{ level: 'error' }]);
  expect(started.logged('fatal')).toEqual([]);
});
