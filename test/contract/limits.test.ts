// Limits over the wire of a running sidecar: who passes when there is not room for all, what a refused call
// is told, and that a refusal costs nothing.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CheckResponse__Output } from '../../src/grpc/gen/postern/v1/CheckResponse.ts';
import type { CreateKeyRequest } from '../../src/grpc/gen/postern/v1/CreateKeyRequest.ts';
import { type RunningSidecar, sharedSidecar } from '../support/sidecar.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

/** Of the standard plan. */
const KEY = { burst: 60, intervalUs: 100_000 };
const COMPANY = { burst: 1_000, intervalUs: 360_000 };
const POLLING = { burst: 10, intervalUs: 1_000_000 };
const RELAXED = { ledger: { durability: 'process' as const } };

const theSidecar = sharedSidecar(RELAXED);

/** A company of the test's own: whatever others used up is none of its. */
async function openCompany(keys: number, plan = 'standard', further: Partial<CreateKeyRequest> = {}) {
  const sidecar = await theSidecar();
  const companyId = `cmp_${randomUUID()}`;
  await createCompany(sidecar.admin, companyId, plan);
  const secrets: string[] = [];
  for (let count = 0; count < keys; count += 1)
    secrets.push((await createKey(sidecar.admin, companyId, further)).secret);
  return { sidecar, secrets };
}

async function batch(
  { host }: RunningSidecar,
  apiKey: string,
  count: number,
  operation: string,
  over: { readonly source?: { readonly ip: string } | null; readonly cost?: number } = {},
) {
  const { source = null, cost = 1 } = over;
  const items = Array.from({ length: count }, (_, at) => ({ requestId: `req-${at}`, operation, cost }));
  const { results } = await host.authorization.batchCheck({ apiKey, items, source });
  return results.map(({ response }): CheckResponse__Output => {
    if (!response) throw new Error('an item was no decision');
    return response;
  });
}

const settledUs = (answer: CheckResponse__Output | undefined) =>
  Number(JSON.parse(String(answer?.auditRecord?.leaf)).settled_at);
const headersOf = ({ responseHeaders }: CheckResponse__Output) =>
  Object.fromEntries(responseHeaders.map(({ name, value }) => [name, value]));
const refusingOf = ({ limits }: CheckResponse__Output) =>
  limits.filter(({ refused }) => refused).map(({ name }) => name);
const durationUs = (given: { seconds: string; nanos: number } | null | undefined) =>
  Number(given?.seconds) * 1e6 + Number(given?.nanos) / 1e3;
const allowed = (answers: readonly CheckResponse__Output[]) =>
  answers.filter(({ effect }) => effect === 'EFFECT_ALLOW').length;

test('of a batch of 50 with 30 left the first 30 pass, and the others are told when', async () => {
  const { sidecar, secrets } = await openCompany(1);
  const [secret = ''] = secrets;
  // The second is sent before the first is answered: they settle as near as two messages can.
  const [first, second] = await Promise.all([
    batch(sidecar, secret, 30, 'session.read'),
    batch(sidecar, secret, 50, 'session.read'),
  ]);
  const elapsedUs = settledUs(second[0]) - settledUs(first[0]);
  const left = 30 + Math.floor(elapsedUs / KEY.intervalUs);
  expect(first.map(({ effect }) => effect)).toEqual(Array(30).fill('EFFECT_ALLOW'));
  const expected = Array.from({ length: 50 }, (_, at) => (at < left ? 'ALLOWED' : 'BASE_LIMIT_EXCEEDED'));
  expect(second.map(({ reason }) => reason.slice('REASON_'.length))).toEqual(expected);
  expect(left).toBeLessThan(50);
  for (const [at, answer] of second.entries()) {
    expect(answer.requestId).toBe(`req-${at}`);
    const verdict = answer.limits.find(({ name }) => name === 'key_per_minute');
    expect(verdict).toMatchObject({ subject: 'key', limit: '60', refused: at >= left });
    if (at < left) continue;
    expect(verdict?.remaining).toBe('0');
    expect(refusingOf(answer)).toEqual(['key_per_minute']);
    const retryUs = durationUs(verdict?.retryAfter);
    // Exact: what is missing until the next one fits, from the time at which it was settled.
    expect(retryUs).toBe(KEY.intervalUs - (elapsedUs % KEY.intervalUs));
    expect(headersOf(answer)).toEqual({ 'retry-after': '1' });
    expect(answer.publicError).toMatchObject({ httpStatus: 429, code: 'rate_limited' });
    expect(answer.subject).toBeNull();
  }
});

test('a named limit refuses by its name, and a refused call is charged to no limit at all', async () => {
  const { sidecar, secrets } = await openCompany(1);
  const [secret = ''] = secrets;
  const answers = await batch(sidecar, secret, 40, 'results.poll');
  expect(answers.map(({ reason }) => reason)).toEqual([
    ...Array<string>(POLLING.burst).fill('REASON_ALLOWED'),
    ...Array<string>(30).fill('REASON_POLICY_LIMIT_EXCEEDED'),
  ]);
  const refused = answers.slice(POLLING.burst);
  for (const answer of refused) {
    expect(refusingOf(answer)).toEqual(['polling']);
    const named = answer.limits.find(({ name }) => name === 'polling');
    expect(named).toMatchObject({ subject: 'key', limit: '10', remaining: '0' });
    expect(durationUs(named?.retryAfter)).toBe(POLLING.intervalUs);
    expect(headersOf(answer)).toEqual({ 'retry-after': '1' });
    // Ten were charged; thirty refused ones took nothing from the others.
    expect(answer.limits.find(({ name }) => name === 'key_per_minute')?.remaining).toBe('50');
    expect(answer.limits.find(({ name }) => name === 'company_per_hour')?.remaining).toBe('990');
  }
});

test.each([
  ['an address', { ip: '192.0.2.77' }],
  ['no address', null],
])('keys of two plans that take turns from %s get what each plan gives, and no more', async (_, source) => {
  const standard = await openCompany(1, 'standard');
  const premium = await openCompany(1, 'premium');
  const ask = async ({ sidecar, secrets: [secret = ''] }: typeof standard) =>
    allowed(await batch(sidecar, secret, 2, 'banks.create', { source }));
  const admitted = { standard: 0, premium: 0 };
  for (let turn = 0; turn < 10; turn += 1) {
    admitted.standard += await ask(standard);
    admitted.premium += await ask(premium);
  }
  // The bursts of `bank_changes`; one more of premium comes after a minute.
  expect(admitted).toEqual({ standard: 5, premium: 10 });
});

test('a refusal by a limit has no code, also where the policy refused with one of its own', async () => {
  const { sidecar, secrets } = await openCompany(1, 'standard', { scopes: ['payments:batches:create'] });
  const [secret = ''] = secrets;
  const answers = await batch(sidecar, secret, KEY.burst + 20, 'payments.create_batch', { cost: 51 });
  expect(answers.map(({ reason, code }) => [reason, code])).toEqual([
    ...Array(KEY.burst).fill(['REASON_POLICY_DENIED', 'cost_too_high']),
    ...Array(20).fill(['REASON_BASE_LIMIT_EXCEEDED', '']),
  ]);
});

test('a header says whole seconds, rounded up from the exact time', async () => {
  const { sidecar, secrets } = await openCompany(1);
  const [secret = ''] = secrets;
  // 15 at once and one more each minute, each costs 5: the fourth waits five minutes.
  const answers = await batch(sidecar, secret, 4, 'exports.create');
  const last = answers.at(-1);
  expect(last?.reason).toBe('REASON_POLICY_LIMIT_EXCEEDED');
  expect(last?.limits.map(({ name, refused }) => [name, refused])).toContainEqual(['expensive', true]);
  const verdict = last?.limits.find(({ name }) => name === 'expensive');
  expect(durationUs(verdict?.retryAfter)).toBe(300_000_000);
  expect(last && headersOf(last)).toEqual({ 'retry-after': '300' });
});

test('a company does not escape its limit by creating keys', async () => {
  const { sidecar, secrets } = await openCompany(20);
  const all = (await Promise.all(secrets.map((secret) => batch(sidecar, secret, 60, 'session.read')))).flat();
  const refused = all.filter(({ effect }) => effect !== 'EFFECT_ALLOW');
  const timesUs = all.filter(({ auditRecord }) => auditRecord?.windowId === '').map(settledUs);
  const refilled = Math.ceil((Math.max(...timesUs) - Math.min(...timesUs)) / COMPANY.intervalUs);
  expect(allowed(all)).toBeGreaterThanOrEqual(COMPANY.burst);
  expect(allowed(all)).toBeLessThanOrEqual(COMPANY.burst + refilled);
  expect(refused.length).toBeGreaterThan(100);
  for (const answer of refused) {
    expect(answer.reason).toBe('REASON_BASE_LIMIT_EXCEEDED');
    expect(refusingOf(answer)).toEqual(['company_per_hour']);
  }
});

test('a denied call is charged to the base limits: probing costs', async () => {
  const { sidecar, secrets } = await openCompany(1);
  const [secret = ''] = secrets;
  const denied = await batch(sidecar, secret, 50, 'nothing.known');
  expect(new Set(denied.map(({ reason }) => reason))).toEqual(new Set(['REASON_OPERATION_UNKNOWN']));
  expect(denied.at(-1)?.limits.find(({ name }) => name === 'key_per_minute')?.remaining).toBe('10');
  const more = await batch(sidecar, secret, 50, 'nothing.known');
  const elapsedUs = settledUs(more[0]) - settledUs(denied[0]);
  const left = Math.min(KEY.burst, 10 + Math.floor(elapsedUs / KEY.intervalUs));
  expect(more.filter(({ reason }) => reason === 'REASON_OPERATION_UNKNOWN')).toHaveLength(left);
  expect(more.at(-1)?.reason).toBe(left < 50 ? 'REASON_BASE_LIMIT_EXCEEDED' : 'REASON_OPERATION_UNKNOWN');
});
