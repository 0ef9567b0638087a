// Probes and metrics over real sockets: three paths, no input, and no caller that can hold it up.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type OpsHttp, type OpsHttpOptions, openOpsHttp } from './http.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(options: Partial<OpsHttpOptions> = {}): Promise<OpsHttp> {
  const server = await openOpsHttp({
    host: '127.0.0.1',
    port: 0,
    live: () => [],
    ready: () => [],
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', body: 'a 1\n' }),
    ...options,
  });
  open.push(server);
  return server;
}

/** Sends raw bytes and returns everything until the other side closes. */
async function exchange(port: number, bytes: string): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  socket.on('error', () => socket.destroy());
  socket.write(bytes);
  await once(socket, 'close');
  return text;
}

const get = async (port: number, path: string, method = 'GET') => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
};

test('live and ready answer by their own problems', async () => {
  const { port } = await serve({ ready: () => ['no policy is active', 'the ledger cannot write'] });
  expect(await get(port, '/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
  expect(await get(port, '/readyz?verbose')).toMatchObject({
    status: 503,
    body: 'no policy is active\nthe ledger cannot write\n',
  });
});

test('metrics come with their own content type', async () => {
  const { port } = await serve();
  expect(await get(port, '/metrics')).toEqual({
    status: 200,
    type: 'text/plain; version=0.0.4',
    body: 'a 1\n',
  });
  expect(await get(port, '/metrics', 'HEAD')).toMatchObject({ status: 200, body: '' });
});

test('every other path and method is refused', async () => {
  const { port } = await serve();
  for (const path of ['/', '/metrics/', '/healthz/x', '/../metrics%00', '//metrics']) {
    expect((await get(port, path)).status).toBe(404);
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    expect((await get(port, '/healthz', method)).status).toBe(405);
  }
});

test('a failure inside shows nothing of itself', async () => {
  const { port } = await serve({ metrics: () => Promise.reject(new Error('inner words')) });
  expect(await get(port, '/metrics')).toMatchObject({ status: 500, body: 'failed\n' });
});

test('a body is not read, and its connection is closed', async () => {
  const { port } = await serve();
  const declared = await exchange(port, 'GET /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: 999999\r\n\r\n');
  expect(declared).toMatch(/^HTTP\/1\.1 413 /);
});

test('garbage, oversized headers and a caller that never finishes are cut off', async () => {
  const { port } = await serve({ waitMsMax: 300 });
  expect(await exchange(port, 'garbage\r\n\r\n')).toBe('');
  expect(await exchange(port, `GET /healthz HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(9_000)}\r\n\r\n`)).toBe(
    '',
  );
  // The header never ends: the server's own time limit must close the connection.
  const unfinished = exchange(port, 'GET /healthz HTTP/1.1\r\nhost: a\r\n');
  expect((await get(port, '/healthz')).status).toBe(200);
  expect(await unfinished).toBe('');
});

test('a caller that asks and does not read is cut off', async () => {
  const body = 'a'.repeat(32 * 1_048_576);
  const { port } = await serve({
    waitMsMax: 300,
    metrics: async () => ({ contentType: 'text/plain', body }),
  });
  const reader = connect(port, '127.0.0.1');
  reader.on('error', () => reader.destroy());
  reader.write('GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n');
  // Two callers that end by the same limit, one after the other: by then the first one is over it, too.
  await exchange(port, 'GET /healthz HTTP/1.1\r\nhost: a\r\n');
  await exchange(port, 'GET /healthz HTTP/1.1\r\nhost: a\r\n');
  let received = 0;
  reader.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  await once(reader, 'close');
  expect(received).toBeLessThan(body.length);
});

test('a port in use is an error that names itself', async () => {
  const { port } = await serve();
  await expect(serve({ port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
    message: `Cannot listen on 127.0.0.1:${port} (listeners.ops.address): the port is in use.`,
  });
});
