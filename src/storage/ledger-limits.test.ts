// What a group does to counters, over a real database.
import { expect, test } from 'vitest';
import {
  call,
  charge,
  companyTerms,
  failure,
  item,
  keyTerms,
  LedgerWorld,
  openSeeded,
  reasonsOf,
  settle,
} from '../../test/support/ledger-world.ts';
import { readLog, recordsOf } from '../../test/support/read-log.ts';
import { storedCharges } from '../../test/support/stored-charges.ts';
import { temporaryDirectory } from '../../test/support/temporary-directory.ts';
import { encodePolicyFragment } from '../core/decision-leaf.ts';

const SECOND_US = 1_000_000;

test('a key passes as often as its burst, then once for each second that passes', () => {
  const { world, ledger } = openSeeded();
  const calls = Array.from({ length: 5 }, () => call({ base: [keyTerms(3)] }));
  expect(reasonsOf(settle(ledger, ...calls))).toEqual([
    'allowed',
    'allowed',
    'allowed',
    'base_limit_exceeded',
    'base_limit_exceeded',
  ]);
  world.pass(SECOND_US);
  expect(reasonsOf(settle(ledger, ...calls.slice(0, 2)))).toEqual(['allowed', 'base_limit_exceeded']);
  ledger.close();
});

test('retry_after is exact to the microsecond', () => {
  const { world, ledger } = openSeeded();
  const one = () => settle(ledger, call({ base: [keyTerms(1)] }))[0];
  one();
  world.pass(300_000);
  const refused = one();
  const retryAfterUs = refused?.state === 'settled' ? (refused.items[0]?.verdicts[0]?.retryAfterUs ?? 0) : 0;
  expect(retryAfterUs).toBe(700_000);
  world.pass(retryAfterUs - 1);
  expect(reasonsOf([one()])).toEqual(['base_limit_exceeded']);
  world.pass(1);
  expect(reasonsOf([one()])).toEqual(['allowed']);
  ledger.close();
});

test('counters survive restarts, and neither a restart nor a clock set back by an hour refills them', () => {
  const { world, ledger } = openSeeded();
  const exhausted = () => call({ base: [keyTerms(2), companyTerms({ burst: 100 })] });
  expect(reasonsOf(settle(ledger, exhausted(), exhausted(), exhausted()))).toEqual([
    'allowed',
    'allowed',
    'base_limit_exceeded',
  ]);
  ledger.close();
  const again = world.open();
  expect(reasonsOf(settle(again, exhausted()))).toEqual(['base_limit_exceeded']);
  // Wall time went back by an hour while the process was down: the ledger's does not.
  again.close();
  world.wallUs -= 3_600 * SECOND_US;
  const later = world.open();
  expect(reasonsOf(settle(later, exhausted()))).toEqual(['base_limit_exceeded']);
  // Slewed toward the earlier wall time, the ledger's second takes up to 5 % longer.
  world.monoUs += 1.1 * SECOND_US;
  expect(reasonsOf(settle(later, exhausted(), exhausted()))).toEqual(['allowed', 'base_limit_exceeded']);
  later.close();
});

test('base and named limits are one set: a refusal by either charges neither', () => {
  const { ledger } = openSeeded();
  const company = companyTerms({ name: 'company', burst: 5 });
  const transfers = charge({
    name: 'transfers',
    counterId: 'n|company|transfers|cmp_aurora',
    burst: 2,
    cost: 2,
  });
  const expensive = call({ base: [keyTerms(5), company], items: [item({ named: [transfers] })] });
  expect(reasonsOf(settle(ledger, expensive, expensive))).toEqual(['allowed', 'policy_limit_exceeded']);
  const cheap = settle(ledger, call({ base: [keyTerms(5), company] }))[0];
  // One of five was charged by the first, none by the refused one, one by this.
  expect(cheap).toMatchObject({ items: [{ verdicts: [{ remaining: 3 }, { remaining: 3 }] }] });
  ledger.close();
});

test('a base refusal precedes a named one, and every verdict says how it stands', () => {
  const { ledger } = openSeeded();
  const named = charge({ name: 'named', counterId: 'n|company|named|cmp_aurora', burst: 1 });
  const both = call({ base: [keyTerms(1)], items: [item({ named: [named] })] });
  const [, second] = settle(ledger, both, both);
  expect(second).toMatchObject({
    items: [
      {
        reason: 'base_limit_exceeded',
        verdicts: [
          { name: 'key_second', refused: true, remaining: 0, retryAfterUs: SECOND_US },
          { name: 'named', refused: true, remaining: 0, retryAfterUs: SECOND_US },
        ],
      },
    ],
  });
  ledger.close();
});

test('a denied check pays the base limits and no named ones', () => {
  const { ledger } = openSeeded();
  const named = charge({ burst: 1 });
  const denied = call({ base: [keyTerms(2)], items: [item({ reason: 'scope_missing', named: [named] })] });
  expect(reasonsOf(settle(ledger, denied, denied, denied))).toEqual([
    'scope_missing',
    'scope_missing',
    'base_limit_exceeded',
  ]);
  const after = settle(ledger, call({ base: [], items: [item({ named: [named] })] }))[0];
  expect(after).toMatchObject({ items: [{ reason: 'allowed', verdicts: [{ remaining: 0 }] }] });
  ledger.close();
});

test('the items of a batch are charged by index, each by itself', () => {
  const { ledger } = openSeeded();
  const batch = call({ base: [keyTerms(3)], items: Array.from({ length: 5 }, () => item()) });
  const [result] = settle(ledger, batch);
  expect(result?.state === 'settled' ? result.items.map((each) => each.reason) : []).toEqual([
    'allowed',
    'allowed',
    'allowed',
    'base_limit_exceeded',
    'base_limit_exceeded',
  ]);
  ledger.close();
});

test('a limit that was made smaller waits at most its new burst, also when every check is refused', () => {
  const { world, ledger } = openSeeded();
  const large = companyTerms({ burst: 1_000 });
  settle(ledger, ...Array.from({ length: 900 }, () => call({ base: [large] })));
  const small = call({ base: [companyTerms({ burst: 5 })] });
  expect(reasonsOf(settle(ledger, small))).toEqual(['base_limit_exceeded']);
  ledger.close();
  const again = world.open();
  world.pass(SECOND_US - 1);
  expect(reasonsOf(settle(again, small))).toEqual(['base_limit_exceeded']);
  world.pass(1);
  expect(reasonsOf(settle(again, small))).toEqual(['allowed']);
  again.close();
});

test('failed authentications charge their source once a call, and a valid key never looks at it', () => {
  const { ledger } = openSeeded();
  const batch = failure({ items: Array.from({ length: 20 }, () => item({ reason: 'key_unknown' })) });
  const reasons = Array.from({ length: 6 }, () => reasonsOf(settle(ledger, batch))[0]);
  expect(reasons).toEqual([...Array(5).fill('key_unknown'), 'source_throttled']);
  expect(reasonsOf(settle(ledger, failure({ sourceBucket: '192.0.2.2' })))).toEqual(['key_unknown']);
  expect(reasonsOf(settle(ledger, call()))).toEqual(['allowed']);
  ledger.close();
});

test('a key is last used when it last passed authentication', () => {
  const { world, ledger } = openSeeded();
  world.pass(90 * SECOND_US);
  settle(ledger, call({ base: [] }));
  const usedAtUs = world.wallUs;
  expect([...storedCharges(world).uses]).toEqual([[1, [0, usedAtUs]]]);
  world.fold(ledger);
  expect(world.rows('SELECT * FROM key_use')).toEqual([[1, 0, usedAtUs]]);
  ledger.close();
});

test('counters whose time has come are removed, the others stay', () => {
  const { world, ledger } = openSeeded();
  for (let source = 0; source < 200; source++)
    settle(ledger, failure({ sourceBucket: `198.51.100.${source}` }));
  ledger.close();
  const again = world.open();
  expect(world.rows('SELECT count(*) FROM counters')).toEqual([[200]]);
  world.pass(3_600 * SECOND_US);
  const kept = companyTerms({ name: 'kept', burst: 1_000 });
  // Each fold removes some.
  for (let group = 0; group < 3; group++) {
    settle(again, ...Array.from({ length: 100 }, () => call({ base: [kept] })));
    world.fold(again);
  }
  expect(world.rows('SELECT id FROM counters')).toEqual([['b|company|kept|cmp_aurora']]);
  again.close();
});

test('every charge stands in the record of its decision', () => {
  const { world, ledger } = openSeeded();
  settle(ledger, call({ base: [keyTerms(3)] }));
  ledger.close();
  expect(readLog(world.dataDirectory).at(-1)).toMatchObject({
    kind: 'decision',
    reason: 'allowed',
    limits: [{ name: 'key_second', limit: 3, remaining: 2, refused: false }],
  });
});

test('personal values stand beside the record of their decision, not in it', () => {
  const { world, ledger } = openSeeded();
  const kept = '{"source_ip":{"salt":"00112233445566778899aabbccddeeff","value":"192.0.2.7"}}';
  settle(ledger, call({ items: [item({ private: kept }), item()] }));
  expect(world.rows('SELECT private FROM log WHERE idx >= 3 ORDER BY idx')).toEqual([[kept], [null]]);
  ledger.close();
  expect(JSON.stringify(readLog(world.dataDirectory))).not.toContain('192.0.2.7');
});

test('a limit that refuses leaves what the policy said in the record, beside its own reason', () => {
  const { world, ledger } = openSeeded();
  const said = (reason: 'allowed' | 'policy_denied', code: string) =>
    encodePolicyFragment({
      ...{ code, cost: 1, evaluationUs: 5, flags: [], labels: {}, obligations: [{ name: 'log' }] },
      reason,
    });
  const base = [keyTerms(1)];
  const allowed = item({ policy: said('allowed', '') });
  const denied = item({ reason: 'policy_denied', policy: said('policy_denied', 'night') });
  const limited = item({ policy: said('allowed', ''), named: [charge({ cost: 11 })] });
  settle(ledger, call({ base: [], items: [limited] }), call({ base, items: [allowed, allowed, denied] }));
  ledger.close();
  const kept = recordsOf(world.dataDirectory, 'decision').map(({ reason, policy, public: side }) => ({
    reason,
    policy,
    side,
  }));
  const policy = { reason: 'allowed', code: null, obligations: ['log'] };
  const side = { code: 'rate_limited', http_status: 429 };
  expect(kept).toMatchObject([
    { reason: 'policy_limit_exceeded', policy, side },
    { reason: 'allowed', policy, side: null },
    { reason: 'base_limit_exceeded', policy, side },
    { reason: 'base_limit_exceeded', policy: { reason: 'policy_denied', code: 'night' }, side },
  ]);
});

test('an empty data directory opens a log of its own', () => {
  const first = new LedgerWorld(temporaryDirectory());
  first.open().close();
  expect(readLog(first.dataDirectory)).toMatchObject([{ kind: 'log_opened', index: '0', predecessor: null }]);
});
