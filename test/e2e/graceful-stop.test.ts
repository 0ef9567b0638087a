/**
 * SIGTERM: what was accepted is answered and recorded, what was not is UNAVAILABLE and not recorded, and the
 * process always ends with exit code 0 in time, whatever its callers do and whenever the signal comes.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CheckLoad } from '../support/check-load.ts';
import { CHECK_PATH, openSession, openStream } from '../support/grpc-raw-call.ts';
import { KilledLog } from '../support/killed-log.ts';
import { ENDLESS_OPERATION, endlessPolicy } from '../support/policy/endless-policy.ts';
import { copyOfPolicies } from '../support/policy/policy-directory.ts';
import { launchSidecar, newPlace, type RunningSidecar, startSidecar } from '../support/sidecar.ts';
import { checkOf, readRecords, verifyLog } from '../support/sidecar-log.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

const COMPANY = 'cmp_aurora';
const UNAVAILABLE = 14;
const GRACE_MS = 1_500;
/** What a busy machine may add to the grace. */
const MARGIN_MS = 4_000;
const DONE = { code: 0, signal: null };
const PATIENCE = { timeout: 10_000, interval: 10 };

async function apiKeyOf({ admin }: RunningSidecar): Promise<string> {
  await createCompany(admin, COMPANY);
  return (await createKey(admin, COMPANY)).secret;
}

test('under load: every recorded check was answered, every answer is recorded, the rest is UNAVAILABLE', async () => {
  const sidecar = await startSidecar({ evaluators: { count: 2 } });
  const apiKey = await apiKeyOf(sidecar);
  const log = new KilledLog();
  const errors = new Set<number>();
  const clients = Array.from({ length: 9 }, (_, place) =>
    place < 3 ? sidecar.unixClient() : sidecar.tcpClient(),
  );
  const load = new CheckLoad({
    lanes: clients.map((client, place) => ({
      client,
      kind: (['unary', 'batch', 'stream'] as const)[place % 3] ?? 'unary',
      question: () => ({ apiKey, operation: 'payments.create' }),
    })),
    mark: () => null,
    onAnswer: (answer) => log.answered(answer),
    onError: (error) => errors.add(error.grpcStatus),
  });
  await expect.poll(() => log.answers, PATIENCE).toBeGreaterThan(500);
  expect(await sidecar.stop()).toEqual(DONE);
  await load.ended;
  expect([...errors]).toEqual([UNAVAILABLE]);
  const again = await startSidecar(sidecar.place);
  const records = await readRecords(again.admin);
  expect(log.problemsAfterRestart(records)).toEqual([]);
  expect(records.filter(({ kind }) => kind === 'decision')).toHaveLength(log.answers);
  expect((await verifyLog(again.admin)).ok).toBe(true);
});

test('a half-open call, an idle stream and a second SIGTERM neither hold it up nor change how it ends', async () => {
  const sidecar = await startSidecar({ grpc: { graceMs: GRACE_MS } });
  const apiKey = await apiKeyOf(sidecar);
  const session = openSession(Number(sidecar.tcp.split(':').at(-1)));
  onTestFinished(() => session.destroy());
  openStream(session, CHECK_PATH);
  const stream = sidecar.host.authorization.openStream();
  await stream.check({ requestId: 'first', apiKey, operation: 'session.read' });
  const startMs = performance.now();
  const ended = sidecar.stop();
  await sidecar.launched.untilLogged('stopping');
  sidecar.launched.signal('SIGTERM');
  expect(await ended).toEqual(DONE);
  expect(performance.now() - startMs).toBeLessThan(GRACE_MS + MARGIN_MS);
  expect(sidecar.launched.logged('stopped')).toMatchObject([{ code: 0 }]);
  expect(sidecar.launched.err).toBe('');
  await expect(stream.check({ requestId: 'late', apiKey, operation: 'session.read' })).rejects.toMatchObject({
    grpcStatus: UNAVAILABLE,
  });
});

test.each([
  { ender: 'the watchdog', evaluationMsMax: 2_000, graceMs: 60_000, overruns: [{ evaluator: 0 }] },
  { ender: 'the end of the grace', evaluationMsMax: 10_000, graceMs: 100, overruns: [] },
])('a check that does not end is ended by $ender and recorded', async ({ ender: _, overruns, ...limits }) => {
  const sidecar = await startSidecar({
    policy: {
      path: copyOfPolicies(endlessPolicy('operation')),
      evaluationMsMax: limits.evaluationMsMax,
    },
    grpc: { graceMs: limits.graceMs },
  });
  const apiKey = await apiKeyOf(sidecar);
  const endless = { requestId: 'endless', apiKey, operation: ENDLESS_OPERATION };
  const asked = sidecar.unixClient().authorization.check(endless, { deadlineMs: 60_000 });
  const refused = expect(asked).rejects.toMatchObject({ grpcStatus: UNAVAILABLE });
  const isStuck = () =>
    sidecar.host.authorization
      .check({ requestId: 'keyless', operation: 'session.read' }, { deadlineMs: 250 })
      .then(
        () => false,
        () => true,
      );
  await expect.poll(isStuck, PATIENCE).toBe(true);
  expect(await sidecar.stop()).toEqual(DONE);
  await refused;
  expect(sidecar.launched.logged('evaluation_overrun')).toMatchObject(overruns);
  const again = await startSidecar(sidecar.place);
  const records = await readRecords(again.admin);
  const recorded = records.filter(
    (one) => one.kind === 'decision' && checkOf(one)['request_id'] === 'endless',
  );
  expect(recorded.map(({ record }) => record)).toMatchObject([{ effect: 'deny', reason: 'policy_failed' }]);
  expect((await verifyLog(again.admin)).ok).toBe(true);
});

test.each([
  { moment: 'the lock is taken', file: 'lock.pid' },
  { moment: 'the ledger is made', file: 'ledger.db' },
  { moment: 'the index is made', file: 'index.db' },
])('SIGTERM while it starts, when $moment, ends it cleanly, and the next start works', async ({ file }) => {
  // Compiling the sources keeps the start going for a while.
  const place = await newPlace({ policy: { path: copyOfPolicies() }, sample: true });
  const started = launchSidecar(place);
  await expect.poll(() => existsSync(join(place.dataDirectory, file)), PATIENCE).toBe(true);
  started.signal('SIGTERM');
  expect(await started.ended).toEqual(DONE);
  expect(started.out + started.err).not.toMatch(/"level":"error"|\n\s+at /);
  const sidecar = await startSidecar(place);
  expect((await verifyLog(sidecar.admin)).ok).toBe(true);
});
