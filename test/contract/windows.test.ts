// Floods against a running sidecar: every answer stands in the log by itself or is counted in a window, and
// the counts add up. Whoever holds a valid key is not harmed by others from the same address.
import { expect, test } from 'vitest';
import type { CheckResponse__Output } from '../../src/grpc/gen/postern/v1/CheckResponse.ts';
import { UNKNOWN_KEY } from '../support/golden/golden-sidecar.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';
import { checkOf, type LoggedRecord, readRecords, verifyLog } from '../support/sidecar-log.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

const QUICK = { ledger: { durability: 'process' as const }, audit: { windowIdleMs: 1_000 } };

interface Count {
  readonly key_id: string | null;
  readonly reason: string;
  readonly count: number;
}

const countsOf = ({ record }: LoggedRecord) => record['counts'] as readonly Count[];
const windowOf = ({ auditRecord }: CheckResponse__Output) => auditRecord?.windowId ?? '';

/** Follows the log until so many windows have closed. */
async function closedWindows({ admin }: RunningSidecar, count: number): Promise<LoggedRecord[]> {
  const closed: LoggedRecord[] = [];
  for await (const page of admin.audit.tail({ fromIndex: 0 }, { deadlineMs: 30_000 })) {
    for (const { index, leaf } of page.records) {
      const record = JSON.parse(leaf.toString()) as Record<string, unknown>;
      if (record['kind'] === 'window_closed')
        closed.push({ index: Number(index), leaf, kind: 'window_closed', record });
    }
    if (closed.length >= count) break;
  }
  return closed;
}

/** A1: each answer by itself in the log, or counted in a window that was opened before it was given. */
async function expectAccounted(
  sidecar: RunningSidecar,
  answers: readonly CheckResponse__Output[],
  closed: readonly LoggedRecord[],
): Promise<void> {
  const records = await readRecords(sidecar.admin);
  const byId = new Map(records.map((logged) => [String(logged.record['decision_id']), logged]));
  const counted = new Map<string, number>();
  for (const answer of answers) {
    const window = windowOf(answer);
    if (window === '') {
      expect(String(byId.get(answer.decisionId)?.leaf)).toBe(String(answer.auditRecord?.leaf));
    } else {
      expect(byId.has(answer.decisionId)).toBe(false);
      expect(answer.auditRecord).toMatchObject({ logId: '', index: '0' });
      counted.set(window, (counted.get(window) ?? 0) + 1);
    }
  }
  const totals = closed.map(({ record }): [string, unknown] => [
    String(record['window_id']),
    record['total'],
  ]);
  expect(new Map(totals)).toEqual(counted);
  for (const window of closed) {
    expect(countsOf(window).reduce((sum, { count }) => sum + count, 0)).toBe(window.record['total']);
    const opened = records.find(
      ({ kind, record }) => kind === 'window_opened' && record['window_id'] === window.record['window_id'],
    );
    expect(opened?.index).toBeLessThan(window.index);
  }
  const decisions = records.filter(({ kind }) => kind === 'decision').length;
  expect(decisions + [...counted.values()].reduce((sum, count) => sum + count, 0)).toBe(answers.length);
  expect(await verifyLog(sidecar.admin)).toMatchObject({ ok: true });
}

const ask = ({ host }: RunningSidecar, requestId: string, ip: string, apiKey = UNKNOWN_KEY) =>
  host.authorization.check({ requestId, apiKey, operation: 'session.read', source: { ip } });

const reasonsOf = (answers: readonly CheckResponse__Output[]) => answers.map(({ reason }) => reason);

test('a source that keeps failing is throttled and counted; others and valid keys are not', async () => {
  const sidecar = await startSidecar({ ...QUICK, limits: { sourceFailures: { count: 1, burst: 20 } } });
  await createCompany(sidecar.admin, 'cmp_aurora');
  const { secret, keyId } = await createKey(sidecar.admin, 'cmp_aurora');
  const revoked = await createKey(sidecar.admin, 'cmp_aurora');
  await sidecar.admin.keys.revoke({ keyId: revoked.keyId });
  const failed = await Promise.all(
    Array.from({ length: 60 }, (_, at) => ask(sidecar, `bad-${at}`, '192.0.2.77')),
  );
  const used = await ask(sidecar, 'revoked', '192.0.2.77', revoked.secret);
  expect(reasonsOf(failed).filter((reason) => reason === 'REASON_KEY_UNKNOWN')).toHaveLength(20);
  expect(reasonsOf(failed).filter((reason) => reason === 'REASON_SOURCE_THROTTLED')).toHaveLength(40);
  for (const answer of [...failed, used].filter(({ reason }) => reason === 'REASON_SOURCE_THROTTLED')) {
    expect(answer).toMatchObject({ limits: [], responseHeaders: [], subject: null });
    expect(answer.publicError).toMatchObject({ httpStatus: 429, code: 'rate_limited' });
    expect(windowOf(answer)).toMatch(/^win_[0-9a-f-]{36}$/);
  }
  const good = await ask(sidecar, 'good', '192.0.2.77', secret);
  expect(good).toMatchObject({ effect: 'EFFECT_ALLOW', subject: { keyId } });
  const elsewhere = await ask(sidecar, 'elsewhere', '192.0.2.78');
  expect(elsewhere.reason).toBe('REASON_KEY_UNKNOWN');
  const closed = await closedWindows(sidecar, 1);
  expect(closed[0]?.record).toMatchObject({ window_kind: 'source_failures', because: 'idle', total: 41 });
  // What each of them was is not lost: the use of a revoked key is seen in the flood.
  expect(closed.flatMap(countsOf)).toEqual([
    { count: 40, key_id: null, reason: 'key_unknown' },
    { count: 1, key_id: revoked.keyId, reason: 'key_revoked' },
  ]);
  await expectAccounted(sidecar, [...failed, used, good, elsewhere], closed);
}, 60_000);

test('addresses of one IPv6 network fail together, and so does everybody without an address', async () => {
  const sidecar = await startSidecar({ ...QUICK, limits: { sourceFailures: { count: 1, burst: 5 } } });
  const many = Array.from({ length: 10 }, (_, at) => ask(sidecar, `v6-${at}`, `2001:db8:0:1::${at + 1}`));
  const without = Array.from({ length: 10 }, (_, at) => ask(sidecar, `no-${at}`, at % 2 === 0 ? '' : 'x'));
  const network = reasonsOf(await Promise.all(many));
  const nowhere = reasonsOf(await Promise.all(without));
  for (const reasons of [network, nowhere]) {
    expect(reasons.filter((reason) => reason === 'REASON_SOURCE_THROTTLED')).toHaveLength(5);
  }
  expect((await ask(sidecar, 'other', '2001:db8:0:2::1')).reason).toBe('REASON_KEY_UNKNOWN');
});

test('checks over a limit are recorded one by one up to a bound, then counted by key', async () => {
  const sidecar = await startSidecar({
    ...QUICK,
    audit: { windowIdleMs: 1_000, overLimitPerSecondPerKey: 3 },
  });
  await createCompany(sidecar.admin, 'cmp_aurora', 'standard');
  const key = await createKey(sidecar.admin, 'cmp_aurora');
  const items = Array.from({ length: 100 }, (_, at) => ({
    requestId: `req-${at}`,
    operation: 'session.read',
  }));
  const { results } = await sidecar.host.authorization.batchCheck({ apiKey: key.secret, items });
  const answers = results.flatMap(({ response }) => (response ? [response] : []));
  const over = answers.filter(({ reason }) => reason === 'REASON_BASE_LIMIT_EXCEEDED');
  expect(over).toHaveLength(40);
  expect(over.filter((answer) => windowOf(answer) === '')).toHaveLength(3);
  // Also of a counted one the partner is told when to come back.
  for (const { responseHeaders, limits } of over) {
    expect(responseHeaders).toEqual([{ name: 'retry-after', value: '1' }]);
    expect(limits.filter(({ refused }) => refused).map(({ name }) => name)).toEqual(['key_per_minute']);
  }
  const closed = await closedWindows(sidecar, 1);
  expect(closed.flatMap(countsOf)).toEqual([{ count: 37, key_id: key.keyId, reason: 'base_limit_exceeded' }]);
  await expectAccounted(sidecar, answers, closed);
}, 60_000);

test('a window that is open when the sidecar stops is closed by the stop, with its counts', async () => {
  const sidecar = await startSidecar({ limits: { sourceFailures: { count: 1, burst: 1 } } });
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, at) => ask(sidecar, `bad-${at}`, '192.0.2.77')),
  );
  expect((await sidecar.stop()).code).toBe(0);
  const again = await startSidecar(sidecar.place);
  const records = await readRecords(again.admin);
  const closed = records.filter(({ kind }) => kind === 'window_closed');
  expect(closed.map(({ record }) => [record['because'], record['total']])).toEqual([['stop', 9]]);
  expect(records.filter((logged) => checkOf(logged)['request_id'] !== undefined)).toHaveLength(1);
  await expectAccounted(again, answers, closed);
  // The counter went on through the stop: the source is still over its limit.
  expect((await ask(again, 'after', '192.0.2.77')).reason).toBe('REASON_SOURCE_THROTTLED');
}, 60_000);
