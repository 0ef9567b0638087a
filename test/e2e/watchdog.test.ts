/**
 * An evaluation that does not end costs its caller UNAVAILABLE and one thread for a moment, and is recorded;
 * three of them cost the policy its place. A candidate that does not end never gets one.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { CallError } from '../../src/client/call-error.ts';
import { CheckLoad } from '../support/check-load.ts';
import { encodeMessage, frame, openSession, rawCall } from '../support/grpc-raw-call.ts';
import { ENDLESS_OPERATION, endlessPolicy } from '../support/policy/endless-policy.ts';
import { copyOfPolicies } from '../support/policy/policy-directory.ts';
import { type GivenSettings, type RunningSidecar, startSidecar } from '../support/sidecar.ts';
import { checkOf, type LoggedRecord, readRecords, verifyLog } from '../support/sidecar-log.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

const COMPANY = 'cmp_aurora';
const DEADLINE_EXCEEDED = 4;
const UNAVAILABLE = 14;
/** Far below the caller's own deadline, far above what a busy machine adds to an ordinary evaluation. */
const EVALUATION_MS_MAX = 250;
const PATIENCE = { timeout: 15_000, interval: 20 };

/** Enough that the system gives some to either evaluator. */
const SESSIONS = 24;
/** A check that is decided without the policy and charges no limit. */
const KEYLESS = frame(encodeMessage('CheckRequest', { requestId: 'keyless', operation: 'session.read' }));

/** The gRPC status that it is answered with. */
async function askKeyless(session: ReturnType<typeof openSession>): Promise<number> {
  return (await rawCall(session, { body: KEYLESS })).status;
}

async function serve(path: string, further: GivenSettings = {}) {
  const sidecar = await startSidecar({
    ...further,
    policy: { path, evaluationMsMax: EVALUATION_MS_MAX, ...further.policy },
  });
  await createCompany(sidecar.admin, COMPANY, 'standard');
  return { sidecar, apiKey: (await createKey(sidecar.admin, COMPANY)).secret };
}

/** Writes files over a policy directory, the Rego last: a source is looked at when it was quiet. */
function edit(directory: string, files: Readonly<Record<string, string>>): void {
  const paths = Object.keys(files).sort((a, b) => Number(a.endsWith('.rego')) - Number(b.endsWith('.rego')));
  for (const path of paths) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), files[path] ?? '');
  }
}

async function allServe({ admin }: RunningSidecar): Promise<boolean> {
  const { evaluators, ready } = await admin.system.status({});
  return ready && evaluators.every(({ state }) => state === 'serving');
}

/** Asks for what does not end, on a connection of its own. Returns what the caller gets. */
function askForEver(
  sidecar: RunningSidecar,
  apiKey: string,
  requestId: string,
  // Longer than a search that nobody ends.
  deadlineMs = 60_000,
): Promise<CallError> {
  const asked = sidecar
    .unixClient()
    .authorization.check({ requestId, apiKey, operation: ENDLESS_OPERATION }, { deadlineMs });
  return asked.then(
    (answer) => expect.fail(`answered ${answer.reason}`),
    (error: CallError) => error,
  );
}

const decisionsOf = (records: readonly LoggedRecord[], requestId: string) =>
  records.filter((one) => one.kind === 'decision' && checkOf(one)['request_id'] === requestId);

/** Connections that are spread over both evaluators by the system; nothing is said on them yet. */
async function openSessions(sidecar: RunningSidecar) {
  const sessions = Array.from({ length: SESSIONS }, () => openSession(Number(sidecar.tcp.split(':').at(-1))));
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
  });
  await Promise.all(sessions.map((session) => rawCall(session, { body: KEYLESS })));
  return sessions;
}

test('a check that does not end is UNAVAILABLE and recorded, and only its own evaluator misses a beat', async () => {
  const { sidecar, apiKey } = await serve(copyOfPolicies(endlessPolicy('operation')), {
    evaluators: { count: 2 },
    limits: { sourceFailures: { count: 1_000_000, periodMs: 1_000, burst: 1_000_000 } },
  });
  const sessions = await openSessions(sidecar);
  expect((await askForEver(sidecar, apiKey, 'endless-1')).grpcStatus).toBe(UNAVAILABLE);
  await expect.poll(() => allServe(sidecar), PATIENCE).toBe(true);
  // What is still connected is the other evaluator's; it is kept busy while the first one is ended again.
  const others = sessions.filter((session) => !session.destroyed);
  expect(others.length).toBeGreaterThan(0);
  expect(others.length).toBeLessThan(SESSIONS);
  let isStuck = true;
  const error = askForEver(sidecar, apiKey, 'endless-2').finally(() => {
    isStuck = false;
  });
  const statuses: number[] = [];
  while (isStuck) statuses.push(...(await Promise.all(others.map(askKeyless))));
  expect((await error).grpcStatus).toBe(UNAVAILABLE);
  expect(statuses.length).toBeGreaterThan(others.length);
  expect(new Set(statuses)).toEqual(new Set([0]));
  await expect.poll(() => allServe(sidecar), PATIENCE).toBe(true);

  const records = await readRecords(sidecar.admin);
  for (const [place, id] of ['endless-1', 'endless-2'].entries()) {
    // The first is the key's very first charge; some of it is back when the second comes.
    const left = (atFirst: number) => (place === 0 ? atFirst : expect.any(Number));
    expect(decisionsOf(records, id).map(({ record }) => record)).toMatchObject([
      {
        effect: 'deny',
        reason: 'policy_failed',
        limits: [
          { subject: 'key', refused: false, limit: 60, remaining: left(59) },
          { subject: 'company', refused: false, limit: 1_000, remaining: left(999) },
        ],
      },
    ]);
  }
  const again = await sidecar
    .unixClient()
    .authorization.check({ requestId: 'after', apiKey, operation: 'session.read' });
  expect(again.reason).toBe('REASON_ALLOWED');
  const { evaluators } = await sidecar.admin.system.status({});
  expect(evaluators.map(({ kills }) => kills)).toEqual([2, 0]);
  expect(await sidecar.metric('postern_evaluator_restarts_total{cause="watchdog"}')).toBe(2);
  expect(sidecar.launched.logged('evaluation_overrun')).toMatchObject([{ evaluator: 0 }, { evaluator: 0 }]);
  expect((await verifyLog(sidecar.admin)).ok).toBe(true);
});

test('a check that does not end is recorded although its caller waited no longer', async () => {
  const { sidecar, apiKey } = await serve(copyOfPolicies(endlessPolicy('operation')), {
    policy: { evaluationMsMax: 1_000 },
  });
  // It has begun by then, however busy the machine is, and is ended later.
  const error = await askForEver(sidecar, apiKey, 'impatient', 900);
  expect(error.grpcStatus).toBe(DEADLINE_EXCEEDED);
  await sidecar.launched.untilLogged('evaluation_overrun');
  const recorded = async () => decisionsOf(await readRecords(sidecar.admin), 'impatient');
  await expect.poll(recorded, PATIENCE).toMatchObject([{ record: { reason: 'policy_failed' } }]);
  expect(sidecar.launched.logged('overrun_not_recorded')).toEqual([]);
});

// Twice, because an unread request meets the end of its thread only about every second time.
test.each(['first', 'second'])(
  'requests that wait unread on a killed evaluator never end the process (%s)',
  async () => {
    const { sidecar, apiKey } = await serve(copyOfPolicies(endlessPolicy('operation')));
    for (const id of ['endless-1', 'endless-2']) {
      let answers = 0;
      const load = new CheckLoad({
        lanes: Array.from({ length: 12 }, () => ({
          client: sidecar.tcpClient(),
          kind: 'unary' as const,
          question: () => ({ operation: 'session.read', source: { ip: '192.0.2.1' } }),
        })),
        mark: () => null,
        onAnswer: () => {
          answers += 1;
        },
      });
      await expect.poll(() => answers, PATIENCE).toBeGreaterThan(100);
      expect((await askForEver(sidecar, apiKey, id)).grpcStatus).toBe(UNAVAILABLE);
      // Every lane ends by itself, because its connection does.
      await load.ended;
      await expect.poll(() => allServe(sidecar), PATIENCE).toBe(true);
    }
    const { evaluators } = await sidecar.admin.system.status({});
    expect(evaluators.map(({ kills }) => kills)).toEqual([2]);
  },
);

test('three kills quarantine the revision, each is recorded, and the last good one answers', async () => {
  const path = copyOfPolicies();
  const { sidecar, apiKey } = await serve(path);
  const revision = async () => (await sidecar.admin.policy.status({})).activeRevision;
  const good = await revision();
  edit(path, endlessPolicy('operation'));
  await expect.poll(revision, PATIENCE).not.toBe(good);
  const endless = await revision();
  const ids = ['endless-1', 'endless-2', 'endless-3'];
  for (const id of ids) {
    expect((await askForEver(sidecar, apiKey, id)).grpcStatus).toBe(UNAVAILABLE);
    await expect.poll(() => allServe(sidecar), PATIENCE).toBe(true);
  }
  await expect.poll(revision, PATIENCE).toBe(good);
  const records = await readRecords(sidecar.admin);
  for (const id of ids) {
    expect(
      decisionsOf(records, id).map(({ record }) => [record['reason'], checkOf({ record })['revision']]),
    ).toEqual([['policy_failed', endless]]);
  }
  const { lastRefusal } = await sidecar.admin.policy.status({});
  expect(lastRefusal).toMatchObject({ revision: endless });
  expect(lastRefusal?.problems[0]?.message).toMatch(/quarantined/);
  expect(sidecar.launched.logged('policy_quarantined')).toMatchObject([{ revision: endless, kills: 3 }]);
  const answer = await sidecar
    .unixClient()
    .authorization.check({ requestId: 'good', apiKey, operation: ENDLESS_OPERATION });
  expect(answer).toMatchObject({ reason: 'REASON_ALLOWED', policyRevision: good });
  expect((await verifyLog(sidecar.admin)).ok).toBe(true);
});

test('a candidate whose self-test does not end is refused and never active', async () => {
  const path = copyOfPolicies();
  const { sidecar, apiKey } = await serve(path);
  const { activeRevision, generation } = await sidecar.admin.policy.status({});
  edit(path, endlessPolicy('always'));
  const refusals = () => sidecar.metric('postern_policy_refusals_total');
  await expect.poll(refusals, PATIENCE).toBe(1);
  const status = await sidecar.admin.policy.status({});
  expect(status).toMatchObject({ activeRevision, generation });
  expect(status.lastRefusal?.problems[0]?.message).toMatch(/did not end within/);
  const answer = await sidecar.host.authorization.check({
    requestId: 'good',
    apiKey,
    operation: ENDLESS_OPERATION,
  });
  expect(answer).toMatchObject({ reason: 'REASON_ALLOWED', policyRevision: activeRevision });
  const { evaluators } = await sidecar.admin.system.status({});
  expect(evaluators.map(({ kills }) => kills)).toEqual([0]);
});
