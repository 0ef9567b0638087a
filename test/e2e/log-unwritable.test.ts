/**
 * A log that cannot be written is nobody's concern but its reader's: with standard output on a full disk, or
 * on a pipe that nobody reads, the sidecar starts, answers, is probed and stops as ever.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../src/client/connect.ts';
import { launchSidecar, newPlace, type SidecarPlace } from '../support/sidecar.ts';

const PATIENCE = { timeout: 10_000, interval: 20 };

async function expectServing(place: SidecarPlace): Promise<void> {
  const probe = () =>
    fetch(`http://${place.ops}/readyz`).then(
      ({ status }) => status,
      () => 0,
    );
  await expect.poll(probe, PATIENCE).toBe(200);
  expect((await fetch(`http://${place.ops}/healthz`)).status).toBe(200);
  const client = connect({ address: `unix:${place.decisionSocket}` });
  try {
    const answer = await client.authorization.check({ requestId: 'r', operation: 'session.read' });
    expect(answer.reason).toBe('REASON_KEY_MISSING');
  } finally {
    client.close();
  }
}

/** What the program runs under: a shell that prepares its standard output. */
const under = (shell: string) => ({ command: ['/bin/sh', '-c', shell, process.execPath] as const });
const DONE = { code: 0, signal: null };

test('with standard output on a full disk', async () => {
  const place = await newPlace();
  const sidecar = launchSidecar(place, under('exec "$0" "$@" > /dev/full'));
  await expectServing(place);
  sidecar.signal('SIGTERM');
  expect(await sidecar.ended).toEqual(DONE);
  expect(sidecar.err).toBe('');
});

test('with standard output on a full pipe whose reader has stopped', async () => {
  const place = await newPlace();
  const path = join(place.directory, 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(reader));
  for (const size of [4_096, 1]) {
    expect(() => {
      for (;;) writeSync(reader, Buffer.alloc(size));
    }).toThrow('EAGAIN');
  }
  const sidecar = launchSidecar(place, under('exec "$0" "$@" > pipe'));
  await expectServing(place);
  sidecar.signal('SIGTERM');
  expect(await sidecar.ended).toEqual(DONE);
  expect(sidecar.err).toBe('');
});
