// Authentication: each failure, its edges in time, and which of several is named.
import { expect, test } from 'vitest';
import { judgeAuthentication, judgeKey, type ResolvedKey } from './judge-key.ts';
import type { CompanyRecord, KeyRecord } from './registry.ts';

const NOW_US = 1_700_000_000_000_000;
const FACTS = { nowUs: NOW_US, environment: 'live', ip: '192.0.2.7' } as const;
const KEY: KeyRecord = {
  keyId: 'key_1',
  companyId: 'cmp_aurora',
  status: 'active',
  environment: 'live',
  label: '',
  scopes: [],
  networks: [],
  createdAtUs: 1,
  notBeforeUs: null,
  expiresAtUs: null,
  lastUsedAtUs: null,
  version: 1,
  revokedReason: '',
};
const COMPANY: CompanyRecord = {
  companyId: 'cmp_aurora',
  status: 'active',
  plan: 'standard',
  label: '',
  createdAtUs: 1,
  version: 1,
};

function found(key: Partial<KeyRecord> = {}, company: Partial<CompanyRecord> = {}): ResolvedKey {
  return { key: { ...KEY, ...key }, company: { ...COMPANY, ...company } };
}

test.each([
  ['nothing wrong', found(), null],
  ['no such key', null, 'key_unknown'],
  ['revoked', found({ status: 'revoked' }), 'key_revoked'],
  ['inactive', found({ status: 'inactive' }), 'key_inactive'],
  ['not valid for one more microsecond', found({ notBeforeUs: NOW_US + 1 }), 'key_not_yet_valid'],
  ['valid from this microsecond on', found({ notBeforeUs: NOW_US }), null],
  ['expired this microsecond', found({ expiresAtUs: NOW_US }), 'key_expired'],
  ['valid for one more microsecond', found({ expiresAtUs: NOW_US + 1 }), null],
  ['a test key here', found({ environment: 'test' }), 'environment_mismatch'],
  ['a suspended company', found({}, { status: 'suspended' }), 'company_inactive'],
  ['a closed company', found({}, { status: 'closed' }), 'company_inactive'],
  ['inside its networks', found({ networks: ['2001:db8::/32', '192.0.2.0/24'] }), null],
  ['outside its networks', found({ networks: ['198.51.100.0/24'] }), 'network_not_allowed'],
  ['a network that cannot be read', found({ networks: ['anywhere'] }), 'network_not_allowed'],
  ['beside another company’s row', found({}, { companyId: 'cmp_borealis' }), 'key_unknown'],
])('%s: %j gives %s', (_name, row, reason) => {
  expect(judgeKey(row, FACTS)).toBe(reason);
});

test('a key bound to networks needs an address', () => {
  expect(judgeKey(found({ networks: ['0.0.0.0/0'] }), { ...FACTS, ip: null })).toBe('network_not_allowed');
});

test('of several failures the first in the order of precedence is named', () => {
  const order = [
    [{ status: 'revoked' }, {}, 'key_revoked'],
    [{ status: 'inactive' }, {}, 'key_inactive'],
    [{ notBeforeUs: NOW_US + 1 }, {}, 'key_not_yet_valid'],
    [{ expiresAtUs: NOW_US }, {}, 'key_expired'],
    [{ environment: 'test' }, {}, 'environment_mismatch'],
    [{}, { status: 'suspended' }, 'company_inactive'],
    [{ networks: ['198.51.100.0/24'] }, {}, 'network_not_allowed'],
  ] as const;
  order.forEach(([, , expected], first) => {
    const failures = order.slice(first).toReversed();
    const key = Object.assign({}, ...failures.map((each) => each[0]));
    const company = Object.assign({}, ...failures.map((each) => each[1]));
    expect(judgeKey(found(key, company), FACTS)).toBe(expected);
  });
});

test('a key found for a credential that was not one authenticates nobody', () => {
  expect(judgeAuthentication({ ...FACTS, presented: 'missing', found: found() })).toBe('key_missing');
  expect(judgeAuthentication({ ...FACTS, presented: 'malformed', found: found() })).toBe('key_malformed');
  expect(judgeAuthentication({ ...FACTS, presented: 'key', found: found() })).toBeNull();
});
