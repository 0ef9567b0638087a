/**
 * Somebody removes the file of a unix socket while the sidecar runs: whoever listens notices nothing of that by
 * itself, and callers find no socket. It is noticed, said and made again; what others put there stays.
 */
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { startSidecar } from '../support/sidecar.ts';

test.each(['decisionSocket', 'adminSocket'] as const)(
  'a removed %s is made again, as it was',
  async (name) => {
    const sidecar = await startSidecar();
    const path = sidecar.place[name];
    const { mode } = statSync(path);
    rmSync(path);
    expect(await sidecar.launched.untilLogged('socket_lost')).toMatchObject({
      level: 'error',
      path,
      problem: 'its file was removed',
    });
    expect(await sidecar.launched.untilLogged('socket_back')).toMatchObject({ path });
    expect(statSync(path).mode).toBe(mode);
    const client = name === 'adminSocket' ? sidecar.admin : sidecar.unixClient();
    expect(await client.health.check()).toBe('SERVING');
    expect(await sidecar.stop()).toEqual({ code: 0, signal: null });
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  },
);

test('the directory of the admin socket is made again with it, for its owner alone', async () => {
  const sidecar = await startSidecar();
  const path = sidecar.place.adminSocket;
  rmSync(dirname(path), { recursive: true });
  await sidecar.launched.untilLogged('socket_back');
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a file in the place of the only way in is kept, and readiness says that nobody finds the sidecar', async () => {
  const sidecar = await startSidecar({ listeners: { decision: { tcp: 'off' } } });
  const path = sidecar.place.decisionSocket;
  linkSync(path, `${path}.away`);
  writeFileSync(`${path}.new`, 'kept');
  // At once, so that it is never gone in between.
  renameSync(`${path}.new`, path);
  const lost = await sidecar.launched.untilLogged('socket_lost');
  expect(lost).toMatchObject({ path, problem: 'something else is in its place' });
  expect(await sidecar.ops('/readyz')).toEqual({ status: 503, body: 'the decision socket is gone\n' });
  expect(readFileSync(path, 'utf8')).toBe('kept');
  renameSync(`${path}.away`, path);
  await sidecar.launched.untilLogged('socket_back');
  expect((await sidecar.ops('/readyz')).status).toBe(200);
  const client = sidecar.unixClient();
  await expect.poll(() => client.health.check(), { timeout: 5_000 }).toBe('SERVING');
});
