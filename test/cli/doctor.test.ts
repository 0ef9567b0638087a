/**
 * Doctor over a data directory that no sidecar serves: it says beforehand whatever a start would refuse, in the
 * same sentence, and has changed nothing when it is done. And what it says of a sidecar whose clock is not the
 * machine's.
 */
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openSqlite } from '../../src/storage/sqlite.ts';
import { launch } from '../support/sidecar-process.ts';
import { newPlace, type Place, pasted, serveSample } from './running-sidecar.ts';

interface Finding {
  readonly name: string;
  readonly state: string;
  readonly detail: string;
}

/** Root may do everything everywhere; without its capabilities it is as anybody. */
const AS_ANYBODY =
  process.getuid?.() === 0
    ? { command: ['setpriv', '--bounding-set', '-all', process.execPath] as const }
    : undefined;

/** What the first start leaves; every test takes a copy. */
let used: Place;
beforeAll(async () => {
  used = newPlace();
  await (await serveSample(used)).stop();
});
afterAll(() => used.remove());

function usedPlace() {
  const place = newPlace();
  onTestFinished(() => place.remove());
  const data = join(place.directory, '.postern');
  cpSync(join(used.directory, '.postern'), data, { recursive: true });
  const secrets = join(data, 'secrets');
  // A copy of a directory has the mode of any new one.
  for (const directory of [data, secrets]) chmodSync(directory, 0o700);
  return { place, data, secrets };
}

function edit(data: string, sql: string): void {
  const database = openSqlite(join(data, 'ledger.db'), { mode: 'write' });
  expect(database.prepare(sql).run()).toBe(1);
  database.close();
}

async function run(place: Place, args: readonly string[]) {
  const { directory: cwd, env } = place;
  const launched = launch({ args, cwd, env, ...AS_ANYBODY });
  const { code } = await launched.ended;
  return { code, out: launched.out, err: launched.err };
}

async function failures(place: Place, args: readonly string[] = []): Promise<Finding[]> {
  const { code, out } = await run(place, ['doctor', '--json', ...args]);
  const report: { ok: boolean; findings: Finding[] } = JSON.parse(out);
  const failed = report.findings.filter(({ state }) => state === 'fail');
  expect({ code, ok: report.ok }).toEqual(
    failed.length === 0 ? { code: 0, ok: true } : { code: 1, ok: false },
  );
  return failed;
}

/** The start's own sentence, without what the command line puts around it. */
async function refusal(place: Place, args: readonly string[] = []): Promise<string> {
  const { code, err } = await run(place, ['serve', ...args]);
  expect(code).toBe(1);
  return err.replace(/^error: /, '').trim();
}

test('a directory that a start would take is sound, and so is one to come', async () => {
  const { place } = usedPlace();
  expect(await failures(place)).toEqual([]);
  expect(await failures(place, ['--data', 'to/come'])).toEqual([]);
  expect(readdirSync(place.directory)).not.toContain('to');
});

const REFUSED: readonly (readonly [string, (secrets: string) => void])[] = [
  ['pepper is missing', (secrets) => rmSync(join(secrets, 'pepper'))],
  ['pepper is malformed', (secrets) => writeFileSync(join(secrets, 'pepper'), 'ab\n')],
  ['pepper is of another directory', (secrets) => writeFileSync(join(secrets, 'pepper'), 'ab'.repeat(32))],
  ['signing key is missing', (secrets) => rmSync(join(secrets, 'signing-key.pem'))],
  ['secrets are all gone', (secrets) => rmSync(secrets, { recursive: true })],
];

test.each(REFUSED)('an existing log whose %s fails in the words of the start', async (_name, spoil) => {
  const { place, data, secrets } = usedPlace();
  spoil(secrets);
  // SQLite keeps two files of its own beside a database that is read.
  const files = () =>
    readdirSync(data, { recursive: true }).filter((name) => !/-(wal|shm)$/.test(String(name)));
  const before = files().toSorted();
  const [failed, ...others] = await failures(place);
  expect(files().toSorted()).toEqual(before);
  expect(failed).toMatchObject({ name: 'secrets', detail: await refusal(place) });
  expect(others).toEqual([]);
});

test('a log whose end was edited fails in the words of the start', async () => {
  const { place, data } = usedPlace();
  edit(data, 'DELETE FROM log WHERE idx = (SELECT max(idx) FROM log)');
  const detail = await refusal(place);
  expect(detail).toMatch(/^The audit log does not agree with itself/);
  expect(await failures(place)).toEqual([{ name: 'database', state: 'fail', detail }]);
});

test('rows of keys and companies that were edited are found, also while nobody uses them', async () => {
  const { place, data } = usedPlace();
  const { out } = await run(place, ['doctor']);
  expect(out).toMatch(/^ok +registry +1 companies and 1 keys, each as the ledger wrote it$/m);
  edit(data, "UPDATE companies SET plan = 'unlimited'");
  edit(data, "UPDATE keys SET scopes = '[]'");
  const [failed, ...others] = await failures(place);
  expect(failed).toMatchObject({
    name: 'registry',
    detail: expect.stringMatching(/^2 of 2 rows were edited in the database.*: key_[-0-9a-f]+, cmp_aurora;/),
  });
  expect(others).toEqual([]);
});

test('a directory that could not be made fails in the words of the start', async () => {
  const { place } = usedPlace();
  const parent = join(place.directory, 'closed');
  mkdirSync(parent, { mode: 0o500 });
  for (const path of ['closed/data', '.postern/secrets/pepper/data']) {
    const failed = await failures(place, ['--data', path]);
    const detail = await refusal(place, ['--data', path]);
    expect(failed).toContainEqual({ name: 'data directory', state: 'fail', detail });
  }
});

test('a directory that may not be searched is a finding, beside all the others', async () => {
  const { place, data } = usedPlace();
  chmodSync(data, 0o600);
  onTestFinished(() => chmodSync(data, 0o700));
  const failed = await failures(place);
  const detail = await refusal(place);
  expect(detail).toContain(`${data} cannot be written`);
  expect(failed).toContainEqual({ name: 'data directory', state: 'fail', detail });
  const { out } = await run(place, ['doctor']);
  expect(out).toMatch(/^ok +runtime/m);
  expect(out).toMatch(/rollback/);
});

/** Serves a copy whose last known time is so many days from the machine's. */
async function servedWithClock(days: number) {
  const { place, data } = usedPlace();
  edit(data, `UPDATE head SET clock_us = clock_us + ${days * 86_400_000_000}`);
  const serving = await serveSample(place, [
    '--sample-key-file',
    join(used.directory, '.postern-sample-key'),
  ]);
  onTestFinished(async () => void (await serving.stop()));
  return { place, check: /npx postern check .*/.exec(serving.output())?.[0] ?? '' };
}

test('a jump that waits keeps it from being ready, not from answering', async () => {
  const { place, check } = await servedWithClock(-500);
  const [sidecar, clock, ...others] = await failures(place);
  expect(sidecar).toMatchObject({
    name: 'sidecar',
    detail: expect.stringMatching(/^is not ready: the clock jumped.*; checks that reach it are answered/),
  });
  expect(clock).toMatchObject({ detail: expect.stringMatching(/jumped by 500 d: `postern clock accept`/) });
  expect(others).toEqual([]);
  expect(await pasted(place, check)).toMatchObject({ code: 0, err: '' });
});

test('a clock that is ahead is said to be, in days', async () => {
  const { place } = await servedWithClock(400);
  expect((await run(place, ['doctor'])).out).toMatch(/^warn +sidecar clock +400 d ahead of the machine’s$/m);
});
