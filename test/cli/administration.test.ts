/**
 * The admin commands against a real sidecar: what people see, what machines get, and that a secret is
 * shown once or not at all.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { run } from './captured-terminal.ts';
import { newPlace, type Place, type Serving, serveSample } from './running-sidecar.ts';

let place: Place;
let serving: Serving;
let env: Readonly<Record<string, string>>;

/** Runs a command in this process, against the sidecar of the other one. */
const postern = (args: readonly string[], stdin = '') =>
  run(args, { env, stdin, workingDirectory: place.directory });

beforeAll(async () => {
  place = newPlace();
  serving = await serveSample(place);
  const config = loadConfig({ file: null, env: place.env, overrides: [], workingDirectory: place.directory });
  const { decision, admin } = config.listeners;
  env = { POSTERN_ADDRESS: `unix:${decision.socket}`, POSTERN_ADMIN: `unix:${admin.socket}` };
});
afterAll(async () => {
  await serving.stop();
  place.remove();
});

const json = async (...args: string[]) => {
  const { code, out, err } = await postern([...args, '--json']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
};

test('companies: the same facts as a table and as JSON', async () => {
  const company = await json('companies', 'create', 'cmp_borealis', '--label', 'Borealis (fictional)');
  expect(company).toMatchObject({
    company_id: 'cmp_borealis',
    status: 'active',
    plan: 'standard',
    version: 1,
  });
  expect(await json('companies', 'get', 'cmp_borealis')).toEqual(company);
  const { companies, complete } = await json('companies', 'list');
  expect(complete).toBe(true);
  expect(companies.map((one: { company_id: string }) => one.company_id)).toEqual([
    'cmp_aurora',
    'cmp_borealis',
  ]);
  const table = await postern(['companies', 'list']);
  expect(table.out).toMatch(
    /^company +status +plan +label +created\ncmp_aurora +active .*\ncmp_borealis +active /,
  );
  expect(table.out).not.toContain('\u001b');
});

test('a key is shown once, to people after its record, to machines as `secret`, and never again', async () => {
  const created = await json(
    'keys',
    'create',
    '--company',
    'cmp_aurora',
    '--scope',
    'payments:*,banks:read',
    '--expires',
    '+90d',
  );
  expect(created).toMatchObject({
    company_id: 'cmp_aurora',
    scopes: ['payments:*', 'banks:read'],
    status: 'active',
  });
  expect(created.secret).toMatch(/^pst_live_/);
  expect(Date.parse(created.expires_at) - Date.now()).toBeGreaterThan(89 * 86_400_000);
  const shown = await postern(['keys', 'create', '--company', 'cmp_aurora']);
  expect(shown.out.match(/pst_live_\w+/g)).toHaveLength(1);
  for (const args of [
    ['keys', 'get', created.key_id],
    ['keys', 'list'],
    ['audit', 'tail', '--from', '0', '--stop-at-end'],
  ]) {
    for (const form of [[], ['--json']]) {
      const { out, err } = await postern([...args, ...form]);
      expect(out + err).toContain(created.key_id);
      expect(out + err).not.toMatch(/pst_live_/);
    }
  }
});

test('--secret-file keeps the key out of the terminal, private, and never over another file', async () => {
  const args = ['keys', 'create', '--company', 'cmp_aurora', '--secret-file', 'a.key'];
  const { code, out, err } = await postern(args);
  expect(code).toBe(0);
  expect(out + err).not.toMatch(/pst_live_/);
  const path = join(place.directory, 'a.key');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const key = readFileSync(path, 'utf8');
  expect(key).toMatch(/^pst_live_\w+\n$/);
  const before = (await json('keys', 'list')).keys.length;
  const again = await postern(args);
  expect(again).toMatchObject({ code: 2, out: '' });
  expect(again.err).toMatch(/exists already/);
  expect(readFileSync(path, 'utf8')).toBe(key);
  // Refused before a key was made that nobody could ever know.
  expect((await json('keys', 'list')).keys).toHaveLength(before);
  const refused = await postern(['keys', 'create', '--company', 'cmp_nobody', '--secret-file', 'b.key']);
  expect(refused.code).toBe(1);
  expect(() => statSync(join(place.directory, 'b.key'))).toThrow();
});

test('the life of a key, by its id', async () => {
  const { key_id: keyId, secret } = await json('keys', 'create', '--company', 'cmp_aurora');
  const check = async () => {
    const { code, out } = await postern(['check', '--operation', 'session.read', '--json'], `${secret}\n`);
    return { code, reason: JSON.parse(out).reason };
  };
  expect(await check()).toEqual({ code: 0, reason: 'allowed' });
  expect(await json('keys', 'deactivate', keyId)).toMatchObject({ status: 'inactive' });
  expect(await check()).toEqual({ code: 1, reason: 'key_inactive' });
  expect(await json('keys', 'activate', keyId)).toMatchObject({ status: 'active' });
  expect(await check()).toEqual({ code: 0, reason: 'allowed' });
  expect(await json('companies', 'suspend', 'cmp_aurora', '--reason', 'test')).toMatchObject({
    status: 'suspended',
  });
  expect(await check()).toEqual({ code: 1, reason: 'company_inactive' });
  expect(await json('companies', 'reactivate', 'cmp_aurora')).toMatchObject({ status: 'active' });
  expect(await json('keys', 'revoke', keyId, '--reason', 'lost')).toMatchObject({
    status: 'revoked',
    revoked_reason: 'lost',
  });
  expect(await check()).toEqual({ code: 1, reason: 'key_revoked' });
});

test('a request id makes creating safe to repeat: the answer names the key, without its secret', async () => {
  const args = ['keys', 'create', '--company', 'cmp_aurora', '--request-id', 'once'];
  const { key_id: keyId } = await json(...args);
  const again = await postern([...args, '--json']);
  expect(again).toMatchObject({ code: 1, out: '' });
  expect(JSON.parse(again.err).error).toMatchObject({
    code: 'already_exists',
    details: [`key_id: ${keyId}`],
  });
});

test('what does not exist is said so, and mistakes of fields are named', async () => {
  const missing = await postern(['companies', 'get', 'cmp_nobody']);
  expect(missing).toMatchObject({ code: 1, out: '' });
  expect(missing.err).toMatch(/^error: /);
  const malformed = await postern(['companies', 'create', '-x-', '--']);
  expect(malformed.code).not.toBe(0);
  const network = await postern(['keys', 'create', '--company', 'cmp_aurora', '--network', 'everywhere']);
  expect(network.code).toBe(1);
  expect(network.err).toMatch(/networks/);
});

test('the audit log: query by company and reason, tail from the start, verify', async () => {
  const all: string[] = (await postern(['audit', 'tail', '--from', '0', '--stop-at-end', '--json'])).out
    .trimEnd()
    .split('\n');
  const indexes = all.map((line) => JSON.parse(line).index);
  expect(indexes).toEqual(indexes.map((_index, place) => place));
  expect(JSON.parse(all[0] ?? '').record.kind).toBe('log_opened');
  const sinceHourAgo = await postern(['audit', 'tail', '--since', '-1h', '--stop-at-end', '--json']);
  expect(sinceHourAgo.out.startsWith(all.join('\n'))).toBe(true);
  const verified = await json('audit', 'verify');
  expect(verified).toMatchObject({
    ok: true,
    first_bad_index: null,
    root_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(verified.records).toBeGreaterThanOrEqual(all.length);
  const { records } = await json(
    'audit',
    'query',
    '--kind',
    'decision',
    '--company',
    'cmp_aurora',
    '--effect',
    'deny',
  );
  for (const { record } of records)
    expect(record).toMatchObject({ effect: 'deny', check: { company_id: 'cmp_aurora' } });
  const table = await postern(['audit', 'query', '--kind', 'admin']);
  expect(table.out).toMatch(/^index +time +kind +effect +reason +company +key +what\n/);
});

test('policy status and the clock', async () => {
  expect(await json('policy', 'status')).toMatchObject({
    active_revision: expect.stringMatching(/^[0-9a-f]{64}$/),
    trust: 'unsigned',
    last_refusal: null,
  });
  const clock = await postern(['clock', 'accept', '--reason', 'test']);
  expect(clock).toMatchObject({ code: 1, out: '' });
  expect(clock.err).toMatch(/No jump of the clock is waiting/);
});
