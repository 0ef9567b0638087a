/**
 * The admin services over a real server, with ports that remember what they were asked.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PosternError } from '../../src/core/error.ts';
import type { CompanyRecord, KeyRecord } from '../../src/core/registry.ts';
import { createCompanyService } from '../../src/grpc/company-service.ts';
import { createKeyService } from '../../src/grpc/key-service.ts';
import { createPolicyService } from '../../src/grpc/policy-service.ts';
import { createSystemService } from '../../src/grpc/system-service.ts';
import type { CompanyAdmin, KeyAdmin, PolicyStatus, SystemStatus } from '../../src/pdp/admin-port.ts';
import { openTestServer, type TestServer } from '../support/grpc-server.ts';

const KEY_ID = 'key_0190a5d2-7c1e-7e11-8c55-30a59a377c5c';
const NOW_US = 1_800_000_000_000_001;
const KEY: KeyRecord = {
  keyId: KEY_ID,
  companyId: 'cmp_aurora',
  status: 'revoked',
  environment: 'test',
  label: 'Büro',
  scopes: ['payments:*'],
  networks: ['192.0.2.0/24'],
  createdAtUs: NOW_US,
  notBeforeUs: null,
  expiresAtUs: NOW_US + 1,
  lastUsedAtUs: null,
  version: 2 ** 40,
  revokedReason: 'lost',
};
const COMPANY: CompanyRecord = {
  companyId: 'cmp_aurora',
  status: 'suspended',
  plan: 'standard',
  label: 'Aurora',
  createdAtUs: NOW_US,
  version: 2,
};

let at: TestServer;
let asked: unknown[];
let policyStatus: PolicyStatus;
const OWNER = { identity: 'owner', listener: 'decision_tcp' };

const keys: KeyAdmin = {
  async create(...call) {
    asked.push(call);
    return { key: KEY, secret: 'pst_test_secret' };
  },
  get(keyId) {
    if (keyId !== KEY_ID) throw new PosternError('not_found', 'No such key.');
    return KEY;
  },
  list(filter) {
    asked.push(filter);
    return { rows: [KEY, KEY], editedIds: ['key_edited'], nextPageToken: 'next' };
  },
  async setStatus(...call) {
    asked.push(call);
    return KEY;
  },
};

const companies: CompanyAdmin = {
  async create(...call) {
    asked.push(call);
    throw new PosternError('already_exists', 'The company exists.', { facts: { company_id: 'cmp_aurora' } });
  },
  get: () => COMPANY,
  list(filter) {
    asked.push(filter);
    return { rows: [COMPANY], editedIds: ['cmp_edited'], nextPageToken: '' };
  },
  async setStatus(...call) {
    asked.push(call);
    return COMPANY;
  },
};

const CLOCK = { nowUs: NOW_US, wallOffsetUs: -1_500_000, jumpPending: true };
const SYSTEM: SystemStatus = {
  version: '1.2.3',
  nodeVersion: '24',
  sqliteVersion: '3',
  startedAtUs: NOW_US,
  ready: false,
  notReadyBecause: ['The clock jumped.'],
  ledger: {
    logId: 'log_1',
    logSize: 9,
    rootHash: new Uint8Array(32).fill(7),
    durability: 'disk',
    writable: true,
    dataDirectory: 'data',
    indexed: 8,
  },
  clock: CLOCK,
  evaluators: [{ number: 0, state: 'serving', kills: 1 }],
  decisionAddresses: ['127.0.0.1:7070'],
  environment: 'live',
};

beforeEach(async () => {
  asked = [];
  policyStatus = {
    activeRevision: 'rev',
    activatedAtUs: NOW_US,
    source: 'policies',
    trust: 'unsigned',
    generation: 3,
    lastRefusal: null,
  };
  at = await openTestServer({
    services: () => [
      createKeyService(keys),
      createCompanyService(companies),
      createPolicyService({ status: () => policyStatus }),
      createSystemService({
        status: async () => SYSTEM,
        async acceptClock(...call) {
          asked.push(call);
          return CLOCK;
        },
      }),
    ],
  });
});

afterEach(() => at.close());

test('a new key is made from what was asked, times exact, and its secret is in the answer', async () => {
  const { key, secret } = await at.client.keys.create({
    requestId: 'req-1',
    companyId: 'cmp_aurora',
    environment: 'test',
    label: 'Büro',
    scopes: ['payments:*'],
    networks: ['192.0.2.0/24'],
    expiresAt: { seconds: 1_800_000_001, nanos: 1_999 },
  });
  expect(asked).toEqual([
    [
      'req-1',
      {
        companyId: 'cmp_aurora',
        environment: 'test',
        label: 'Büro',
        scopes: ['payments:*'],
        networks: ['192.0.2.0/24'],
        notBeforeUs: null,
        expiresAtUs: 1_800_000_001_000_001,
      },
      OWNER,
    ],
  ]);
  expect(secret).toBe('pst_test_secret');
  expect(key).toEqual({
    keyId: KEY_ID,
    companyId: 'cmp_aurora',
    status: 'KEY_STATUS_REVOKED',
    environment: 'test',
    label: 'Büro',
    scopes: ['payments:*'],
    networks: ['192.0.2.0/24'],
    createdAt: { seconds: '1800000000', nanos: 1_000 },
    notBefore: null,
    expiresAt: { seconds: '1800000000', nanos: 2_000 },
    lastUsedAt: null,
    version: String(2 ** 40),
    revokedReason: 'lost',
  });
});

test('a faulty draft is refused with all its faults and reaches nobody', async () => {
  const draft = { requestId: '', companyId: 'a b', environment: 'prod', scopes: ['*'], networks: ['x'] };
  await expect(at.client.keys.create({ ...draft, notBefore: { seconds: -1 } })).rejects.toMatchObject({
    code: 'request_malformed',
    faults: ['request_id', 'company_id', 'environment', 'scopes[0]', 'networks[0]', 'not_before'].map(
      (field) => ({ field }),
    ),
  });
  expect(asked).toEqual([]);
});

test('keys are found, listed by page and filter, and change their status by their method', async () => {
  expect((await at.client.keys.get({ keyId: KEY_ID })).key?.keyId).toBe(KEY_ID);
  const other = KEY_ID.replace('0190', '0191');
  await expect(at.client.keys.get({ keyId: other })).rejects.toMatchObject({
    code: 'not_found',
    grpcStatus: 5,
  });
  await expect(at.client.keys.get({ keyId: 'x' })).rejects.toMatchObject({ faults: [{ field: 'key_id' }] });
  const page = await at.client.keys.list({
    companyId: 'cmp_aurora',
    status: 'KEY_STATUS_ACTIVE',
    pageSize: 7,
  });
  expect(page).toMatchObject({
    keys: [{ keyId: KEY_ID }, {}],
    editedKeyIds: ['key_edited'],
    nextPageToken: 'next',
  });
  await at.client.keys.list({});
  await at.client.keys.activate({ keyId: KEY_ID });
  await at.client.keys.deactivate({ keyId: KEY_ID });
  await at.client.keys.revoke({ keyId: KEY_ID, reason: 'lost' });
  expect(asked).toEqual([
    { companyId: 'cmp_aurora', status: 'active', pageSize: 7, pageToken: '' },
    { companyId: '', status: null, pageSize: 100, pageToken: '' },
    [KEY_ID, 'active', '', OWNER],
    [KEY_ID, 'inactive', '', OWNER],
    [KEY_ID, 'revoked', 'lost', OWNER],
  ]);
  await expect(at.client.keys.list({ pageSize: 1_001 })).rejects.toMatchObject({
    faults: [{ field: 'page_size' }],
  });
});

test('companies are created, listed, suspended and reactivated', async () => {
  await expect(at.client.companies.create({ companyId: 'cmp_aurora' })).rejects.toMatchObject({
    code: 'already_exists',
    grpcStatus: 6,
    facts: { company_id: 'cmp_aurora' },
  });
  expect((await at.client.companies.get({ companyId: 'cmp_aurora' })).company).toEqual({
    companyId: 'cmp_aurora',
    status: 'COMPANY_STATUS_SUSPENDED',
    plan: 'standard',
    label: 'Aurora',
    createdAt: { seconds: '1800000000', nanos: 1_000 },
    version: '2',
  });
  const { companies: rows } = await at.client.companies.list({
    status: 'COMPANY_STATUS_CLOSED',
    pageToken: 't',
  });
  expect(rows).toHaveLength(1);
  await at.client.companies.suspend({ companyId: 'cmp_aurora', reason: 'unpaid' });
  await at.client.companies.reactivate({ companyId: 'cmp_aurora' });
  expect(asked).toEqual([
    [{ companyId: 'cmp_aurora', plan: 'standard', label: '' }, OWNER],
    { status: 'closed', pageSize: 100, pageToken: 't' },
    ['cmp_aurora', 'suspended', 'unpaid', OWNER],
    ['cmp_aurora', 'active', '', OWNER],
  ]);
  const long = { companyId: 'cmp_aurora', reason: 'x'.repeat(257) };
  await expect(at.client.companies.suspend(long)).rejects.toMatchObject({ faults: [{ field: 'reason' }] });
});

test('the policy’s status tells the revision in force and why the last candidate is not', async () => {
  expect(await at.client.policy.status({})).toMatchObject({
    activeRevision: 'rev',
    activatedAt: { seconds: '1800000000' },
    trust: 'unsigned',
    generation: '3',
    lastRefusal: null,
  });
  policyStatus = {
    ...policyStatus,
    activeRevision: '',
    lastRefusal: {
      refusedAtUs: NOW_US,
      revision: 'bad',
      problems: [{ file: 'a.rego', line: 3, message: 'unexpected token' }],
    },
  };
  expect(await at.client.policy.status({})).toMatchObject({
    activatedAt: null,
    lastRefusal: { revision: 'bad', problems: [{ file: 'a.rego', line: 3, message: 'unexpected token' }] },
  });
});

test('the system’s status is told whole, and the clock is accepted with a reason', async () => {
  const status = await at.client.system.status({});
  expect(status).toMatchObject({
    version: '1.2.3',
    ready: false,
    notReadyBecause: ['The clock jumped.'],
    ledger: { logId: 'log_1', logSize: '9', durability: 'disk', writable: true, indexed: '8' },
    clock: { now: { nanos: 1_000 }, wallOffset: { seconds: '-1', nanos: -500_000_000 }, jumpPending: true },
    evaluators: [{ number: 0, state: 'serving', kills: 1 }],
    decisionAddresses: ['127.0.0.1:7070'],
    environment: 'live',
  });
  expect(status.ledger?.rootHash).toEqual(Buffer.alloc(32, 7));
  expect((await at.client.system.acceptClock({ reason: 'moved' })).clock?.jumpPending).toBe(true);
  expect(asked).toEqual([['moved', OWNER]]);
});
