// What sends a call back to be decided again, and what is dropped.
import { expect, test } from 'vitest';
import {
  apply,
  call,
  createKeyCommand,
  failure,
  item,
  openSeeded,
  reasonsOf,
  SUBJECT,
  settle,
  settleRequests,
} from '../../test/support/ledger-world.ts';

const REVOKE = { kind: 'set_key_status', keyId: 'key_one', status: 'revoked', why: 'compromised' } as const;
const SUSPEND = {
  kind: 'set_company_status',
  companyId: 'cmp_aurora',
  status: 'suspended',
  why: '',
} as const;
const OWNER = { identity: 'owner', listener: 'admin_unix' } as const;

function statesOf(results: ReturnType<typeof settle>): readonly string[] {
  return results.map((result) => result.state);
}

test.for([REVOKE, SUSPEND])(
  'a call decided before $kind is decided again, whatever epoch it read',
  (command) => {
    const { world, ledger } = openSeeded();
    const epoch = world.control.epoch();
    apply(ledger, command);
    expect(world.control.epoch()).toBe(epoch + 1);
    expect(statesOf(settle(ledger, call({ epoch }), call({ epoch: epoch + 1 })))).toEqual([
      'moved',
      'settled',
    ]);
    ledger.close();
  },
);

test('a change earlier in the same group sends calls behind it back, not those before it', () => {
  const { world, ledger } = openSeeded();
  const epoch = world.control.epoch();
  const [before, , after] = ledger.settle([
    ...settleRequests(call({ epoch })),
    { kind: 'admin', command: REVOKE, actor: OWNER },
    ...settleRequests(call({ epoch })),
  ]);
  expect(before).toMatchObject({ result: { state: 'settled' } });
  expect(after).toMatchObject({ result: { state: 'moved' } });
  ledger.close();
});

test('an old epoch alone moves nothing: versions decide', () => {
  const { world, ledger } = openSeeded();
  apply(ledger, createKeyCommand('key_two'));
  const epoch = world.control.epoch();
  apply(ledger, { ...REVOKE, keyId: 'key_two' });
  expect(statesOf(settle(ledger, call({ epoch })))).toEqual(['settled']);
  ledger.close();
});

test('creating raises no epoch: cached rows stay good', () => {
  const { world, ledger } = openSeeded();
  expect(world.control.epoch()).toBe(0);
  ledger.close();
});

test('a key that is not there moves', () => {
  const { ledger } = openSeeded();
  const subject = { ...SUBJECT, keySeq: 99, keyId: 'key_none' };
  expect(statesOf(settle(ledger, call({ epoch: -1, subject })))).toEqual(['moved']);
  ledger.close();
});

test('a failure without a key is never moved by rows', () => {
  const { ledger } = openSeeded();
  apply(ledger, REVOKE);
  expect(statesOf(settle(ledger, failure({ epoch: -1 })))).toEqual(['settled']);
  ledger.close();
});

test('another generation of the policy moves, from the activation on', () => {
  const { world, ledger } = openSeeded();
  const activation = {
    kind: 'policy_activated',
    revision: 'r2',
    source: 'file',
    trust: 'unsigned',
    generation: 2,
  } as const;
  const answers = ledger.settle([
    ...settleRequests(call()),
    { kind: 'admin', command: activation, actor: OWNER },
    ...settleRequests(call(), call({ generation: 2 })),
  ]);
  expect(answers.map((answer) => (answer.kind === 'settle' ? answer.result.state : answer.kind))).toEqual([
    'settled',
    'admin',
    'moved',
    'settled',
  ]);
  expect(world.control.generation()).toBe(2);
  ledger.close();
});

test('a key expires, and becomes valid, to the microsecond between deciding and settling', () => {
  const { world, ledger } = openSeeded();
  const expiresAtUs = world.wallUs + 1_000;
  const expiring = () => call({ subject: { ...SUBJECT, expiresAtUs } });
  world.pass(999);
  expect(statesOf(settle(ledger, expiring()))).toEqual(['settled']);
  world.pass(1);
  expect(statesOf(settle(ledger, expiring()))).toEqual(['moved']);
  const early = call({ subject: { ...SUBJECT, notBeforeUs: world.wallUs + 1 } });
  expect(statesOf(settle(ledger, early))).toEqual(['moved']);
  world.pass(1);
  expect(statesOf(settle(ledger, early))).toEqual(['settled']);
  ledger.close();
});

test('the matching failure of a key, and any that precedes it, is settled and not moved for ever', () => {
  const { world, ledger } = openSeeded();
  const subject = { ...SUBJECT, expiresAtUs: world.wallUs };
  for (const reason of ['key_expired', 'key_revoked', 'key_inactive'] as const) {
    const failed = call({ subject, base: [], items: [item({ reason })] });
    expect(reasonsOf(settle(ledger, failed))).toEqual([reason]);
  }
  for (const reason of ['company_inactive', 'network_not_allowed'] as const) {
    const failed = call({ subject, base: [], items: [item({ reason })] });
    expect(statesOf(settle(ledger, failed))).toEqual(['moved']);
  }
  ledger.close();
});

test('a call whose deadline passed is dropped, uncharged and unrecorded', () => {
  const { world, ledger } = openSeeded();
  const size = world.control.logSize();
  const late = call({ deadlineMonoUs: world.monoUs });
  const inTime = call({ deadlineMonoUs: world.monoUs + 1 });
  const [expired, settled] = settle(ledger, late, inTime);
  expect(expired).toEqual({ state: 'expired' });
  expect(settled).toMatchObject({ state: 'settled', items: [{ index: size, verdicts: [{ remaining: 9 }] }] });
  ledger.close();
});

test('a group in which nothing is settled writes nothing', () => {
  const { world, ledger } = openSeeded();
  let writes = 0;
  world.faults.before = () => {
    writes += 1;
  };
  settle(ledger, call({ generation: 7 }), call({ deadlineMonoUs: 1 }));
  expect(writes).toBe(0);
  ledger.close();
});
