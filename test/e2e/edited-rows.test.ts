/**
 * Rows of keys and companies that somebody edited in the database are not believed. Whoever administers is told
 * so wherever such a row would have been shown: a list that is silently shorter looks whole.
 */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqlite } from '../../src/storage/sqlite.ts';
import { run } from '../cli/captured-terminal.ts';
import { newPlace, type SidecarPlace, startSidecar } from '../support/sidecar.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

/** Two companies with a key each; then, while nothing runs, the row of one of both is edited. */
async function editedPlace() {
  const place = await newPlace();
  const sidecar = await startSidecar(place);
  await createCompany(sidecar.admin, 'cmp_aurora');
  await createCompany(sidecar.admin, 'cmp_borealis');
  const { keyId: whole } = await createKey(sidecar.admin, 'cmp_aurora');
  const { keyId: edited } = await createKey(sidecar.admin, 'cmp_aurora');
  expect(await sidecar.stop()).toEqual({ code: 0, signal: null });
  const database = openSqlite(join(place.dataDirectory, 'ledger.db'), { mode: 'write' });
  database.prepare('UPDATE keys SET scopes = ? WHERE key_id = ?').run('["*"]', edited);
  database.prepare('UPDATE companies SET plan = ? WHERE company_id = ?').run('premium', 'cmp_borealis');
  database.close();
  return { place, whole, edited };
}

test('a verification that stops at a record sends no root, though it has read some before', async () => {
  const { place, admin } = await startSidecar();
  await createCompany(admin, 'cmp_aurora');
  const verify = async () => {
    const messages = [];
    for await (const { records, result } of admin.audit.verify({})) messages.push({ records, result });
    return messages.at(-1);
  };
  expect((await verify())?.result).toMatchObject({ ok: true, rootHash: { length: 32 } });
  const database = openSqlite(join(place.dataDirectory, 'ledger.db'), { mode: 'write' });
  database.prepare("UPDATE log SET leaf = leaf || ' ' WHERE idx = 1").run();
  database.close();
  expect(await verify()).toMatchObject({
    records: '1',
    result: { ok: false, firstBadIndex: '1', rootHash: { length: 0 } },
  });
});

const list = (place: SidecarPlace, what: 'keys' | 'companies', ...args: string[]) =>
  run([what, 'list', '--admin', `unix:${place.adminSocket}`, ...args]);

test('what is asked of an edited key says so by its id, and is logged and counted', async () => {
  const { place, edited } = await editedPlace();
  const sidecar = await startSidecar(place);
  const { keys, companies } = sidecar.admin;
  const refusal = {
    code: 'state_conflict',
    facts: { key_id: edited },
    message: expect.stringMatching(new RegExp(`^The row of ${edited} was edited in the database`)),
  };
  await expect(keys.get({ keyId: edited })).rejects.toMatchObject(refusal);
  await expect(keys.revoke({ keyId: edited })).rejects.toMatchObject(refusal);
  await expect(keys.activate({ keyId: edited })).rejects.toMatchObject(refusal);
  await expect(companies.get({ companyId: 'cmp_borealis' })).rejects.toMatchObject({
    code: 'state_conflict',
    facts: { company_id: 'cmp_borealis' },
    message: expect.stringMatching(/^The row of cmp_borealis was edited in the database/),
  });
  const line = await sidecar.launched.untilLogged('registry_row_edited');
  expect(line).toMatchObject({ level: 'error', table: 'keys', id: edited });
  const before = await sidecar.metric('postern_registry_mac_mismatches_total');
  await keys.list({});
  expect(await sidecar.metric('postern_registry_mac_mismatches_total')).toBe(before + 1);
});

test('lists name what they leave out, to people beside the table, to machines in a field', async () => {
  const { place, whole, edited } = await editedPlace();
  await startSidecar(place);
  const leftOut = (id: string) =>
    expect.stringContaining(`Left out are 1 whose row was edited in the database (${id})`);
  expect(await list(place, 'keys')).toEqual({
    code: 0,
    out: expect.stringContaining(whole),
    err: leftOut(edited),
  });
  expect(await list(place, 'companies')).toEqual({
    code: 0,
    out: expect.stringContaining('cmp_aurora'),
    err: leftOut('cmp_borealis'),
  });
  const keys = JSON.parse((await list(place, 'keys', '--json')).out);
  expect(keys).toMatchObject({ keys: [{ key_id: whole }], edited: [edited], complete: true });
  const companies = JSON.parse((await list(place, 'companies', '--json')).out);
  expect(companies).toMatchObject({ companies: [{ company_id: 'cmp_aurora' }], edited: ['cmp_borealis'] });
});
