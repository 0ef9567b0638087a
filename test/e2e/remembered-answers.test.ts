/**
 * A policy is not asked twice what it has answered: which checks are spared an evaluation, and which are not. A
 * record's `evaluation_us` is 0 exactly when its answer was remembered.
 */
import { expect, test } from 'vitest';
import type { CheckRequest } from '../../src/grpc/gen/postern/v1/CheckRequest.ts';
import { copyOfPolicies, DEFAULT_POLICIES } from '../support/policy/policy-directory.ts';
import { type GivenSettings, startSidecar } from '../support/sidecar.ts';
import { readRecords } from '../support/sidecar-log.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

const COMPANY = 'cmp_aurora';
const OTHER = 'cmp_borealis';
const READ: CheckRequest = {
  operation: 'payments.read',
  resource: { type: 'payment', id: 'pay_1', companyId: COMPANY },
  source: { ip: '192.0.2.1', userAgent: 'client/1' },
};

/** Asks one check after the other; tells of each its reason and whether it was evaluated. */
async function ask(policy: GivenSettings['policy'], checks: readonly CheckRequest[]) {
  const sidecar = await startSidecar({ policy, ledger: { durability: 'process' } });
  const { admin, host } = sidecar;
  await createCompany(admin, COMPANY);
  const { secret: apiKey } = await createKey(admin, COMPANY, { scopes: ['payments:*'] });
  const before = (await readRecords(admin)).length;
  for (const [number, check] of checks.entries()) {
    await host.authorization.check({ apiKey, ...check, requestId: `r${number}` });
  }
  const records = await readRecords(admin, before);
  const asked = records.map(({ record }) => {
    const said = record['policy'] as { readonly evaluation_us: number } | null;
    return [
      record['reason'],
      said === null ? 'not asked' : said.evaluation_us === 0 ? 'memory' : 'evaluated',
    ];
  });
  return { asked, sidecar };
}

test('a check that differs only in what the policy does not read is answered from memory', async () => {
  const { asked, sidecar } = await ask({ path: DEFAULT_POLICIES }, [
    READ,
    READ,
    { ...READ, resource: { type: 'refund', id: 'pay_2', companyId: COMPANY } },
    { ...READ, source: { ip: '198.51.100.7', userAgent: 'client/2' }, correlationId: 'c' },
    { ...READ, claimedCompanyIds: [COMPANY] },
    { ...READ, claimedCompanyIds: [OTHER] },
    { ...READ, claimedCompanyIds: [OTHER] },
    { ...READ, resource: null },
    { ...READ, operation: 'banks.read' },
    { ...READ, operation: 'banks.read' },
    READ,
  ]);
  expect(asked).toEqual([
    ['allowed', 'evaluated'],
    ['allowed', 'memory'],
    ['allowed', 'memory'],
    ['allowed', 'memory'],
    ['allowed', 'evaluated'],
    ['claim_company_mismatch', 'evaluated'],
    ['claim_company_mismatch', 'memory'],
    ['allowed', 'evaluated'],
    ['scope_missing', 'evaluated'],
    ['scope_missing', 'memory'],
    ['allowed', 'memory'],
  ]);
  const answered = async (from: string) => {
    const { body } = await sidecar.ops('/metrics');
    return Number(
      new RegExp(`^postern_policy_answers_total\\{from="${from}"\\} (\\d+)$`, 'm').exec(body)?.[1],
    );
  };
  await expect.poll(() => answered('memory'), { timeout: 5_000 }).toBe(6);
  expect(await answered('evaluation')).toBe(5);
});

test('an answer holds for one key’s rights: another key with other scopes or company is evaluated', async () => {
  const { sidecar } = await ask({ path: DEFAULT_POLICIES }, [READ]);
  const { admin, host } = sidecar;
  await createCompany(admin, OTHER);
  const without = await createKey(admin, COMPANY, { scopes: ['banks:*'] });
  const foreign = await createKey(admin, OTHER, { scopes: ['payments:*'] });
  const alike = await createKey(admin, COMPANY, { scopes: ['payments:*'] });
  const reasons: unknown[] = [];
  for (const { secret: apiKey } of [without, foreign, alike]) {
    const { reason } = await host.authorization.check({ ...READ, apiKey, requestId: 'r' });
    reasons.push(reason);
  }
  expect(reasons).toEqual(['REASON_SCOPE_MISSING', 'REASON_RESOURCE_COMPANY_MISMATCH', 'REASON_ALLOWED']);
  const evaluated = (await readRecords(admin)).slice(-3).map(({ record }) => {
    return (record['policy'] as { readonly evaluation_us: number }).evaluation_us > 0;
  });
  expect(evaluated).toEqual([true, true, false]);
});

const READING_TIME = `package postern.curfew

import rego.v1

# Reads the time, and lets every time pass.
open if input.request.time_us > 0
`;

test.for([
  ['a policy that reads the time', () => copyOfPolicies({ 'postern/curfew.rego': READING_TIME }), 16_384],
  ['with nothing to be remembered', () => DEFAULT_POLICIES, 0],
] as const)('%s is asked about every check', async ([, directory, rememberedAnswersMax]) => {
  const { asked } = await ask({ path: directory(), rememberedAnswersMax }, [READ, READ, READ]);
  expect(asked).toEqual(Array(3).fill(['allowed', 'evaluated']));
});
