// Tails over real database files: in order, without gaps or repetitions, resumable, and ended by whoever
// reads them.
import { expect, onTestFinished, test } from 'vitest';
import type { RecordFilter, StoredRecord } from '../../src/pdp/audit-port.ts';
import { EVERY_RECORD } from '../../src/pdp/audit-port.ts';
import { LogReader } from '../../src/storage/reader/log-reader.ts';
import { decisionLeaf, LogWriter } from '../support/log-writer.ts';
import { isAskedFor, parseLeaf, sampleRecords } from '../support/sample-log.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const FOREVER = new AbortController().signal;

function openLog(records: number): { writer: LogWriter; reader: LogReader } {
  const dataDirectory = temporaryDirectory();
  const writer = new LogWriter(dataDirectory);
  writer.append(sampleRecords(records));
  const onProblem = (problem: unknown): void => {
    throw problem;
  };
  const reader = LogReader.open({ dataDirectory, logSize: () => writer.size, onProblem });
  onTestFinished(() => {
    reader.close();
    writer.close();
  });
  return { writer, reader };
}

async function collect(chunks: AsyncIterable<readonly StoredRecord[]>): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const chunk of chunks) {
    expect(chunk.length).toBeGreaterThan(0);
    records.push(...chunk);
  }
  return records;
}

const indexesOf = (records: readonly StoredRecord[]): readonly number[] =>
  records.map((record) => record.index);

test('a tail that stops at the end gives every record from its start, in order', async () => {
  const { reader } = openLog(1_000);
  const whole = await collect(reader.tail(0, EVERY_RECORD, true, FOREVER));
  expect(indexesOf(whole)).toEqual(Array.from({ length: 1_001 }, (_, n) => n));
  const rest = await collect(reader.tail(700, EVERY_RECORD, true, FOREVER));
  expect(rest).toEqual(whole.slice(700));
  expect(await collect(reader.tail(5_000, EVERY_RECORD, true, FOREVER))).toEqual([]);
});

test('a tail passes over what its filter does not ask for', async () => {
  const { reader } = openLog(1_000);
  const whole = await collect(reader.tail(0, EVERY_RECORD, true, FOREVER));
  const filter: RecordFilter = { ...EVERY_RECORD, kinds: ['outcome', 'admin'] };
  const some = await collect(reader.tail(0, filter, true, FOREVER));
  expect(some.length).toBeGreaterThan(50);
  expect(some).toEqual(whole.filter((record) => isAskedFor(parseLeaf(record.leaf), filter)));
});

test('a tail without a start gives only what comes after the call, as it comes', async () => {
  const { writer, reader } = openLog(10);
  const end = new AbortController();
  const tail = reader.tail(null, EVERY_RECORD, false, end.signal)[Symbol.asyncIterator]();
  for (let n = 0; n < 3; n++) {
    const next = tail.next();
    // The tail has begun to wait by the time that a query was answered.
    await reader.query(EVERY_RECORD, 1, '');
    writer.append([decisionLeaf({ number: 100 + n })]);
    const { value } = await next;
    expect(indexesOf(value ?? [])).toEqual([11 + n]);
  }
  end.abort();
  expect(await tail.next()).toEqual({ done: true, value: undefined });
});

test('a tail that is resumed where it ended misses nothing and repeats nothing', async () => {
  const { writer, reader } = openLog(300);
  const seen: number[] = [];
  let next = 0;
  for (let n = 0; n < 5; n++) {
    for await (const chunk of reader.tail(next, EVERY_RECORD, false, FOREVER)) {
      seen.push(...indexesOf(chunk));
      next = (seen.at(-1) ?? -1) + 1;
      // Leaving the loop ends the tail, in the middle of the log or at its end.
      break;
    }
    writer.append(sampleRecords(50, 1_000 + 50 * n));
  }
  seen.push(...indexesOf(await collect(reader.tail(next, EVERY_RECORD, true, FOREVER))));
  expect(seen).toEqual(Array.from({ length: writer.size }, (_, n) => n));
});

test('a tail that waits ends at once when its signal aborts', async () => {
  const { reader } = openLog(5);
  const end = new AbortController();
  const tail = reader.tail(6, EVERY_RECORD, false, end.signal)[Symbol.asyncIterator]();
  const waiting = tail.next();
  end.abort();
  expect((await waiting).done).toBe(true);
  const early = reader.tail(0, EVERY_RECORD, false, end.signal)[Symbol.asyncIterator]();
  expect((await early.next()).done).toBe(true);
});

test('a tail holds no read transaction while its reader is slow: the log can be checkpointed', async () => {
  const { writer, reader } = openLog(600);
  const tail = reader.tail(0, EVERY_RECORD, true, FOREVER)[Symbol.asyncIterator]();
  await tail.next();
  writer.append(sampleRecords(10, 5_000));
  expect(writer.checkpoint()).toEqual({ busy: 0, left: 0 });
  expect((await tail.next()).done).toBe(false);
});
