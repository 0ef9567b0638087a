/**
 * Listening: on both kinds of address, and one clear sentence when it cannot be.
 */

import { once } from 'node:events';
import { existsSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect as connectSocket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect } from '../../src/client/connect.ts';
import { holdTcp, holdUnix, listenUnix } from '../../src/grpc/listen.ts';
import { GrpcServer } from '../../src/grpc/server.ts';
import { BOUNDS, openTestServer, type TestServer } from '../support/grpc-server.ts';
import { freePort } from '../support/sidecar.ts';

let at: TestServer;
let directory: string;

beforeEach(async () => {
  at = await openTestServer();
  directory = mkdtempSync(join(tmpdir(), 'postern-listen-'));
});

afterEach(async () => {
  await at.close();
  rmSync(directory, { recursive: true, force: true });
});

const CHECK = { requestId: 'req-1', apiKey: 'pst_live_x', operation: 'payments.create' };
const MODE = { mode: 0o600, removeStale: false };

/** Leaves a socket file behind, as a process that was killed does. */
async function leaveStaleSocket(path: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const left = createServer().listen(path, resolve);
  await promise;
  // Renamed under the listener, so that its close finds nothing to remove.
  renameSync(path, `${path}.kept`);
  left.close();
  renameSync(`${path}.kept`, path);
}

test('a unix socket serves its owner alone, under its own name, and is gone after the stop', async () => {
  expect(statSync(at.socketPath).mode & 0o777).toBe(0o600);
  const client = connect({ address: `unix:${at.socketPath}` });
  expect(await client.authorization.check(CHECK)).toMatchObject({ effect: 'EFFECT_ALLOW' });
  expect(at.checker.calls[0]?.origin.listener).toBe('decision_unix');
  client.close();
  await at.server.stop(1_000);
  expect(existsSync(at.socketPath)).toBe(false);
});

test('a port in use is refused with its address', async () => {
  const listening = at.server.listenTcp('x', { host: '127.0.0.1', port: at.port, reusePort: false });
  await expect(listening).rejects.toMatchObject({
    name: 'ListenRefused',
    address: `127.0.0.1:${at.port}`,
    message: `Cannot listen on 127.0.0.1:${at.port}: the port is in use.`,
  });
});

test('an address that is only held keeps nobody who came too early, and others out until it is released', async () => {
  const address = { host: '127.0.0.1', port: await freePort() };
  const held = await holdTcp(address);
  const early = connectSocket(address.port, address.host);
  early.on('error', () => {});
  early.resume();
  await once(early, 'connect');
  await expect(holdTcp(address)).rejects.toMatchObject({ name: 'ListenRefused' });
  await held.release();
  await (await holdTcp(address)).release();
  early.destroy();
});

test('two servers may share a port when both say so', async () => {
  const options = {
    messageBytesMax: 65_536,
    concurrentStreamsMax: 100,
    connectionsMax: 8,
    connectionIdleMs: 9_000,
  };
  const more = { connectionAgeMsMax: 9_000_000, graceMs: 100, bounds: BOUNDS, report: () => {} };
  const servers = [new GrpcServer({ ...options, ...more }), new GrpcServer({ ...options, ...more })];
  const port = await servers[0]?.listenTcp('x', { host: '127.0.0.1', port: 0, reusePort: true });
  expect(await servers[1]?.listenTcp('x', { host: '127.0.0.1', port: port ?? 0, reusePort: true })).toBe(
    port,
  );
  for (const server of servers) await server.stop(0);
});

test('an address that this machine does not have is refused', async () => {
  const listening = at.server.listenTcp('x', { host: '192.0.2.1', port: 0, reusePort: false });
  await expect(listening).rejects.toThrow(
    'Cannot listen on 192.0.2.1:0: this machine does not have the address.',
  );
});

test('a socket path of 107 bytes is listened on, one of 108 is a clear refusal', async () => {
  const longest = join(directory, 'x'.repeat(107 - directory.length - 1));
  await at.server.listenUnix('x', { path: longest, ...MODE });
  expect(existsSync(longest)).toBe(true);
  await expect(at.server.listenUnix('x', { path: `${longest}y`, ...MODE })).rejects.toThrow(
    'the path has 108 bytes, at most 107 bytes are possible',
  );
});

test('a socket left behind is removed only by who may, and never what is not a socket', async () => {
  const path = join(directory, 'left.sock');
  await leaveStaleSocket(path);
  await expect(at.server.listenUnix('x', { path, ...MODE })).rejects.toThrow('the socket exists already');
  await at.server.listenUnix('x', { path, mode: 0o600, removeStale: true });
  const file = join(directory, 'file');
  writeFileSync(file, 'kept');
  await expect(at.server.listenUnix('x', { path: file, mode: 0o600, removeStale: true })).rejects.toThrow(
    'a file that is not a socket is in its place',
  );
  expect(existsSync(file)).toBe(true);
});

test('a socket that somebody listens on is never taken for one that was left behind', async () => {
  const address = { path: at.socketPath, mode: 0o600, removeStale: true };
  await expect(holdUnix(address)).rejects.toThrow('something listens on it already');
  const client = connect({ address: `unix:${at.socketPath}` });
  expect(await client.health.check()).toBe('NOT_SERVING');
  client.close();
});

test('what was put in the place of a new socket keeps its mode, also behind a link', async () => {
  const path = join(directory, 'new.sock');
  const file = join(directory, 'file');
  writeFileSync(file, 'secret', { mode: 0o600 });
  const server = createServer();
  server.prependListener('listening', () => {
    rmSync(path);
    symlinkSync(file, path);
  });
  const listening = listenUnix(server, { path, mode: 0o660, removeStale: false });
  await expect(listening).rejects.toThrow('something else was put in its place');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  server.close();
});

test('a socket that cannot be given its mode is not left behind, where it would be taken for somebody else’s', async () => {
  const path = join(directory, 'new.sock');
  const server = createServer();
  server.prependListener('listening', () => renameSync(path, `${path}.away`));
  const listening = listenUnix(server, { path, mode: 0o660, removeStale: false });
  await expect(listening).rejects.toThrow('the system refuses it (ENOENT)');
  expect(server.listening).toBe(false);
});

test('a directory that does not exist is named', async () => {
  const path = join(directory, 'none', 'x.sock');
  await expect(at.server.listenUnix('x', { path, ...MODE })).rejects.toThrow('its directory does not exist');
});

test('health says what it was told, of all services alike', async () => {
  expect(await at.client.health.check()).toBe('NOT_SERVING');
  at.health.setServing(true);
  expect(await at.client.health.check()).toBe('SERVING');
  expect(await at.client.health.check('postern.v1.AuthorizationService')).toBe('SERVING');
  await expect(at.client.health.check('none')).rejects.toMatchObject({ grpcStatus: 5 });
});
