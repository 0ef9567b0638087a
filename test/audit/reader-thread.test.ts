// The audit reader over message ports, in a worker thread of its own: the same answers, streams that
// wait for a slow client, and an end for every call whatever happens to the port.
import { MessageChannel, Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import type { AuditReader, RecordFilter, StoredRecord, VerifyProgress } from '../../src/pdp/audit-port.ts';
import { EVERY_RECORD } from '../../src/pdp/audit-port.ts';
import { LogReader } from '../../src/storage/reader/log-reader.ts';
import { ReaderClient } from '../../src/storage/reader/reader-client.ts';
import { serveReader } from '../../src/storage/reader/reader-thread.ts';
import { decisionLeaf, LogWriter } from '../support/log-writer.ts';
import { sampleRecords } from '../support/sample-log.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const FOREVER = new AbortController().signal;

function openLog(records: number): { dataDirectory: string; writer: LogWriter } {
  const dataDirectory = temporaryDirectory();
  const writer = new LogWriter(dataDirectory);
  onTestFinished(() => writer.close());
  writer.append(sampleRecords(records));
  return { dataDirectory, writer };
}

/** A client of a reader in a real worker thread. */
function startThread(dataDirectory: string): { client: ReaderClient; worker: Worker } {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL('../support/reader-worker.ts', import.meta.url), {
    workerData: { dataDirectory, port: port2 },
    transferList: [port2],
  });
  const client = new ReaderClient(port1);
  onTestFinished(async () => {
    client.close();
    await worker.terminate();
  });
  return { client, worker };
}

/** A client of any reader, on this thread. */
function serveHere(reader: AuditReader, signal = FOREVER): { client: ReaderClient; problems: unknown[] } {
  const { port1, port2 } = new MessageChannel();
  const problems: unknown[] = [];
  serveReader(port2, reader, { signal, onProblem: (problem) => problems.push(problem) });
  const client = new ReaderClient(port1);
  onTestFinished(() => client.close());
  return { client, problems };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('a client on another thread gets the same answers as the reader gives', async () => {
  const { dataDirectory, writer } = openLog(1_000);
  const { client } = startThread(dataDirectory);
  const reader = LogReader.open({
    dataDirectory: dataDirectory,
    logSize: null,
    onProblem: () => undefined,
  });
  onTestFinished(() => reader.close());
  const filter: RecordFilter = { ...EVERY_RECORD, companyId: 'cmp_2' };
  const page = await client.query(filter, 20, '');
  expect(page.records).toHaveLength(20);
  expect(page).toEqual(await reader.query(filter, 20, ''));
  expect(await client.indexed()).toBe(writer.size);
  const tailed = (await collect(client.tail(0, filter, true, FOREVER))).flat();
  expect(tailed).toEqual((await collect(reader.tail(0, filter, true, FOREVER))).flat());
  const verified = await collect(client.verify(300, FOREVER));
  expect(verified).toEqual(await collect(reader.verify(300, FOREVER)));
  expect(verified.at(-1)?.result?.rootHash).toHaveLength(32);
});

test('the thread follows the log by itself, and its tails wake up on new records', async () => {
  const { dataDirectory, writer } = openLog(10);
  const { client } = startThread(dataDirectory);
  await client.indexed();
  const end = new AbortController();
  const tail = client.tail(writer.size, EVERY_RECORD, false, end.signal)[Symbol.asyncIterator]();
  const next = tail.next();
  writer.append([decisionLeaf({ number: 77 })]);
  expect(((await next).value as readonly StoredRecord[])[0]?.index).toBe(11);
  while ((await client.indexed()) < writer.size);
  end.abort();
  expect((await tail.next()).done).toBe(true);
});

test("errors cross the threads with their code and faults; only the sidecar's own are reported", async () => {
  const { dataDirectory } = openLog(10);
  const { client } = startThread(dataDirectory);
  await expect(client.query(EVERY_RECORD, 10, 'nonsense')).rejects.toMatchObject({
    name: 'PosternError',
    code: 'request_malformed',
    faults: [{ field: 'page_token' }],
  });
  const failing: AuditReader = {
    query: async () => Promise.reject(new Error('a path in /some/place')),
    indexed: async () => Promise.reject(new Error('another')),
    tail: () => failingItems(),
    verify: () => failingItems(),
  };
  const { client: other, problems } = serveHere(failing);
  await expect(other.query(EVERY_RECORD, 10, '')).rejects.toMatchObject({
    code: 'internal',
    message: 'The audit log could not be read.',
  });
  await expect(collect(other.verify(0, FOREVER))).rejects.toMatchObject({ code: 'internal' });
  expect(problems).toHaveLength(2);
});

async function* failingItems(): AsyncGenerator<never, void, undefined> {
  yield* [];
  throw new Error('a path in /some/place');
}

/** A reader whose verification never ends, and that counts what was taken from it. */
function endlessReader(): { reader: AuditReader; taken: () => number; ended: Promise<void> } {
  let taken = 0;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  async function* endless(signal: AbortSignal): AsyncGenerator<VerifyProgress, void, undefined> {
    try {
      while (!signal.aborted) yield { records: taken++, logSize: 0, result: null };
    } finally {
      resolve();
    }
  }
  const reader: AuditReader = {
    query: () => Promise.withResolvers<never>().promise,
    indexed: async () => taken,
    tail: () => failingItems(),
    verify: (_, signal) => endless(signal),
  };
  return { reader, taken: () => taken, ended };
}

test('a stream waits for a client that does not take its items', async () => {
  const { reader, taken } = endlessReader();
  const { client } = serveHere(reader);
  const stream = client.verify(0, FOREVER)[Symbol.asyncIterator]();
  expect((await stream.next()).value).toMatchObject({ records: 0 });
  // Each of these is a way there and back, so the stream had every chance to run ahead.
  for (let n = 0; n < 20; n++) await client.indexed();
  expect(taken()).toBeLessThan(6);
  for (let n = 1; n < 10; n++) expect((await stream.next()).value).toMatchObject({ records: n });
});

test('a stream ends on the thread when its client leaves the loop', async () => {
  const { reader, ended } = endlessReader();
  const { client } = serveHere(reader);
  for await (const item of client.verify(0, FOREVER)) {
    if (item.records === 3) break;
  }
  await ended;
  expect(await client.indexed()).toBeLessThan(10);
});

test('a stream ends on both sides when the client aborts it, the port closes or the thread stops', async () => {
  const aborted = endlessReader();
  const end = new AbortController();
  const stream = serveHere(aborted.reader).client.verify(0, end.signal)[Symbol.asyncIterator]();
  await stream.next();
  end.abort();
  expect((await stream.next()).done).toBe(true);
  await aborted.ended;

  const closed = endlessReader();
  const { client } = serveHere(closed.reader);
  await client.verify(0, FOREVER)[Symbol.asyncIterator]().next();
  client.close();
  await closed.ended;

  const stopped = endlessReader();
  const stop = new AbortController();
  await serveHere(stopped.reader, stop.signal).client.verify(0, FOREVER)[Symbol.asyncIterator]().next();
  stop.abort();
  await stopped.ended;
});

test('every call is refused when the thread is gone, those that wait and those that come', async () => {
  const { dataDirectory } = openLog(10);
  const { client, worker } = startThread(dataDirectory);
  const tail = client.tail(null, EVERY_RECORD, false, FOREVER)[Symbol.asyncIterator]();
  const waiting = tail.next();
  const refused = expect(waiting).rejects.toMatchObject({ code: 'storage_unavailable' });
  await client.indexed();
  await worker.terminate();
  await refused;
  await expect(client.query(EVERY_RECORD, 1, '')).rejects.toMatchObject({ code: 'storage_unavailable' });
  await expect(collect(client.verify(0, FOREVER))).rejects.toMatchObject({ code: 'storage_unavailable' });
});
