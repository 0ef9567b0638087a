/**
 * More connections than the process may have open: the system takes them and closes them at once, of which Node
 * says nothing. The log does, and the connections that there were go on.
 */
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startSidecar } from '../support/sidecar.ts';

/** More than a sidecar has open by itself, and fewer than its connections and files come to. */
const FILES_MAX = 160;

test('when no connection can be accepted any more the log says so, and again when they can', async () => {
  const command = ['prlimit', `--nofile=${FILES_MAX}`, process.execPath] as const;
  const sidecar = await startSidecar({}, { command });
  expect(await sidecar.host.health.check()).toBe('SERVING');
  const [host = '', port = ''] = sidecar.tcp.split(':');
  const sockets: Socket[] = Array.from({ length: FILES_MAX }, () => {
    const socket = connect(Number(port), host);
    socket.on('error', () => {});
    socket.resume();
    return socket;
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  expect(await sidecar.launched.untilLogged('connections_refused')).toMatchObject({
    level: 'error',
    problem: 'the process may open no more files and connections',
  });
  expect(await sidecar.host.health.check()).toBe('SERVING');
  for (const socket of sockets) socket.destroy();
  await sidecar.launched.untilLogged('connections_accepted_again');
  expect(await sidecar.tcpClient().health.check()).toBe('SERVING');
  expect(await sidecar.stop()).toEqual({ code: 0, signal: null });
});
