// How the steps of a decision combine, as tables. One case for each reason is in test/golden; the law over
// random facts in test/property/company-isolation.test.ts.
import { describe, expect, test } from 'vitest';
import { needsEvaluation, type ScopedItem } from './company-scope.ts';
import { authorize, settleReason } from './decide.ts';
import type { PolicyOutcome } from './policy.ts';
import type { Reason } from './reason.ts';

const GOOD = { resourceMalformed: false, claimMalformed: false };
const NO_LIMIT = { sourceThrottled: false, refusedBy: 'none', idempotency: 'unused' } as const;
const ALLOWED: PolicyOutcome = {
  allow: true,
  reason: 'allowed',
  code: 'own_code',
  cost: 3,
  limits: [{ name: 'writes', subject: 'key', emissionIntervalUs: 1_000, burst: 1, cost: 1, base: false }],
  obligations: [{ name: 'mask', parameters: {} }],
  labels: { a: 'b' },
};

function item(change: Partial<ScopedItem>): ScopedItem {
  return { resource: null, claimedCompanyIds: [], faults: GOOD, ...change };
}

const ANOTHERS = item({ resource: { type: 'bank', id: 'b', companyId: 'cmp_borealis', attributes: null } });
const CLAIM = item({ claimedCompanyIds: ['cmp_aurora', 'cmp_borealis'] });
const MALFORMED = item({ faults: { ...GOOD, resourceMalformed: true } });
const MALFORMED_CLAIM = item({ faults: { ...GOOD, claimMalformed: true } });

function deny(reason: Exclude<PolicyOutcome['reason'], 'allowed'>): PolicyOutcome {
  return { ...ALLOWED, allow: false, reason };
}

describe('authorize', () => {
  test.each<[string, ScopedItem, PolicyOutcome | null, Reason, boolean]>([
    ['an allow without a violation', item({}), ALLOWED, 'allowed', false],
    ['no answer', item({}), null, 'policy_failed', false],
    ['a denial', item({}), deny('scope_missing'), 'scope_missing', false],
    ['an allow of another’s resource', ANOTHERS, ALLOWED, 'resource_company_mismatch', true],
    ['an allow of another’s claim', CLAIM, ALLOWED, 'claim_company_mismatch', true],
    ['an allow beside an ill-formed claim', MALFORMED_CLAIM, ALLOWED, 'claim_company_mismatch', false],
    ['no answer beside another’s claim', CLAIM, null, 'claim_company_mismatch', false],
    ['no question about an ill-formed resource', MALFORMED, null, 'resource_malformed', false],
    ['a denial that comes first', CLAIM, deny('resource_owner_missing'), 'resource_owner_missing', false],
    ['a denial that comes later', CLAIM, deny('policy_denied'), 'claim_company_mismatch', false],
  ])('%s', (_name, what, answer, reason, overruled) => {
    const result = authorize(what, 'cmp_aurora', answer);
    expect(result.reason).toBe(reason);
    expect(result.flags).toEqual(overruled ? ['policy_overruled'] : []);
  });

  test('limits and obligations stand only beside an allow; the code only beside the policy’s own reason', () => {
    expect(authorize(item({}), 'cmp_aurora', ALLOWED)).toMatchObject({
      code: 'own_code',
      cost: 3,
      named: ALLOWED.limits,
      obligations: ALLOWED.obligations,
    });
    const overruled = authorize(CLAIM, 'cmp_aurora', ALLOWED);
    expect(overruled).toMatchObject({ code: '', named: [], obligations: [], labels: { a: 'b' } });
    const denied = authorize(item({}), 'cmp_aurora', deny('policy_denied'));
    expect(denied).toMatchObject({ code: 'own_code', named: [], obligations: [] });
  });

  test('an answer that contradicts itself allows nothing, even past the parser', () => {
    const result = authorize(item({}), 'cmp_aurora', { ...ALLOWED, allow: false });
    expect(result).toMatchObject({ reason: 'policy_failed', named: [], obligations: [] });
  });

  test('the policy is asked about everything but an ill-formed resource', () => {
    expect([item({}), ANOTHERS, CLAIM, MALFORMED_CLAIM, MALFORMED].map(needsEvaluation)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('settleReason', () => {
  test.each<[Reason, Partial<Parameters<typeof settleReason>[1]>, Reason]>([
    ['allowed', {}, 'allowed'],
    ['allowed', { refusedBy: 'base' }, 'base_limit_exceeded'],
    ['allowed', { refusedBy: 'named' }, 'policy_limit_exceeded'],
    ['allowed', { idempotency: 'first' }, 'allowed'],
    ['allowed', { idempotency: 'in_progress' }, 'idempotency_in_progress'],
    ['allowed', { idempotency: 'conflict' }, 'replay_conflict'],
    ['allowed', { refusedBy: 'named', idempotency: 'conflict' }, 'policy_limit_exceeded'],
    ['allowed', { sourceThrottled: true }, 'allowed'],
    ['policy_denied', { refusedBy: 'base' }, 'base_limit_exceeded'],
    ['policy_failed', { refusedBy: 'base' }, 'base_limit_exceeded'],
    ['policy_denied', { idempotency: 'conflict' }, 'policy_denied'],
    ['key_unknown', { sourceThrottled: true }, 'source_throttled'],
    ['key_unknown', { refusedBy: 'base', idempotency: 'conflict' }, 'key_unknown'],
  ])('%s and then %j is %s', (before, change, after) => {
    expect(settleReason(before, { ...NO_LIMIT, ...change })).toBe(after);
  });
});
