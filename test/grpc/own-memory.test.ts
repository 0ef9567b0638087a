/**
 * What callers leave with us holds its own bytes and no more: between two small buffers that are kept, ordinary
 * checks use up slabs of the memory that Node shares out, and a slice of one would keep all of it.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import {
  CHECK_PATH,
  encodeMessage,
  eventually,
  frame,
  openSession,
  openStream,
  rawCall,
} from '../support/grpc-raw-call.ts';
import { openTestServer, type TestServer } from '../support/grpc-server.ts';

const STREAM_PATH = '/postern.v1.AuthorizationService/StreamCheck';
const KEPT = 100;
/** Bytes of requests that are more than a slab, whatever Node makes of its size. */
const CHECKS_BETWEEN = 24;
/** What is counted for objects is above what they hold; this is for whatever else a process does meanwhile. */
const MARGIN_BYTES = 1_000_000;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

let at: TestServer;
let other: ClientHttp2Session;

beforeEach(async () => {
  at = await openTestServer({ bounds: { streamsMax: KEPT } });
  other = openSession(at.port);
});

afterEach(async () => {
  other.destroy();
  await at.close();
});

const checkOf = (check: number) => ({
  requestId: `req-${check}`,
  apiKey: 'pst_live_x',
  operation: 'payments.create',
});
const ordinary = frame(encodeMessage('CheckRequest', { ...checkOf(0), apiKey: 'k'.repeat(3_500) }));

async function decideOthers(): Promise<void> {
  const answers = Array.from({ length: CHECKS_BETWEEN }, () => rawCall(other, { body: ordinary }));
  for (const { status } of await Promise.all(answers)) expect(status).toBe(0);
  at.checker.calls.length = 0;
}

function written(stream: ClientHttp2Stream, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => stream.write(bytes, () => resolve()));
}

/** Bytes outside of the heap, once nothing is left that nobody needs: it takes a few collections. */
async function heldOutside(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    least = Math.min(least, process.memoryUsage().arrayBuffers);
  }
  return least;
}

/** How many bytes more are held after `keep` was called over and over, with the checks of others in between. */
async function heldBy(keep: (turn: number) => Promise<void>): Promise<number> {
  await decideOthers();
  const before = await heldOutside();
  for (let turn = 0; turn < KEPT; turn += 1) {
    await keep(turn);
    await decideOthers();
  }
  return (await heldOutside()) - before;
}

test('pieces of a stream that is not read', async () => {
  const session = openSession(at.port);
  onTestFinished(() => session.destroy());
  const stream = openStream(session, STREAM_PATH);
  stream.pause();
  for (let check = 0; check < 1_000; check += 1) {
    await written(stream, frame(encodeMessage('StreamCheckRequest', { check: checkOf(check) })));
  }
  await eventually(() => at.server.arrivedBytes > 0);
  const held = await heldBy(() => written(stream, Buffer.alloc(1)));
  expect(held).toBeLessThan(MARGIN_BYTES);
});

test('results that nobody takes', async () => {
  const session = connect(`http://127.0.0.1:${at.port}`, { settings: { initialWindowSize: 0 } });
  onTestFinished(() => session.destroy());
  const stream = openStream(session, STREAM_PATH);
  stream.pause();
  const before = at.server.arrivedBytes;
  const held = await heldBy((turn) =>
    written(stream, frame(encodeMessage('StreamCheckRequest', { check: checkOf(turn) }))),
  );
  expect(at.server.arrivedBytes).toBeGreaterThan(before);
  expect(held).toBeLessThan(MARGIN_BYTES);
});

test.each([CHECK_PATH, STREAM_PATH])('small messages of %s without their last byte', async (path) => {
  const session = openSession(at.port);
  onTestFinished(() => session.destroy());
  const cut = frame(encodeMessage('CheckRequest', checkOf(0))).subarray(0, -1);
  const streams: ClientHttp2Stream[] = [];
  const held = await heldBy(async () => {
    const stream = openStream(session, path);
    stream.on('error', () => {});
    streams.push(stream);
    await written(stream, cut);
  });
  expect(at.server.openCalls).toBe(streams.length);
  expect(held).toBeLessThan(MARGIN_BYTES);
});
