// Finding and listing keys and companies, over a database that the ledger wrote.
import { expect, test } from 'vitest';
import { apply, call, createKeyCommand, openSeeded, settle } from '../../test/support/ledger-world.ts';
import { LOOKUP, READ_US, registryOptionsOf, SUSPEND } from '../../test/support/registry-options.ts';
import { thrownBy } from '../../test/support/thrown-by.ts';
import type { KeyRecord } from '../core/registry.ts';
import { RowMemo } from '../pdp/row-memo.ts';
import { checkRegistry } from './check-registry.ts';
import { openRegistryLister } from './registry-lister.ts';
import { openRegistryReader } from './registry-reader.ts';

function keyOf(read: KeyRecord | 'edited' | null): KeyRecord | null {
  return read === 'edited' ? null : read;
}

test('a key is found by its hash, with its company and its last use', () => {
  const { world, ledger } = openSeeded();
  const createdAtUs = world.wallUs;
  settle(ledger, call());
  world.fold(ledger);
  const reader = openRegistryReader(registryOptionsOf(world));
  expect(reader.findKey([LOOKUP], 0, READ_US)).toEqual({
    keySeq: 1,
    memo: expect.any(RowMemo),
    key: {
      keyId: 'key_one',
      companyId: 'cmp_aurora',
      status: 'active',
      environment: 'live',
      label: 'A fictional key',
      scopes: ['payments:*'],
      networks: [],
      createdAtUs,
      notBeforeUs: null,
      expiresAtUs: null,
      lastUsedAtUs: createdAtUs,
      version: 1,
      revokedReason: '',
    },
    company: {
      companyId: 'cmp_aurora',
      status: 'active',
      plan: 'standard',
      label: 'Aurora',
      createdAtUs,
      version: 1,
    },
  });
  reader.close();
  ledger.close();
});

test('the admin side is shown a last use as soon as the ledger gave it to its table', () => {
  const { world, ledger } = openSeeded();
  const lister = openRegistryLister(registryOptionsOf(world));
  const shown = () => [
    keyOf(lister.key('key_one'))?.lastUsedAtUs,
    lister.keys({ companyId: '', status: null, pageSize: 10, pageToken: '' }).rows[0]?.lastUsedAtUs,
  ];
  expect(shown()).toEqual([null, null]);
  settle(ledger, call());
  const usedAtUs = world.wallUs;
  world.tick(ledger, 11);
  expect(shown()).toEqual([usedAtUs, usedAtUs]);
  lister.close();
  ledger.close();
});

test('the answer to a command shows the last use to the microsecond', () => {
  const { world, ledger } = openSeeded();
  const deactivate = { kind: 'set_key_status', keyId: 'key_one', status: 'inactive', why: '' } as const;
  settle(ledger, call());
  const usedAtUs = world.wallUs;
  world.pass(10_000);
  expect(apply(ledger, deactivate)).toMatchObject({
    result: { result: { key: { lastUsedAtUs: usedAtUs } } },
  });
  ledger.close();
});

test.for([
  ["UPDATE keys SET status = 'inactive'", 'keys', 'key_one'],
  ["UPDATE keys SET company_id = 'cmp_borealis'", 'keys', 'key_one'],
  ['UPDATE keys SET scopes = \'["*"]\'', 'keys', 'key_one'],
  ['UPDATE keys SET expires_at_us = 1', 'keys', 'key_one'],
  ['UPDATE keys SET version = 2', 'keys', 'key_one'],
  ['UPDATE keys SET networks = \'["192.0.2.0/24"]\'', 'keys', 'key_one'],
  ["UPDATE keys SET environment = 'test'", 'keys', 'key_one'],
  // The right bytes, but not as they are written.
  ['UPDATE keys SET mac = lower(hex(mac))', 'keys', 'key_one'],
  ['UPDATE keys SET mac = CAST(mac AS TEXT)', 'keys', 'key_one'],
  ["UPDATE keys SET mac = x''", 'keys', 'key_one'],
  ["UPDATE companies SET status = 'closed'", 'companies', 'cmp_aurora'],
  ["UPDATE companies SET plan = 'unlimited'", 'companies', 'cmp_aurora'],
] as const)('after `%s` the row is reported and not found', ([sql, table, id]) => {
  const { world, ledger } = openSeeded();
  apply(ledger, { kind: 'create_company', companyId: 'cmp_borealis', plan: 'standard', label: '' });
  ledger.close();
  world.edit(`${sql} ${table === 'keys' ? "WHERE key_id = 'key_one'" : "WHERE company_id = 'cmp_aurora'"}`);
  const options = registryOptionsOf(world);
  const reader = openRegistryReader(options);
  expect(reader.findKey([LOOKUP], 0, READ_US)).toBeNull();
  reader.close();
  const lister = openRegistryLister(options);
  expect(table === 'keys' ? lister.key(id) : lister.company(id)).toBe('edited');
  lister.close();
  expect(options.damaged).toEqual([
    { table, id },
    { table, id },
  ]);
});

test('a list names the rows that it leaves out because they were edited, page by page', () => {
  const { world, ledger } = openSeeded();
  for (const keyId of ['key_2', 'key_3', 'key_4']) apply(ledger, createKeyCommand(keyId));
  for (const companyId of ['cmp_borealis', 'cmp_corona']) {
    world.monoUs += 1_000;
    apply(ledger, { kind: 'create_company', companyId, plan: 'standard', label: '' });
  }
  ledger.close();
  world.edit("UPDATE keys SET scopes = '[]' WHERE key_id IN ('key_2', 'key_4')");
  // An id may be edited too: what is shown is short and well-formed.
  world.edit("UPDATE companies SET company_id = printf('%.*c', 500, 'x') WHERE company_id = 'cmp_borealis'");
  const options = registryOptionsOf(world);
  const lister = openRegistryLister(options);
  const page = (pageToken: string) => {
    const read = lister.keys({ companyId: '', status: null, pageSize: 3, pageToken });
    return { ...read, rows: read.rows.map(({ keyId }) => keyId) };
  };
  const first = page('');
  expect(first).toMatchObject({ rows: ['key_one', 'key_3'], editedIds: ['key_2'] });
  expect(page(first.nextPageToken)).toEqual({ rows: [], editedIds: ['key_4'], nextPageToken: '' });
  const companies = lister.companies({ status: null, pageSize: 9, pageToken: '' });
  expect(companies.rows.map(({ companyId }) => companyId)).toEqual(['cmp_aurora', 'cmp_corona']);
  expect(companies.editedIds).toEqual(['x'.repeat(128)]);
  expect(options.damaged.map(({ id }) => id)).toEqual(['key_2', 'key_4', 'x'.repeat(128)]);
  lister.close();
});

test('a row that was edited to stand before all others is looked at and listed like the rest', () => {
  const { world, ledger } = openSeeded();
  apply(ledger, createKeyCommand('key_2'));
  world.monoUs += 1_000;
  apply(ledger, { kind: 'create_company', companyId: 'cmp_borealis', plan: 'standard', label: '' });
  ledger.close();
  world.edit("UPDATE keys SET seq = -7 WHERE key_id = 'key_2'");
  world.edit("UPDATE companies SET created_at_us = -7 WHERE company_id = 'cmp_borealis'");
  const options = registryOptionsOf(world);
  expect(checkRegistry(options.path, options.rowMac)).toEqual({
    companies: 2,
    keys: 2,
    edited: [
      { table: 'keys', id: 'key_2' },
      { table: 'companies', id: 'cmp_borealis' },
    ],
  });
  const lister = openRegistryLister(options);
  const first = { status: null, pageSize: 1, pageToken: '' };
  const keys = lister.keys({ companyId: '', ...first });
  const companies = lister.companies(first);
  expect([keys.editedIds, companies.editedIds]).toEqual([['key_2'], ['cmp_borealis']]);
  const nextKeys = lister.keys({ companyId: '', ...first, pageToken: keys.nextPageToken });
  const nextCompanies = lister.companies({ ...first, pageToken: companies.nextPageToken });
  expect(nextKeys).toMatchObject({ rows: [{ keyId: 'key_one' }], nextPageToken: '' });
  expect(nextCompanies).toMatchObject({ rows: [{ companyId: 'cmp_aurora' }], nextPageToken: '' });
  lister.close();
});

test('a list goes on after a row whose id was edited to hold a line break', () => {
  const { world, ledger } = openSeeded();
  world.monoUs += 1_000;
  apply(ledger, { kind: 'create_company', companyId: 'cmp_borealis', plan: 'standard', label: '' });
  ledger.close();
  world.edit("UPDATE companies SET company_id = char(10) || 'x' WHERE company_id = 'cmp_aurora'");
  const lister = openRegistryLister(registryOptionsOf(world));
  const first = lister.companies({ status: null, pageSize: 1, pageToken: '' });
  const next = lister.companies({ status: null, pageSize: 1, pageToken: first.nextPageToken });
  expect([first.editedIds, next.rows]).toMatchObject([['\nx'], [{ companyId: 'cmp_borealis' }]]);
  lister.close();
});

test('a row that was moved to another key does not get its rights', () => {
  const { world, ledger } = openSeeded();
  apply(ledger, createKeyCommand('key_two'));
  ledger.close();
  // The hash of the second key under the first key's row.
  world.edit('DELETE FROM keys WHERE seq = 2');
  world.edit(
    `UPDATE keys SET lookup = X'${createKeyCommand('key_two').lookup.toString('hex')}' WHERE seq = 1`,
  );
  const reader = openRegistryReader(registryOptionsOf(world));
  expect(reader.findKey([createKeyCommand('key_two').lookup.toString('hex')], 0, READ_US)).toBeNull();
  reader.close();
});

test('pages of keys neither repeat nor lose one, while keys are made in between', () => {
  const { world, ledger } = openSeeded();
  apply(ledger, { kind: 'create_company', companyId: 'cmp_borealis', plan: 'standard', label: '' });
  for (let key = 2; key <= 7; key++) {
    const companyId = key % 2 === 0 ? 'cmp_aurora' : 'cmp_borealis';
    apply(ledger, createKeyCommand(`key_${key}`, { companyId }));
  }
  apply(ledger, { kind: 'set_key_status', keyId: 'key_4', status: 'revoked', why: '' });
  const lister = openRegistryLister(registryOptionsOf(world));
  const pages = (companyId: string, status: 'active' | 'revoked' | null): string[] => {
    const ids: string[] = [];
    let pageToken = '';
    do {
      const page = lister.keys({ companyId, status, pageSize: 2, pageToken });
      ids.push(...page.rows.map((key) => key.keyId));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return ids;
  };
  expect(pages('', null)).toEqual(['key_one', 'key_2', 'key_3', 'key_4', 'key_5', 'key_6', 'key_7']);
  expect(pages('cmp_aurora', null)).toEqual(['key_one', 'key_2', 'key_4', 'key_6']);
  expect(pages('cmp_aurora', 'active')).toEqual(['key_one', 'key_2', 'key_6']);
  expect(pages('', 'revoked')).toEqual(['key_4']);
  const first = lister.keys({ companyId: '', status: null, pageSize: 5, pageToken: '' });
  apply(ledger, createKeyCommand('key_8'));
  const rest = lister.keys({ companyId: '', status: null, pageSize: 5, pageToken: first.nextPageToken });
  expect(rest.rows.map((key) => key.keyId)).toEqual(['key_6', 'key_7', 'key_8']);
  expect(rest.nextPageToken).toBe('');
  lister.close();
  ledger.close();
});

test('pages of companies go by their creation, and neither repeat nor lose one made in between', () => {
  const { world, ledger } = openSeeded();
  const create = (companyId: string) => {
    world.monoUs += 1_000;
    apply(ledger, { kind: 'create_company', companyId, plan: 'standard', label: '' });
  };
  for (const companyId of ['zeta', 'cmp_c', 'Alpha', '9']) create(companyId);
  apply(ledger, { ...SUSPEND, companyId: 'cmp_c' });
  const lister = openRegistryLister(registryOptionsOf(world));
  const page = (pageSize: number, pageToken: string, status: 'active' | null = null) => {
    const { rows, nextPageToken } = lister.companies({ status, pageSize, pageToken });
    return { ids: rows.map((company) => company.companyId), nextPageToken };
  };
  expect(page(9, '').ids).toEqual(['cmp_aurora', 'zeta', 'cmp_c', 'Alpha', '9']);
  const first = page(2, '', 'active');
  expect(first.ids).toEqual(['cmp_aurora', 'zeta']);
  create('aaa');
  const second = page(2, first.nextPageToken, 'active');
  expect(second.ids).toEqual(['Alpha', '9']);
  expect(page(2, second.nextPageToken, 'active')).toEqual({ ids: ['aaa'], nextPageToken: '' });
  lister.close();
  ledger.close();
});

test('a page of long rows ends before it is longer than clients accept', () => {
  const { world, ledger } = openSeeded();
  const scopes = Array.from({ length: 64 }, (_, scope) => `${'s'.repeat(120)}:${scope}`);
  for (let key = 0; key < 300; key++) {
    const command = createKeyCommand(`key_of_many_scopes_${key}`);
    apply(ledger, { ...command, draft: { ...command.draft, scopes } });
  }
  const lister = openRegistryLister(registryOptionsOf(world));
  const first = lister.keys({ companyId: '', status: null, pageSize: 1_000, pageToken: '' });
  expect(JSON.stringify(first.rows).length).toBeLessThan(2_500_000);
  const rest = lister.keys({ companyId: '', status: null, pageSize: 1_000, pageToken: first.nextPageToken });
  expect(first.rows.length + rest.rows.length).toBe(301);
  expect(rest.nextPageToken).toBe('');
  lister.close();
  ledger.close();
});

test('a page token that was not given out, or for another list, is refused', () => {
  const { world, ledger } = openSeeded();
  const lister = openRegistryLister(registryOptionsOf(world));
  apply(ledger, createKeyCommand('key_2'));
  apply(ledger, { kind: 'create_company', companyId: 'cmp_borealis', plan: 'standard', label: '' });
  const keys = (pageToken: string, companyId = '', status: 'active' | null = null) =>
    lister.keys({ companyId, status, pageSize: 1, pageToken });
  const companies = (pageToken: string, status: 'active' | null = null) =>
    lister.companies({ status, pageSize: 1, pageToken });
  const ofKeys = keys('').nextPageToken;
  const ofCompanies = companies('').nextPageToken;
  expect([keys(ofKeys).rows.length, companies(ofCompanies).rows.length]).toEqual([1, 1]);
  const attempts: (() => unknown)[] = [
    ...['!', 'garbage', 'AA', ' ', '1', ofKeys.slice(0, -1), `${ofKeys}=!`].map((token) => () => keys(token)),
    ...['!', 'garbage', 'AA', ' ', '1', `${ofCompanies.slice(0, -13)}`].map(
      (token) => () => companies(token),
    ),
    () => keys(ofKeys, 'cmp_aurora'),
    () => keys(ofKeys, '', 'active'),
    () => keys(ofCompanies),
    () => companies(ofCompanies, 'active'),
    () => companies(ofKeys),
  ];
  for (const attempt of attempts) {
    expect(thrownBy(attempt)).toMatchObject({
      code: 'request_malformed',
      faults: [{ field: 'page_token' }],
    });
  }
  lister.close();
  ledger.close();
});
