/**
 * The first minute of a newcomer: start, paste the printed line, see allow and deny; start again, and
 * it still works. Then what refuses to start, and how it says so.
 */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newPlace, type Place, pasted, postern, type Serving, serveSample } from './running-sidecar.ts';

const commandsIn = (text: string) =>
  [...text.matchAll(/^ {2}(npx postern .*)$/gm)].map(([, line]) => line ?? '');

describe('the first start and the ones after', () => {
  let place: Place;
  let serving: Serving;
  beforeAll(async () => {
    place = newPlace();
    serving = await serveSample(place);
  });
  afterAll(async () => {
    await serving.stop();
    place.remove();
  });
  const keyFile = () => join(place.directory, '.postern-sample-key');

  test('the printed lines work as they are: the first is allowed, the second denied', async () => {
    const [allow, deny] = commandsIn(serving.output());
    const allowed = await pasted(place, allow ?? '');
    expect(allowed).toMatchObject({ code: 0, err: '' });
    expect(allowed.out).toMatch(/^ALLOW {2}allowed\n(.*\n)*company +cmp_aurora\n/);
    const denied = await pasted(place, deny ?? '');
    expect(denied).toMatchObject({ code: 1, err: '' });
    expect(denied.out).toMatch(/^DENY {2}claim_company_mismatch\n(.*\n)*to the partner +403 forbidden/);
  });

  test('the key is in a private file outside the data directory, and nowhere in the output', () => {
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    const key = readFileSync(keyFile(), 'utf8').trim();
    expect(key).toMatch(/^pst_live_[A-Za-z0-9]{43}_[A-Za-z0-9]{6}$/);
    expect(serving.output()).not.toContain(key);
  });

  test('another start over the same data keeps the key, and makes one when its file is gone', async () => {
    const first = readFileSync(keyFile(), 'utf8');
    expect(await serving.stop()).toBe(0);
    serving = await serveSample(place);
    expect(readFileSync(keyFile(), 'utf8')).toBe(first);
    expect((await pasted(place, commandsIn(serving.output())[0] ?? '')).code).toBe(0);
    await serving.stop();
    rmSync(keyFile());
    serving = await serveSample(place);
    expect(readFileSync(keyFile(), 'utf8')).not.toBe(first);
    expect((await pasted(place, commandsIn(serving.output())[0] ?? '')).code).toBe(0);
  });

  test('a second process over the same data is refused, naming the first', async () => {
    const second = await postern(place, ['serve']);
    expect(second.code).toBe(1);
    expect(second.err).toMatch(/^error: .*in use.*\d+/s);
    expect(second.err).not.toMatch(/\n\s+at /);
  });

  test('doctor finds the running sidecar sound', async () => {
    const { code, out } = await postern(place, ['doctor', '--json']);
    const report: { ok: boolean; findings: { name: string; state: string }[] } = JSON.parse(out);
    expect(report.findings.filter(({ state }) => state === 'fail')).toEqual([]);
    expect(code).toBe(0);
    const names = report.findings.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['runtime', 'disk', 'clock', 'secrets', 'sidecar', 'ledger', 'rollback']),
    );
  });
});

describe('what refuses to start says why in one message, and exits 1', () => {
  let place: Place;
  afterEach(() => place.remove());

  async function refusal(args: readonly string[] = []): Promise<string> {
    const { code, err } = await postern(place, ['serve', ...args]);
    expect(code).toBe(1);
    expect(err).not.toMatch(/\n\s+at /);
    return err;
  }

  test('a config file with three mistakes: all three, with paths and lines', async () => {
    place = newPlace();
    writeFileSync(
      join(place.directory, 'postern.yaml'),
      'ledger:\n  durability: disc\nevaluators:\n  count: 0\npolcy: {}\n',
    );
    const err = await refusal(['--config', 'postern.yaml']);
    expect(err).toMatch(/3 problems in the configuration/);
    for (const line of [
      /ledger\.durability: .*postern\.yaml:2/,
      /evaluators\.count: .*:4/,
      /polcy: .*policy.*:5/,
    ]) {
      expect(err).toMatch(line);
    }
  });

  test('a socket path that is too long: its length', async () => {
    place = newPlace({ POSTERN_LISTENERS__ADMIN__SOCKET: `/tmp/${'a'.repeat(120)}` });
    expect(await refusal()).toMatch(/admin\.socket: .* has 125 bytes and the system allows 107/);
  });

  test('a data directory that cannot be made: which', async () => {
    place = newPlace();
    writeFileSync(join(place.directory, 'file'), '');
    expect(await refusal(['--data', 'file/data'])).toMatch(/file\/data/);
  });

  test('a database that is half written: that it is damaged', async () => {
    place = newPlace();
    const serving = await serveSample(place);
    await serving.stop();
    const data = join(place.directory, '.postern');
    const name = 'ledger.db';
    mkdirSync(data, { recursive: true });
    const whole = readFileSync(join(data, name));
    writeFileSync(join(data, name), whole.subarray(0, Math.floor(whole.length / 2)));
    rmSync(join(data, `${name}-wal`), { force: true });
    expect(await refusal()).toMatch(/damaged/);
  });
});
