/**
 * A transient failure never leaves the sidecar without evaluators: while none can start it says so and is not
 * ready, and it serves again by itself once the cause is gone.
 */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CallError } from '../../src/client/call-error.ts';
import { ENDLESS_OPERATION, endlessPolicy } from '../support/policy/endless-policy.ts';
import { copyOfPolicies } from '../support/policy/policy-directory.ts';
import { startSidecar } from '../support/sidecar.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

const PATIENCE = { timeout: 15_000, interval: 50 };

test('an evaluator that cannot start is tried until it can, and readiness tells of it', async () => {
  const path = copyOfPolicies(endlessPolicy('operation'));
  const sidecar = await startSidecar({ policy: { path, evaluationMsMax: 250 } });
  await createCompany(sidecar.admin, 'cmp_aurora', 'standard');
  const { secret: apiKey } = await createKey(sidecar.admin, 'cmp_aurora');
  // An evaluator opens the registry when it starts; the ledger holds it open and does not notice.
  const database = join(sidecar.place.dataDirectory, 'ledger.db');
  renameSync(database, `${database}.away`);
  await sidecar
    .unixClient()
    .authorization.check(
      { requestId: 'endless', apiKey, operation: ENDLESS_OPERATION },
      { deadlineMs: 60_000 },
    )
    .catch((error: CallError) => expect(error.code).toBe('unreachable'));
  const failed = await sidecar.launched.untilLogged(
    'evaluator_restart_failed',
    ({ attempt }) => attempt === 3,
  );
  expect(failed).toMatchObject({ level: 'error', evaluator: 0, retry_after_ms: 200 });
  expect(await sidecar.ops('/readyz')).toEqual({ status: 503, body: 'no evaluator serves\n' });
  expect((await sidecar.ops('/healthz')).status).toBe(200);
  expect(await sidecar.admin.system.status({})).toMatchObject({
    ready: false,
    notReadyBecause: ['no evaluator serves'],
  });
  renameSync(`${database}.away`, database);
  await expect.poll(async () => (await sidecar.ops('/readyz')).status, PATIENCE).toBe(200);
  const answer = await sidecar
    .unixClient()
    .authorization.check({ requestId: 'after', apiKey, operation: 'session.read' });
  expect(answer.reason).toBe('REASON_ALLOWED');
});
