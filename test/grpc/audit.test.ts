/**
 * The audit service over a real server: filters, pages, and streams that wait for their reader.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PosternError } from '../../src/core/error.ts';
import { createAuditService } from '../../src/grpc/audit-service.ts';
import type { AuditReader, RecordFilter, StoredRecord, VerifyProgress } from '../../src/pdp/audit-port.ts';
import { encodeMessage, eventually, frame, openSession, openStream } from '../support/grpc-raw-call.ts';
import { openTestServer, type TestServer } from '../support/grpc-server.ts';

const TAIL_PATH = '/postern.v1.AuditService/TailRecords';

function record(index: number, size = 10): StoredRecord {
  return { logId: 'log_1', index, leaf: `{"i":${index},"x":"${'x'.repeat(size)}ä"}`, private: '' };
}

/** An endless log that counts how far it was read. */
class TestReader implements AuditReader {
  filter: RecordFilter | null = null;
  page: readonly [number, string] | null = null;
  read = 0;
  signal: AbortSignal | null = null;
  ended = 0;
  chunk = 10;
  size = 10;
  progress: readonly VerifyProgress[] = [];

  async query(filter: RecordFilter, pageSize: number, pageToken: string) {
    this.filter = filter;
    this.page = [pageSize, pageToken];
    return { records: [record(2), record(1)], nextPageToken: 'n', completeBelow: 3, logSize: 4 };
  }

  async *tail(fromIndex: number | null, filter: RecordFilter, stopAtEnd: boolean, signal: AbortSignal) {
    this.filter = filter;
    this.signal = signal;
    this.read = fromIndex ?? 1_000;
    try {
      while (!signal.aborted) {
        const from = this.read;
        this.read += this.chunk;
        yield Array.from({ length: this.chunk }, (_, at) => record(from + at, this.size));
        if (stopAtEnd) return;
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      this.ended += 1;
    }
  }

  async *verify(progressEvery: number) {
    this.page = [progressEvery, ''];
    yield* this.progress;
    if (this.progress.length === 0) throw new PosternError('storage_damaged', 'The log does not agree.');
  }

  async indexed() {
    return 0;
  }
}

let at: TestServer;
let reader: TestReader;

beforeEach(async () => {
  reader = new TestReader();
  at = await openTestServer({
    services: (server) => [
      createAuditService({ audit: reader, connection: (peer) => server.connection(peer), report: () => {} }),
    ],
  });
});

afterEach(() => at.close());

test('a query carries its filter and page, and its records come back as the bytes that were hashed', async () => {
  const page = await at.client.audit.query({
    filter: {
      kinds: ['decision', 'admin'],
      companyId: 'cmp_aurora',
      keyId: 'key_1',
      operation: 'a.b',
      effect: 'EFFECT_DENY',
      reasons: ['REASON_KEY_UNKNOWN', 'REASON_ALLOWED'],
      requestId: 'r',
      correlationId: 'c',
      decisionId: 'd',
      since: { seconds: 5, nanos: 7_000 },
    },
    pageSize: 9,
    pageToken: 't',
  });
  expect(reader.filter).toEqual({
    kinds: ['decision', 'admin'],
    companyId: 'cmp_aurora',
    keyId: 'key_1',
    operation: 'a.b',
    effect: 'deny',
    reasons: ['key_unknown', 'allowed'],
    requestId: 'r',
    correlationId: 'c',
    decisionId: 'd',
    sinceUs: 5_000_007,
    untilUs: null,
  });
  expect(reader.page).toEqual([9, 't']);
  expect(page).toMatchObject({ nextPageToken: 'n', completeBelow: '3', logSize: '4' });
  expect(page.records.map(({ index, leaf }) => [index, leaf.toString()])).toEqual([
    ['2', record(2).leaf],
    ['1', record(1).leaf],
  ]);
});

test('a faulty filter names its fields', async () => {
  const filter = { kinds: ['none'], companyId: 'a b', operation: 'ä', until: { seconds: -1 } };
  await expect(
    at.client.audit.query({ filter: { ...filter, reasons: ['REASON_UNSPECIFIED'] }, pageSize: 5_000 }),
  ).rejects.toMatchObject({
    faults: ['company_id', 'operation', 'kinds', 'reasons', 'until']
      .map((name) => ({ field: `filter.${name}` }))
      .concat({ field: 'page_size' }),
  });
  await expect(at.client.audit.tail({ filter })[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'request_malformed',
  });
});

test('tailing begins where it is told, zero included, and ends at the end when told so', async () => {
  const indexes: string[] = [];
  for await (const { records } of at.client.audit.tail({ fromIndex: 0, stopAtEnd: true })) {
    indexes.push(...records.map(({ index }) => index));
  }
  expect(indexes).toEqual(Array.from({ length: 10 }, (_, index) => String(index)));
  for await (const { records } of at.client.audit.tail({ stopAtEnd: true })) {
    expect(records[0]?.index).toBe('1000');
  }
});

test('a chunk that is too large for a message comes in several', async () => {
  reader.chunk = 40;
  reader.size = 100_000;
  const sizes: number[] = [];
  for await (const { records } of at.client.audit.tail({ fromIndex: 0, stopAtEnd: true }))
    sizes.push(records.length);
  expect(sizes).toEqual([10, 10, 10, 10]);
});

test('who leaves the loop ends the reading', async () => {
  for await (const { records } of at.client.audit.tail({ fromIndex: 5 })) {
    expect(records[0]?.index).toBe('5');
    break;
  }
  await eventually(() => reader.ended === 1);
  expect(reader.signal?.aborted).toBe(true);
});

test('a reader that takes nothing is waited for', async () => {
  reader.size = 10_000;
  const session = openSession(at.port);
  const stream = openStream(session, TAIL_PATH);
  stream.pause();
  stream.end(frame(encodeMessage('TailRecordsRequest', { fromIndex: 1 })));
  let before = -1;
  while (reader.read > before || before <= 1) {
    before = reader.read;
    for (let count = 0; count < 100; count += 1) await at.client.health.check();
  }
  // Less than 10 MB are waiting, of an endless log.
  expect(before).toBeLessThan(1_000);
  stream.resume();
  await eventually(() => reader.read > before);
  session.destroy();
  await eventually(() => reader.ended === 1);
});

test('a stop ends a tail as shutting_down', async () => {
  const tail = at.client.audit.tail({ fromIndex: 0 })[Symbol.asyncIterator]();
  await tail.next();
  const stopped = at.server.stop(5_000);
  const drained = (async () => {
    while (!(await tail.next()).done);
  })();
  await expect(drained).rejects.toMatchObject({ code: 'shutting_down' });
  expect(await stopped).toEqual({ clean: true });
  expect(reader.ended).toBe(1);
});

test('a verification tells its progress and its result; damage is DATA_LOSS', async () => {
  const rootHash = new Uint8Array(32).fill(3);
  const result = { ok: false, logId: 'log_1', rootHash, firstBadIndex: 0, problem: 'The leaf differs.' };
  reader.progress = [
    { records: 1, logSize: 2, result: null },
    { records: 2, logSize: 2, result },
  ];
  const messages: unknown[] = [];
  for await (const message of at.client.audit.verify({})) messages.push(message);
  expect(messages).toMatchObject([
    { records: '1', logSize: '2', result: null },
    { records: '2', result: { ok: false, firstBadIndex: '0', problem: 'The leaf differs.', logId: 'log_1' } },
  ]);
  expect(reader.page).toEqual([100_000, '']);
  reader.progress = [];
  await expect(
    at.client.audit.verify({ progressEvery: 5 })[Symbol.asyncIterator]().next(),
  ).rejects.toMatchObject({
    code: 'storage_damaged',
    grpcStatus: 15,
  });
});
