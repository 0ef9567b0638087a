// Outcomes over the wire of a running sidecar: recorded once, the first report wins, also across a restart,
// and only for decisions that the log has.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CheckStream } from '../../src/client/check-stream.ts';
import type { Outcome } from '../../src/grpc/gen/postern/v1/Outcome.ts';
import { leafProblems } from '../support/audit-record-schema.ts';
import { UNKNOWN_KEY } from '../support/golden/golden-sidecar.ts';
import { type RunningSidecar, sharedSidecar, startSidecar } from '../support/sidecar.ts';
import { readRecords, verifyLog } from '../support/sidecar-log.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

const DONE = { status: 'STATUS_SUCCESS', httpStatus: 201 } as const;
const FAILED = { status: 'STATUS_DOWNSTREAM_ERROR', httpStatus: 502, errorCategory: 'bank_down' } as const;

const theSidecar = sharedSidecar();

/** A key of a company of its own, and from where on the log is the test's. */
async function openChecks(open: () => Promise<RunningSidecar> = theSidecar) {
  const sidecar = await open();
  const { logSize } = await sidecar.admin.audit.query({});
  const companyId = `cmp_${randomUUID()}`;
  await createCompany(sidecar.admin, companyId);
  const { secret } = await createKey(sidecar.admin, companyId);
  return { sidecar, secret, from: Number(logSize) };
}

const decide = async ({ host }: RunningSidecar, apiKey: string) => {
  const answer = await host.authorization.check({ requestId: 'req-1', apiKey, operation: 'session.read' });
  return { decisionId: answer.decisionId, index: answer.auditRecord?.index ?? '' };
};

async function report({ host }: RunningSidecar, ...outcomes: Outcome[]): Promise<string[]> {
  const { results } = await host.authorization.reportOutcomes({ outcomes });
  expect(results.map(({ decisionId }) => decisionId)).toEqual(outcomes.map(({ decisionId }) => decisionId));
  return results.map(({ state }) => state.replace('STATE_', ''));
}

async function recorded({ admin }: RunningSidecar, from = 0) {
  const records = await readRecords(admin, from);
  expect(records.map(({ leaf }) => leafProblems(leaf)).filter((problem) => problem !== '')).toEqual([]);
  return records.filter(({ kind }) => kind === 'outcome').map(({ record }) => record);
}

test('the first report of a decision is recorded; another, equal or not, changes nothing', async () => {
  const { sidecar, secret, from } = await openChecks();
  const { decisionId, index } = await decide(sidecar, secret);
  expect(await report(sidecar, { decisionId, ...DONE })).toEqual(['RECORDED']);
  expect(await report(sidecar, { decisionId, ...DONE })).toEqual(['ALREADY_RECORDED']);
  expect(await report(sidecar, { decisionId, ...FAILED })).toEqual(['ALREADY_RECORDED']);
  const again = await decide(sidecar, secret);
  const both = [
    { decisionId: again.decisionId, ...FAILED },
    { decisionId: again.decisionId, ...DONE },
  ];
  expect(await report(sidecar, ...both)).toEqual(['RECORDED', 'ALREADY_RECORDED']);
  expect(await recorded(sidecar, from)).toMatchObject([
    {
      decision_id: decisionId,
      decision_index: index,
      status: 'success',
      http_status: 201,
      error_category: null,
    },
    {
      decision_id: again.decisionId,
      decision_index: again.index,
      status: 'downstream_error',
      http_status: 502,
      error_category: 'bank_down',
      host: 'unauthenticated',
    },
  ]);
});

test('many reports of one decision at once: one is recorded', async () => {
  const { sidecar, secret, from } = await openChecks();
  const { decisionId } = await decide(sidecar, secret);
  const clients = [sidecar.host, sidecar.tcpClient(), sidecar.tcpClient()];
  const states = await Promise.all(
    Array.from({ length: 30 }, async (_, at) => {
      const { results } = await (clients[at % 3] ?? sidecar.host).authorization.reportOutcomes({
        outcomes: [{ decisionId, ...(at % 2 === 0 ? DONE : FAILED) }],
      });
      return results[0]?.state;
    }),
  );
  expect(states.filter((state) => state === 'STATE_RECORDED')).toHaveLength(1);
  expect(states.filter((state) => state === 'STATE_ALREADY_RECORDED')).toHaveLength(29);
  expect(await recorded(sidecar, from)).toHaveLength(1);
});

test('a decision that was never made is unknown, and the others of the report are recorded', async () => {
  const { sidecar, secret, from } = await openChecks();
  const { decisionId } = await decide(sidecar, secret);
  const unknown = `dec_${randomUUID()}`;
  const states = await report(sidecar, { decisionId: unknown, ...DONE }, { decisionId, ...DONE });
  expect(states).toEqual(['DECISION_UNKNOWN', 'RECORDED']);
  expect((await recorded(sidecar, from)).map((record) => record['decision_id'])).toEqual([decisionId]);
});

test('a faulty report is refused whole, by field, and nothing of it is recorded', async () => {
  const { sidecar, secret, from } = await openChecks();
  const { decisionId } = await decide(sidecar, secret);
  const { authorization } = sidecar.host;
  const faulty: readonly (readonly [Outcome, string])[] = [
    [{ decisionId: 'dec_canary', ...DONE }, 'decision_id'],
    [{ decisionId }, 'status'],
    [{ decisionId, ...DONE, httpStatus: 600 }, 'http_status'],
    [{ decisionId, ...DONE, errorCategory: 'Canary!' }, 'error_category'],
    [{ decisionId, ...DONE, errorCategory: 'c'.repeat(65) }, 'error_category'],
  ];
  for (const [outcome, field] of faulty) {
    const call = authorization.reportOutcomes({ outcomes: [{ decisionId, ...DONE }, outcome] });
    await expect(call, field).rejects.toMatchObject({
      code: 'request_malformed',
      faults: [{ field: `outcomes[1].${field}` }],
      message: expect.not.stringContaining('anary'),
    });
  }
  for (const count of [0, 1_001]) {
    const outcomes = Array.from({ length: count }, () => ({ decisionId, ...DONE }));
    await expect(authorization.reportOutcomes({ outcomes })).rejects.toMatchObject({
      faults: [{ field: 'outcomes' }],
    });
  }
  expect(await recorded(sidecar, from)).toEqual([]);
});

test('a restart and a kill forget nothing: first still wins, and old decisions can still be reported', async () => {
  const { sidecar, secret } = await openChecks(startSidecar);
  const reported = await decide(sidecar, secret);
  const late = await decide(sidecar, secret);
  const later = await decide(sidecar, secret);
  expect(await report(sidecar, { decisionId: reported.decisionId, ...DONE })).toEqual(['RECORDED']);
  expect((await sidecar.stop()).code).toBe(0);
  const second = await startSidecar(sidecar.place);
  expect(
    await report(
      second,
      { decisionId: reported.decisionId, ...FAILED },
      { decisionId: late.decisionId, ...DONE },
      { decisionId: `dec_${randomUUID()}`, ...DONE },
    ),
  ).toEqual(['ALREADY_RECORDED', 'RECORDED', 'DECISION_UNKNOWN']);
  await second.kill();
  const third = await startSidecar(sidecar.place);
  expect(
    await report(
      third,
      { decisionId: late.decisionId, ...FAILED },
      { decisionId: later.decisionId, ...FAILED },
    ),
  ).toEqual(['ALREADY_RECORDED', 'RECORDED']);
  expect(
    (await recorded(third)).map((record) => [
      record['decision_id'],
      record['decision_index'],
      record['status'],
    ]),
  ).toEqual([
    [reported.decisionId, reported.index, 'success'],
    [late.decisionId, late.index, 'success'],
    [later.decisionId, later.index, 'downstream_error'],
  ]);
  expect(await verifyLog(third.admin)).toMatchObject({ ok: true });
}, 60_000);

async function streamed(stream: CheckStream, apiKey: string, requestId: string): Promise<string> {
  const { decisionId } = await stream.check({ requestId, apiKey, operation: 'session.read' });
  return decisionId;
}

test('outcomes ride on a stream beside its checks, and a faulty one does not end it', async () => {
  const { sidecar, secret, from } = await openChecks();
  const stream = sidecar.host.authorization.openStream();
  const ids = await Promise.all(Array.from({ length: 20 }, (_, at) => streamed(stream, secret, `req-${at}`)));
  const [first = '', ...others] = ids;
  const answers = await Promise.all([
    ...ids.map((decisionId) => stream.report({ decisionId, ...DONE })),
    streamed(stream, secret, 'beside'),
  ]);
  expect(answers.slice(0, 20)).toEqual(ids.map((decisionId) => ({ decisionId, state: 'STATE_RECORDED' })));
  expect((await stream.report({ decisionId: first, ...FAILED })).state).toBe('STATE_ALREADY_RECORDED');
  const unknown = `dec_${randomUUID()}`;
  expect((await stream.report({ decisionId: unknown, ...DONE })).state).toBe('STATE_DECISION_UNKNOWN');
  await expect(stream.report({ decisionId: others[0] ?? '', httpStatus: 99 })).rejects.toMatchObject({
    code: 'request_malformed',
    faults: [{ field: 'outcome.status' }, { field: 'outcome.http_status' }],
  });
  expect(await streamed(stream, secret, 'after')).toMatch(/^dec_/);
  await stream.close();
  expect(await recorded(sidecar, from)).toHaveLength(20);
});

test('a refusal that a window counted has no record, so it has no outcome', async () => {
  const sidecar = await startSidecar({ limits: { sourceFailures: { count: 1, burst: 1 } } });
  const answers = [];
  for (const requestId of ['one', 'two'])
    answers.push(
      await sidecar.host.authorization.check({ requestId, apiKey: UNKNOWN_KEY, operation: 'session.read' }),
    );
  expect(answers.map(({ auditRecord }) => auditRecord?.windowId !== '')).toEqual([false, true]);
  const states = await report(
    sidecar,
    ...answers.map(({ decisionId }) => ({ decisionId, status: 'STATUS_CLIENT_ERROR' as const })),
  );
  expect(states).toEqual(['RECORDED', 'DECISION_UNKNOWN']);
  expect((await recorded(sidecar)).map((record) => record['decision_id'])).toEqual([answers[0]?.decisionId]);
});
