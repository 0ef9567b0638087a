/**
 * A real file system that is full, or read-only: the sidecar runs in a mount namespace of its own with a
 * small one under its data directory. Needs `unshare` and, without root, user namespaces.
 */
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { CallError } from '../../src/client/call-error.ts';
import { launchSidecar, newPlace, type SidecarPlace, startSidecar } from '../support/sidecar.ts';
import { readRecords, verifyLog } from '../support/sidecar-log.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

const UNAVAILABLE = 14;
const PATIENCE = { timeout: 20_000, interval: 20 };
const ROUNDS = 3;
/** Left for the sidecar when the file system is filled. */
const ROOM_BYTES = 131_072;

/** Runs the program behind a mount of its own over the data directory, with the same process id. */
function mounted(place: SidecarPlace, options: string): readonly [string, ...string[]] {
  mkdirSync(place.dataDirectory, { mode: 0o700 });
  const isRoot = process.getuid?.() === 0;
  const mount = `mount -t tmpfs -o mode=700,${options} none "$0" && exec "$@"`;
  const namespaces = isRoot ? ['--mount'] : ['--mount', '--map-root-user'];
  return ['unshare', ...namespaces, 'sh', '-c', mount, place.dataDirectory, process.execPath];
}

/** Takes what is free of the file system that a file is to be on, but for a little. */
function fill(file: string): void {
  const { bavail, bsize } = statfsSync(dirname(file));
  writeFileSync(file, Buffer.alloc(Math.max(0, bavail * bsize - ROOM_BYTES)));
}

test('a full file system stops every answer, room brings them back, again and again, and the log verifies', async () => {
  const place = await newPlace();
  const sidecar = await startSidecar(place, { command: mounted(place, 'size=32m') });
  const ballast = join(`/proc/${sidecar.launched.pid}/root`, place.dataDirectory, 'ballast');
  await createCompany(sidecar.admin, 'cmp_aurora');
  const { secret: apiKey } = await createKey(sidecar.admin, 'cmp_aurora');
  const answered: string[] = [];
  const check = () =>
    sidecar.host.authorization.check({ requestId: 'r', apiKey, operation: 'payments.create' });
  for (let round = 1; round <= ROUNDS; round += 1) {
    fill(ballast);
    let failed: CallError | null = null;
    while (failed === null) {
      // Several at once, so that groups are cut off in the middle.
      const answers = await Promise.all(
        Array.from({ length: 16 }, () => check().catch((error: CallError) => error)),
      );
      for (const answer of answers) {
        if ('grpcStatus' in answer) failed = answer;
        else answered.push(answer.decisionId);
      }
    }
    expect(failed).toMatchObject({ grpcStatus: UNAVAILABLE, code: 'storage_unavailable' });
    rmSync(ballast);
    await expect.poll(async () => (await sidecar.ops('/readyz')).status, PATIENCE).toBe(200);
    answered.push((await check()).decisionId);
  }
  const records = await readRecords(sidecar.admin);
  const decided = records
    .filter(({ kind }) => kind === 'decision')
    .map(({ record }) => record['decision_id']);
  expect(new Set(decided)).toEqual(new Set(answered));
  expect(records.filter(({ kind }) => kind === 'recovered').length).toBeGreaterThanOrEqual(ROUNDS);
  expect((await verifyLog(sidecar.admin)).ok).toBe(true);
  // The search index had no room either, and follows again.
  const lag = async () => {
    const { completeBelow, logSize } = await sidecar.admin.audit.query({ pageSize: 1 });
    return Number(logSize) - Number(completeBelow);
  };
  await expect.poll(lag, PATIENCE).toBe(0);
  expect(await sidecar.stop()).toEqual({ code: 0, signal: null });
});

test('a read-only file system is refused at the start, in one message', async () => {
  const place = await newPlace();
  const started = launchSidecar(place, { command: mounted(place, 'ro') });
  expect(await started.ended).toEqual({ code: 1, signal: null });
  expect(started.err).toMatch(/^error: [^\n]*cannot be written[^\n]*read-only[^\n]*\n$/);
});
