// The policy's input is exactly the contract's object, with the members that the policies' own schema
// asks for.
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { encodeCompanyPart, encodeKeyPart, encodePolicyInput } from './policy-input.ts';
import type { CheckItem } from './request.ts';
import { formatTime } from './time-text.ts';

const KEY = {
  keyId: 'key_1',
  companyId: 'cmp_aurora',
  status: 'active',
  environment: 'live',
  label: 'not for the policy',
  scopes: ['payments:*', 'banks:read'],
  networks: ['192.0.2.0/24'],
  createdAtUs: 1_600_000_000_000_001,
  notBeforeUs: null,
  expiresAtUs: 1_900_000_000_000_000,
  lastUsedAtUs: null,
  version: 3,
  revokedReason: '',
} as const;
const COMPANY = {
  companyId: 'cmp_aurora',
  status: 'active',
  plan: 'standard',
  label: '',
  createdAtUs: 1,
  version: 1,
} as const;
const ITEM: CheckItem = {
  requestId: 'req "1"',
  correlationId: 'corr',
  operation: 'banks.read',
  resource: { type: 'bank', id: 'bänk\u2028-1', companyId: '', attributes: '{"a":[1.5,null,{"b":"ü\\""}]}' },
  claimedCompanyIds: ['cmp_aurora'],
  cost: 0,
  context: null,
  faults: { resourceMalformed: false, claimMalformed: false },
};

function input(item: CheckItem, source = { ip: '192.0.2.1' as string | null, userAgent: 'curl' }) {
  const text = encodePolicyInput({
    item,
    source,
    keyPart: encodeKeyPart(KEY),
    companyPart: encodeCompanyPart(COMPANY),
    environment: 'live',
    nowUs: 1_893_456_000_000_042,
  });
  return JSON.parse(text);
}

test('the input is the contract’s object, whole', () => {
  expect(input(ITEM)).toEqual({
    request: {
      id: 'req "1"',
      operation: 'banks.read',
      resource: {
        type: 'bank',
        id: 'bänk\u2028-1',
        company_id: null,
        attributes: { a: [1.5, null, { b: 'ü"' }] },
      },
      claimed_company_ids: ['cmp_aurora'],
      source: { ip: '192.0.2.1', user_agent: 'curl' },
      cost: 0,
      context: null,
      time: '2030-01-01T00:00:00.000042Z',
      time_us: 1_893_456_000_000_042,
    },
    key: {
      id: 'key_1',
      company_id: 'cmp_aurora',
      status: 'active',
      environment: 'live',
      scopes: ['payments:*', 'banks:read'],
      created_at: 1_600_000_000_000_001,
      not_before: null,
      expires_at: 1_900_000_000_000_000,
      last_used_at: null,
      networks: ['192.0.2.0/24'],
      labels: {},
    },
    company: { id: 'cmp_aurora', status: 'active', plan: 'standard', labels: {} },
    environment: 'live',
    signals: [],
  });
});

test('absent things are null', () => {
  const { request } = input({ ...ITEM, resource: null }, { ip: null, userAgent: '' });
  expect(request).toMatchObject({ resource: null, source: { ip: null, user_agent: null } });
});

test('a lone surrogate never reaches the policy', () => {
  expect(() => input({ ...ITEM, operation: '\ud800' })).toThrow();
});

const isInput = new Ajv({ strictTypes: false }).compile(
  JSON.parse(readFileSync('policies/schemas/input.json', 'utf8')),
);

test('the input is what the policies’ schema says, whatever is absent', () => {
  for (const written of [input(ITEM), input({ ...ITEM, resource: null }, { ip: null, userAgent: '' })]) {
    expect(isInput(written), JSON.stringify(isInput.errors)).toBe(true);
  }
});

test.each([
  ['request', 'time_us'],
  ['key', 'created_at'],
  ['key', 'not_before'],
  ['key', 'expires_at'],
  ['key', 'last_used_at'],
])('the schema takes %s.%s as whole microseconds and nothing else', (part, name) => {
  const withTime = (time: unknown) => {
    const whole = input(ITEM);
    return { ...whole, [part]: { ...Object(whole[part]), [name]: time } };
  };
  expect(isInput(withTime(1_893_456_000_000_042))).toBe(true);
  for (const time of ['2030-01-01T00:00:00Z', '1893456000000042', 1.5, -1, 2 ** 53, true]) {
    expect(isInput(withTime(time)), String(time)).toBe(false);
  }
});

test.each([
  [0, '1970-01-01T00:00:00.000000Z'],
  [1_709_164_800_123_456, '2024-02-29T00:00:00.123456Z'],
  [1_709_164_800_999_999, '2024-02-29T00:00:00.999999Z'],
  [1_709_164_801_000_000, '2024-02-29T00:00:01.000000Z'],
])('%d µs is %s', (timeUs, text) => {
  expect(formatTime(timeUs)).toBe(text);
});
