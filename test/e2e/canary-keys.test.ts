/**
 * Keys that are looked for afterwards: used in every right and wrong way, they are in no file of the data
 * directory, no log line, no metric and no error: also not when an admin says why, or labels, with a key.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CallError } from '../../src/client/call-error.ts';
import { structOf } from '../../src/client/struct.ts';
import type { CheckRequest } from '../../src/grpc/gen/postern/v1/CheckRequest.ts';
import { leafProblems } from '../support/audit-record-schema.ts';
import { canaryForms, filesBelow, findCanary, type Traces } from '../support/canary.ts';
import { temporaryDirectory } from '../support/policy/policy-directory.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

const BIG = 'x'.repeat(70_000);

/** Requests in which a key stands where it belongs, in a damaged form, or where it does not belong. */
function requestsWith(key: string): Partial<CheckRequest>[] {
  const changed = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
  const credentials = [
    key,
    changed,
    key.slice(0, -3),
    `${key}!`,
    `Bearer ${key}`,
    ` ${key}`,
    key.replace('pst_', 'abc_'),
    key.replace('_live_', '_test_'),
    `${key}${BIG}`,
  ].map((apiKey) => ({ apiKey }));
  const places: Partial<CheckRequest>[] = [
    { context: structOf({ authorization: key, nested: { deep: [key] } }) },
    { context: structOf({ [key]: true }) },
    { context: structOf({ authorization: key, rest: BIG }) },
    { resource: { type: 'payment', id: 'pay_1', attributes: structOf({ note: key }) } },
    { resource: { type: 'payment', id: 'pay_1', attributes: structOf({ note: key, rest: BIG }) } },
    { resource: { type: 'payment', id: key } },
    { resource: { type: 'payment', companyId: key } },
    { claimedCompanyIds: [key] },
    { source: { ip: key } },
    { idempotencyKey: key },
    { source: { ip: '192.0.2.1', userAgent: `client/1 ${key}` } },
    { source: { ip: '192.0.2.1', userAgent: `${'x'.repeat(200)} ${key}` } },
    { requestId: key },
    { correlationId: `of ${key}` },
    { operation: `banks.${key}` },
    { resource: { type: key, id: 'pay_1' } },
  ];
  return [
    ...credentials,
    { grant: key },
    { bearerToken: key },
    ...places.map((place) => ({ apiKey: key, ...place })),
  ];
}

/** Asks, and returns what an error says, whatever it is. */
async function errorTextOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return '';
  } catch (error) {
    const { message, faults, facts, cause } = error as CallError;
    return JSON.stringify([message, faults, facts, String(cause)]);
  }
}

/** Uses a key over every method. Returns the texts of all errors. */
async function abuse({ host, admin }: RunningSidecar, key: string): Promise<string[]> {
  const { authorization } = host;
  const stream = authorization.openStream();
  const asked: Promise<unknown>[] = [];
  for (const [place, content] of requestsWith(key).entries()) {
    const request = { requestId: `r-${place}`, operation: 'payments.create', ...content };
    const { apiKey, source, grant, bearerToken, ...item } = request;
    const credential = { ...(apiKey === undefined ? {} : { apiKey }) };
    asked.push(authorization.check(request), stream.check(request));
    asked.push(authorization.batchCheck({ ...credential, source: source ?? null, items: [item] }));
  }
  asked.push(
    authorization.reportOutcomes({ outcomes: [{ decisionId: key, status: 'STATUS_SUCCESS' }] }),
    admin.keys.get({ keyId: key }),
    admin.keys.revoke({ keyId: key, reason: 'by its text' }),
    admin.keys.create({ requestId: 'by-key', companyId: key }),
    admin.keys.create({ requestId: key, companyId: 'cmp_aurora', environment: 'live' }),
    admin.keys.create({ requestId: 'l', companyId: 'cmp_aurora', environment: 'live', label: `was ${key}` }),
    admin.companies.create({ companyId: 'cmp_labelled', label: `has ${key}` }),
    admin.companies.suspend({ companyId: 'cmp_other', reason: `used ${key}` }),
    admin.companies.reactivate({ companyId: 'cmp_other' }),
    admin.companies.get({ companyId: key }),
    admin.companies.suspend({ companyId: key, reason: 'by key' }),
    admin.audit.query({ filter: { keyId: key } }),
    admin.audit.query({ pageToken: key }),
  );
  const texts = await Promise.all(asked.map(errorTextOf));
  await stream.close();
  return texts;
}

test('a key that was used in every right and wrong way is nowhere but with its owner', async () => {
  const sidecar = await startSidecar({ log: { level: 'debug' } });
  const { admin } = sidecar;
  await createCompany(admin, 'cmp_aurora');
  const first = await createKey(admin, 'cmp_aurora');
  const revoked = await createKey(admin, 'cmp_aurora');
  await createCompany(admin, 'cmp_other');
  await admin.keys.revoke({ keyId: revoked.keyId, reason: `found in a ticket: ${revoked.secret}` });
  const restricted = await createKey(admin, 'cmp_aurora', { networks: ['192.0.2.0/24'], scopes: [] });
  const keys = [first, revoked, restricted];
  const errors: string[] = [];
  for (const { secret } of keys) errors.push(...(await abuse(sidecar, secret)));
  expect(errors.filter((text) => text !== '').length).toBeGreaterThan(keys.length * 5);
  const metrics = (await sidecar.ops('/metrics')).body;
  const listed = JSON.stringify([await admin.keys.list({}), await admin.audit.query({ pageSize: 1_000 })]);
  // Killed, so that what was on its way between the files is looked at as well.
  await sidecar.kill();
  const traces: Traces = new Map([
    ...filesBelow(sidecar.place.dataDirectory),
    ['the log', Buffer.from(sidecar.launched.out + sidecar.launched.err)],
    ['the errors', Buffer.from(errors.join('\n'))],
    ['the metrics', Buffer.from(metrics)],
    ['the answers of the admin services', Buffer.from(listed)],
  ]);
  expect([...traces.keys()]).toEqual(expect.arrayContaining(['ledger.db', 'ledger.db-wal']));
  for (const { secret } of keys) expect(findCanary(secret, traces)).toEqual([]);
  // The traces are the right ones: what may be told of a key is there.
  const places = [...traces].filter(([, bytes]) => bytes.includes(first.keyId)).map(([place]) => place);
  expect(places).toEqual(expect.arrayContaining(['ledger.db-wal', 'the answers of the admin services']));
});

test('a key in the host’s own words comes back to the host as it came, and is not in the leaf', async () => {
  const { admin, host } = await startSidecar();
  await createCompany(admin, 'cmp_aurora');
  const { secret } = await createKey(admin, 'cmp_aurora');
  const requestId = `r-${secret}`;
  const { requestId: answered, auditRecord } = await host.authorization.check({
    requestId,
    correlationId: secret,
    operation: `banks.${secret}`,
    resource: { type: secret, id: 'pay_1' },
    apiKey: secret,
  });
  expect(answered).toBe(requestId);
  const leaf = auditRecord?.leaf ?? Buffer.alloc(0);
  expect(leafProblems(leaf)).toBe('');
  expect(JSON.parse(String(leaf))).toMatchObject({
    check: {
      request_id: 'r-[redacted]',
      correlation_id: '[redacted]',
      operation: 'banks.[redacted]',
      resource_type: '[redacted]',
    },
  });
});

test('every form of a planted key is found, at any place of a file', () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'inner'));
  const key = ['pst', 'live', 'C4n4ry'.padEnd(43, 'Z'), 'a1B2c3'].join('_').replace('_C4', '_04');
  for (const { bytes, name } of canaryForms(key)) {
    writeFileSync(
      join(directory, 'inner', 'file'),
      Buffer.concat([Buffer.from('abc'), bytes, Buffer.from('d')]),
    );
    expect(findCanary(key, filesBelow(directory))).toContain(`${name} in inner/file`);
  }
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before, 7), Buffer.from(key), Buffer.from('!')]).toString(
      'base64',
    );
    expect(findCanary(key, new Map([['text', Buffer.from(encoded)]]))).not.toEqual([]);
  }
});
