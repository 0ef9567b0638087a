/**
 * The disk refuses to take more: every check is UNAVAILABLE, nothing is allowed, the sidecar is not ready;
 * with room again it answers without a restart, and the log says that and verifies. The limit is the
 * system's own on the size of files (RLIMIT_FSIZE), which needs no privileges; a full file system and a
 * read-only one are tried in test/fault/process-storage.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CallError } from '../../src/client/call-error.ts';
import { type RunningSidecar, startSidecar } from '../support/sidecar.ts';
import { readRecords, verifyLog } from '../support/sidecar-log.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

const UNAVAILABLE = 14;
const PATIENCE = { timeout: 10_000, interval: 20 };

/** Lets files of the sidecar grow to so many bytes, or for ever. */
function limitFiles({ launched }: RunningSidecar, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', [`--pid=${launched.pid}`, `--fsize=${bytes}:unlimited`]);
}

test('files that cannot grow: nothing is allowed until they can, and the recovery is recorded', async () => {
  const sidecar = await startSidecar();
  await createCompany(sidecar.admin, 'cmp_aurora');
  const { secret: apiKey, keyId } = await createKey(sidecar.admin, 'cmp_aurora');
  let asked = 0;
  const check = () => {
    asked += 1;
    return sidecar.host.authorization.check({
      requestId: `r-${asked}`,
      apiKey,
      operation: 'payments.create',
    });
  };
  expect((await check()).effect).toBe('EFFECT_ALLOW');

  const wal = join(sidecar.place.dataDirectory, 'ledger.db-wal');
  expect(existsSync(wal)).toBe(true);
  limitFiles(sidecar, statSync(wal).size);
  const answered: string[] = [];
  let failed: CallError | null = null;
  // What is left of the file's last page may still hold a few.
  while (failed === null) {
    const answer = await check().catch((error: CallError) => error);
    if ('grpcStatus' in answer) failed = answer;
    else answered.push(answer.decisionId);
  }
  expect(failed).toMatchObject({ grpcStatus: UNAVAILABLE, code: 'storage_unavailable' });
  for (let again = 0; again < 20; again += 1) {
    await expect(check()).rejects.toMatchObject({ grpcStatus: UNAVAILABLE, code: 'storage_unavailable' });
  }
  const revoked = sidecar.admin.keys.revoke({ keyId, reason: 'while it is full' });
  await expect(revoked).rejects.toMatchObject({ grpcStatus: UNAVAILABLE, code: 'storage_unavailable' });
  const notReady = await sidecar.ops('/readyz');
  expect(notReady).toEqual({ status: 503, body: 'the ledger cannot write\n' });
  expect((await sidecar.ops('/healthz')).status).toBe(200);
  await expect.poll(() => sidecar.host.health.check(), PATIENCE).toBe('NOT_SERVING');
  expect(await sidecar.metric('postern_ledger_writable')).toBe(0);
  expect(sidecar.launched.logged('ledger_write_failed').length).toBeGreaterThan(0);

  limitFiles(sidecar, 'unlimited');
  await expect.poll(async () => (await sidecar.ops('/readyz')).status, PATIENCE).toBe(200);
  expect((await check()).effect).toBe('EFFECT_ALLOW');
  await expect.poll(() => sidecar.host.health.check(), PATIENCE).toBe('SERVING');
  const records = await readRecords(sidecar.admin);
  const decided = records.filter(({ kind }) => kind === 'decision');
  // The first, those that still found room, and the last: what failed was neither recorded nor charged.
  expect(decided).toHaveLength(answered.length + 2);
  expect(decided.map(({ record }) => record['decision_id'])).toEqual(expect.arrayContaining(answered));
  const recovered = records.filter(({ kind }) => kind === 'recovered');
  expect(recovered).toHaveLength(1);
  expect(recovered[0]?.record['cause']).toMatch(/^sqlite_(ioerr|full)/);
  expect((await verifyLog(sidecar.admin)).ok).toBe(true);
});
