// Admin commands: their rules, and that each stands in the log together with its effect.
import { expect, test } from 'vitest';
import {
  apply,
  call,
  createKeyCommand,
  openSeeded,
  START_US,
  settle,
} from '../../test/support/ledger-world.ts';
import { recordsOf } from '../../test/support/read-log.ts';

const revoke = (keyId: string) =>
  ({ kind: 'set_key_status', keyId, status: 'revoked', why: 'leaked' }) as const;
const activate = (keyId: string) => ({ kind: 'set_key_status', keyId, status: 'active', why: '' }) as const;
const company = (status: 'active' | 'suspended' | 'closed') =>
  ({ kind: 'set_company_status', companyId: 'cmp_aurora', status, why: 'an audit' }) as const;

test('a command and its record are one: who, what, about whom', () => {
  const { world, ledger } = openSeeded();
  apply(ledger, revoke('key_one'));
  const [made, key, revoked] = recordsOf(world.dataDirectory, 'admin');
  expect(made).toMatchObject({ action: 'create_company', company_id: 'cmp_aurora', result: 'done' });
  expect(key).toMatchObject({
    action: 'create_key',
    actor: { identity: 'owner', listener: 'admin_unix' },
    company_id: 'cmp_aurora',
    key_id: 'key_one',
    request_id: 'req_key_one',
    details: { environment: 'live', scopes: ['payments:*'] },
  });
  // The command names the key alone; the record names its company too, so that its auditor finds it.
  expect(revoked).toMatchObject({
    action: 'set_key_status',
    company_id: 'cmp_aurora',
    key_id: 'key_one',
    details: { status: 'revoked', why: 'leaked' },
  });
  ledger.close();
});

test('neither the secret nor its hash stands in a record', () => {
  const { world, ledger } = openSeeded();
  const lookup = Buffer.alloc(32, 0xab);
  apply(ledger, createKeyCommand('key_two', { lookup }));
  const text = JSON.stringify(recordsOf(world.dataDirectory, 'admin'));
  for (const encoding of ['hex', 'base64', 'latin1'] as const)
    expect(text).not.toContain(lookup.toString(encoding));
  ledger.close();
});

test('a revoked key stays revoked, an inactive one comes back', () => {
  const { ledger } = openSeeded();
  apply(ledger, createKeyCommand('key_two'));
  expect(apply(ledger, { ...activate('key_two'), status: 'inactive' })).toMatchObject({
    result: { ok: true, result: { key: { status: 'inactive', version: 2 } } },
  });
  expect(apply(ledger, activate('key_two'))).toMatchObject({
    result: { ok: true, result: { key: { status: 'active', version: 3 } } },
  });
  expect(apply(ledger, revoke('key_two'))).toMatchObject({
    result: { ok: true, result: { key: { status: 'revoked', version: 4, revokedReason: 'leaked' } } },
  });
  expect(apply(ledger, activate('key_two'))).toMatchObject({
    result: { ok: false, refusal: { code: 'state_conflict' } },
  });
  ledger.close();
});

test('a closed company stays closed and gets no more keys', () => {
  const { ledger } = openSeeded();
  apply(ledger, company('suspended'));
  apply(ledger, company('active'));
  apply(ledger, company('closed'));
  expect(apply(ledger, company('active'))).toMatchObject({ result: { refusal: { code: 'state_conflict' } } });
  expect(apply(ledger, createKeyCommand('key_two'))).toMatchObject({
    result: { refusal: { code: 'state_conflict' } },
  });
  ledger.close();
});

test('repeating a status is done and changes nothing; it is recorded all the same', () => {
  const { world, ledger } = openSeeded();
  apply(ledger, revoke('key_one'));
  const epoch = world.control.epoch();
  expect(apply(ledger, revoke('key_one'))).toMatchObject({
    result: { ok: true, result: { key: { version: 2, revokedReason: 'leaked' } } },
  });
  expect(world.control.epoch()).toBe(epoch);
  expect(recordsOf(world.dataDirectory, 'admin')).toHaveLength(4);
  ledger.close();
});

test('repeating a creation names the first key, also within one group and after a restart', () => {
  const { world, ledger } = openSeeded();
  const actor = { identity: 'owner', listener: 'admin_unix' } as const;
  const first = createKeyCommand('key_two', { requestId: 'req_same' });
  const second = createKeyCommand('key_three', { requestId: 'req_same' });
  const answers = ledger.settle([first, second].map((command) => ({ kind: 'admin', command, actor })));
  const refused = { ok: false, refusal: { code: 'already_exists', facts: { key_id: 'key_two' } } };
  expect(answers).toMatchObject([{ result: { ok: true } }, { result: refused }]);
  ledger.close();
  const again = world.open();
  expect(apply(again, second)).toMatchObject({ result: refused });
  again.close();
});

test.for([
  ['an unknown company', createKeyCommand('key_two', { companyId: 'cmp_borealis' }), 'not_found'],
  ['an unknown key', revoke('key_none'), 'not_found'],
  [
    'a company that exists',
    { kind: 'create_company', companyId: 'cmp_aurora', plan: 'p', label: '' },
    'already_exists',
  ],
  [
    'a key id that exists',
    createKeyCommand('key_one', { requestId: 'req_new', lookup: Buffer.alloc(32, 1) }),
    'already_exists',
  ],
  [
    'a secret that exists',
    createKeyCommand('key_two', { lookup: createKeyCommand('key_one').lookup }),
    'already_exists',
  ],
  [
    'a key that would have expired already',
    createKeyCommand('key_two', { expiresAtUs: START_US }),
    'request_malformed',
  ],
  ['a clock that needs nothing', { kind: 'accept_clock', why: '' }, 'state_conflict'],
] as const)('%s is refused, and the refusal is recorded', ([, command, code]) => {
  const { world, ledger } = openSeeded();
  expect(apply(ledger, command)).toMatchObject({ result: { ok: false, refusal: { code } } });
  expect(recordsOf(world.dataDirectory, 'admin').at(-1)).toMatchObject({
    action: command.kind,
    result: code,
  });
  expect(world.control.epoch()).toBe(0);
  ledger.close();
});

test('policies are recorded with the one before them, also across a restart', () => {
  const { world, ledger } = openSeeded();
  const activated = {
    kind: 'policy_activated',
    revision: 'r1',
    source: 'file',
    trust: 'unsigned',
    generation: 1,
  } as const;
  apply(ledger, activated);
  ledger.close();
  const again = world.open();
  apply(again, { ...activated, revision: 'r2', generation: 2 });
  const problems = [{ file: 'a.rego', line: 3, message: 'expected a rule' }];
  apply(again, { kind: 'policy_refused', revision: 'r3', source: 'file', problems });
  expect(recordsOf(world.dataDirectory, 'policy')).toMatchObject([
    { event: 'activated', revision: 'r1', previous: null },
    { event: 'activated', revision: 'r2', previous: 'r1' },
    { event: 'refused', revision: 'r3', previous: 'r2', problems },
  ]);
  expect(world.control.generation()).toBe(2);
  again.close();
});

test('a key row that was edited in the file is not believed, which is said, and changing it does not heal it', () => {
  const { world, ledger } = openSeeded();
  apply(ledger, revoke('key_one'));
  ledger.close();
  world.edit("UPDATE keys SET status = 'active' WHERE key_id = 'key_one'");
  const again = world.open();
  const message = expect.stringMatching(/^The row of key_one was edited in the database/);
  const refusal = { code: 'state_conflict', message, facts: { key_id: 'key_one' } };
  for (const command of [activate('key_one'), revoke('key_one')]) {
    expect(apply(again, command)).toMatchObject({ result: { refusal } });
  }
  expect(apply(again, activate('key_two'))).toMatchObject({ result: { refusal: { code: 'not_found' } } });
  expect(world.events).toContainEqual({ kind: 'row_damaged', table: 'keys', id: 'key_one' });
  again.close();
});

test('a company row that was edited in the file is not believed, which is said, and its id is not free', () => {
  const { world, ledger } = openSeeded();
  apply(ledger, company('suspended'));
  ledger.close();
  world.edit("UPDATE companies SET status = 'active'");
  const again = world.open();
  const message = expect.stringMatching(/was edited in the database, so it is not believed/);
  for (const command of [company('active'), createKeyCommand('key_two')]) {
    expect(apply(again, command)).toMatchObject({ result: { refusal: { code: 'state_conflict', message } } });
  }
  const anew = { kind: 'create_company', companyId: 'cmp_aurora', plan: 'p', label: '' } as const;
  expect(apply(again, anew)).toMatchObject({ result: { refusal: { code: 'already_exists', message } } });
  expect(apply(again, { ...anew, companyId: 'cmp_borealis' })).toMatchObject({ result: { ok: true } });
  expect(world.events).toContainEqual({ kind: 'row_damaged', table: 'companies', id: 'cmp_aurora' });
  again.close();
});

test('two creations and a check of the second in one group all see each other', () => {
  const { ledger } = openSeeded();
  const actor = { identity: 'owner', listener: 'admin_unix' } as const;
  const subject = { keySeq: 2, keyId: 'key_two', keyVersion: 1, companyId: 'cmp_aurora', companyVersion: 1 };
  const answers = ledger.settle([
    { kind: 'admin', command: createKeyCommand('key_two'), actor },
    { kind: 'admin', command: revoke('key_one'), actor },
    { kind: 'settle', call: call({ subject: { ...subject, notBeforeUs: null, expiresAtUs: null } }) },
  ]);
  expect(answers[2]).toMatchObject({ result: { state: 'settled', items: [{ reason: 'allowed' }] } });
  expect(settle(ledger, call({ epoch: 0 }))).toEqual([{ state: 'moved' }]);
  ledger.close();
});

test('a repeated creation is refused with the key it made, also when that has expired; only that key is named', () => {
  const { world, ledger } = openSeeded();
  const expiresAtUs = START_US + 2_000_000;
  apply(ledger, createKeyCommand('key_two', { requestId: 'req_two', expiresAtUs }));
  world.monoUs += 3_000_000;
  const repeated = createKeyCommand('key_again', { requestId: 'req_two', expiresAtUs });
  expect(apply(ledger, repeated)).toMatchObject({
    result: { refusal: { code: 'already_exists', facts: { key_id: 'key_two' } } },
  });
  expect(apply(ledger, createKeyCommand('key_late', { expiresAtUs }))).toMatchObject({
    result: { refusal: { code: 'request_malformed', faults: [{ field: 'expires_at' }] } },
  });
  const records = recordsOf(world.dataDirectory, 'admin').slice(-3);
  expect(records.map((record) => [record['result'], record['key_id']])).toEqual([
    ['done', 'key_two'],
    ['already_exists', 'key_two'],
    ['request_malformed', null],
  ]);
  ledger.close();
});
