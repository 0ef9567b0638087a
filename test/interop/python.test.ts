/**
 * Any host language works: programs in Python, over stubs that protoc makes of our contract, make every kind of
 * call at a running sidecar and see what the TypeScript client sees. Run with POSTERN_PYTHON set; without it
 * vitest.config.ts leaves this file out and says so.
 */
import { expect, test } from 'vitest';
import { CallError } from '../../src/client/call-error.ts';
import type { SidecarClient } from '../../src/client/connect.ts';
import { structOf } from '../../src/client/struct.ts';
import type { CheckResponse__Output } from '../../src/grpc/gen/postern/v1/CheckResponse.ts';
import { lastingPartOf, makeHostChecks, type PlainCheck } from '../support/host-checks.ts';
import { generateStubs, runPython } from '../support/python-stubs.ts';
import { startSidecar } from '../support/sidecar.ts';
import { readRecords, verifyLog } from '../support/sidecar-log.ts';

const PATIENT = { limits: { sourceFailures: { burst: 10_000 } } };

interface Failure {
  readonly status?: string;
  readonly code?: number;
  readonly domain?: string;
  readonly reason?: string;
  readonly fields?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
}

interface HostTold {
  readonly health: string;
  readonly checks: Readonly<Record<string, CheckResponse__Output>>;
  readonly batch: readonly { readonly response?: CheckResponse__Output; readonly error?: Failure }[];
  readonly stream: Readonly<Record<string, string | Failure>>;
  readonly outcomes: readonly string[];
  readonly failures: Readonly<Record<string, Failure>>;
}

const FAILURES: Readonly<Record<string, PlainCheck>> = {
  'no request id': { operation: 'payments.create' },
  'two faults': { requestId: 'ü', operation: 'a b' },
  'a later part': { requestId: 'f-3', operation: 'payments.create', grant: 'g' },
};

const forTypeScript = ({ context, ...check }: PlainCheck) =>
  context === undefined ? check : { ...check, context: structOf(context) };

test('a host in Python gets the answers and the errors that a host in TypeScript gets', async () => {
  const stubs = await generateStubs();
  const sidecar = await startSidecar(PATIENT);
  const { apiKey, checks, reasons } = await makeHostChecks(sidecar.admin);
  const job = {
    address: `unix:${sidecar.place.decisionSocket}`,
    api_key: apiKey,
    checks,
    failures: FAILURES,
  };
  const told = await runPython<HostTold>(stubs, 'host.py', job);

  expect(told.health).toBe(await sidecar.host.health.check());
  for (const [name, check] of Object.entries(checks)) {
    const answer = told.checks[name];
    if (answer === undefined) throw new Error(`${name} was not told`);
    expect(answer.reason, name).toBe(`REASON_${reasons[name]?.toUpperCase()}`);
    const ours = await sidecar.host.authorization.check(forTypeScript(check));
    expect(lastingPartOf(answer), name).toEqual(lastingPartOf(ours));
  }

  expect(told.batch.map(({ response }) => response?.reason)).toEqual([
    'REASON_ALLOWED',
    'REASON_CLAIM_COMPANY_MISMATCH',
    undefined,
  ]);
  expect(told.batch[2]?.error).toMatchObject({
    code: 3,
    reason: 'REQUEST_MALFORMED',
    fields: ['items[2].operation'],
  });
  const { outcome, 's-bad': bad, 's-none': none, ...streamed } = told.stream;
  expect({ outcome, none }).toEqual({ outcome: 'STATE_RECORDED', none: 'REASON_KEY_MISSING' });
  expect(bad).toMatchObject({ code: 3, reason: 'REQUEST_MALFORMED', fields: ['operation'] });
  const sent = Array.from({ length: 100 }, (_, place) => [`s-${place}`, 'REASON_ALLOWED']);
  expect(streamed).toEqual(Object.fromEntries(sent));
  expect(told.outcomes).toEqual(['STATE_RECORDED', 'STATE_ALREADY_RECORDED', 'STATE_DECISION_UNKNOWN']);

  for (const [name, check] of Object.entries(FAILURES)) {
    const ours = await sidecar.host.authorization.check(forTypeScript(check)).catch((error) => error);
    expect(ours, name).toBeInstanceOf(CallError);
    expect(told.failures[name], name).toMatchObject({
      code: ours.grpcStatus,
      domain: 'postern',
      reason: ours.code.toUpperCase(),
      fields: ours.faults.map(({ field }: { field: string }) => field),
    });
  }
  expect(Object.values(told.failures).map(({ status }) => status)).toEqual([
    'INVALID_ARGUMENT',
    'INVALID_ARGUMENT',
    'UNIMPLEMENTED',
  ]);

  const decided = (await readRecords(sidecar.admin)).filter(({ kind }) => kind === 'decision');
  const everyCheck = 2 * Object.keys(checks).length;
  // And two whose outcomes were reported, two of the batch, 101 of the stream.
  expect(decided.length).toBe(everyCheck + 2 + 2 + 101);
});

interface AdminTold {
  readonly company: { readonly companyId: string; readonly status: string; readonly plan: string };
  readonly key_id: string;
  readonly deactivated: string;
  readonly revoked: { readonly status: string; readonly revokedReason: string; readonly label: string };
  readonly listed: readonly { readonly keyId: string; readonly status: string }[];
  readonly checks: readonly { reason: string; company: string; index: number; leaf: string }[];
  readonly failures: Readonly<Record<string, Failure>>;
  readonly queried: readonly (readonly [index: number, leaf: string])[];
  readonly tailed: readonly (readonly [index: number, leaf: string])[];
  readonly verified: { readonly ok: boolean; readonly root: string; readonly size: number };
  readonly revision: string;
  readonly ready: boolean;
  readonly environment: string;
}

function expectRefusals(told: AdminTold): void {
  expect(told.failures['again']).toMatchObject({
    status: 'ALREADY_EXISTS',
    reason: 'ALREADY_EXISTS',
    metadata: { key_id: told.key_id },
  });
  expect(told.failures['absent']).toMatchObject({
    status: 'NOT_FOUND',
    reason: 'NOT_FOUND',
    domain: 'postern',
  });
  expect(told.failures['activate revoked']).toMatchObject({
    status: 'FAILED_PRECONDITION',
    reason: 'STATE_CONFLICT',
  });
  expect(told.failures['many faults']).toMatchObject({
    status: 'INVALID_ARGUMENT',
    fields: ['request_id', 'company_id', 'environment', 'networks[0]'],
  });
}

/** The index holds what was recorded before it was asked: pages of two, newest first, and the tail agree. */
async function expectSameRecords(told: AdminTold, admin: SidecarClient): Promise<void> {
  const logged = (await readRecords(admin)).filter(({ leaf }) => leaf.includes('"company_id":"cmp_corona"'));
  const expected = logged.map(({ index, leaf }) => [String(index), leaf.toString('hex')]);
  const asText = (rows: AdminTold['queried']) => rows.map(([index, leaf]) => [String(index), leaf]);
  expect(expected.length).toBeGreaterThanOrEqual(6);
  expect(asText(told.tailed)).toEqual(expected);
  expect(asText(told.queried).toReversed()).toEqual(expected);
  for (const { index, leaf } of told.checks) expect(expected).toContainEqual([String(index), leaf]);
}

test('an administrator in Python makes and ends a key, and reads the records that are there', async () => {
  const stubs = await generateStubs();
  const sidecar = await startSidecar();
  const { admin, place } = sidecar;
  const told = await runPython<AdminTold>(stubs, 'admin.py', {
    admin: `unix:${place.adminSocket}`,
    decision: sidecar.tcp,
  });

  expect(told.company).toMatchObject({
    companyId: 'cmp_corona',
    status: 'COMPANY_STATUS_ACTIVE',
    plan: 'standard',
  });
  expect(told.checks.map(({ reason, company }) => [reason, company])).toEqual([
    ['REASON_ALLOWED', 'cmp_corona'],
    ['REASON_KEY_INACTIVE', ''],
    ['REASON_KEY_REVOKED', ''],
  ]);
  const { key } = await admin.keys.get({ keyId: told.key_id });
  expect(told.deactivated).toBe('KEY_STATUS_INACTIVE');
  expect(told.revoked).toMatchObject({
    status: key?.status,
    revokedReason: key?.revokedReason,
    label: key?.label,
    version: key?.version,
  });
  expect(key).toMatchObject({
    status: 'KEY_STATUS_REVOKED',
    label: 'Ключ 鍵',
    revokedReason: 'the test is over',
  });
  expect(told.listed.map(({ keyId, status }) => [keyId, status])).toEqual([
    [told.key_id, 'KEY_STATUS_REVOKED'],
  ]);

  expectRefusals(told);
  await expectSameRecords(told, admin);
  const verified = await verifyLog(admin);
  expect(told.verified).toMatchObject({ ok: verified.ok, root: verified.rootHash.toString('hex') });
  expect(verified.ok).toBe(true);
  const { activeRevision } = await admin.policy.status({});
  expect(told).toMatchObject({ revision: activeRevision, ready: true, environment: 'live' });
});
