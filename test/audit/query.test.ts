// Queries over real database files: complete, newest first, stable while records are added.
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { encodeOutcome } from '../../src/core/leaf.ts';
import type { RecordFilter, StoredRecord } from '../../src/pdp/audit-port.ts';
import { EVERY_RECORD } from '../../src/pdp/audit-port.ts';
import { LogReader } from '../../src/storage/reader/log-reader.ts';
import {
  decisionId,
  decisionLeaf,
  keyId,
  type LeafMaker,
  LogWriter,
  START_US,
} from '../support/log-writer.ts';
import { isAskedFor, parseLeaf, sampleRecords } from '../support/sample-log.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Records of the log that all filters are tried on. */
const RECORDS = 1_500;

function openLog(records: number): { writer: LogWriter; reader: LogReader } {
  const dataDirectory = temporaryDirectory();
  const writer = new LogWriter(dataDirectory);
  for (let first = 0; first < records; first += 1_000) {
    writer.append(sampleRecords(Math.min(1_000, records - first), first));
  }
  return { writer, reader: openReader(dataDirectory, writer) };
}

function openReader(dataDirectory: string, writer: LogWriter): LogReader {
  const onProblem = (problem: unknown): void => {
    throw problem;
  };
  const reader = LogReader.open({ dataDirectory, logSize: () => writer.size, onProblem });
  onTestFinished(() => {
    reader.close();
    writer.close();
  });
  return reader;
}

/** All pages. */
async function queryAll(reader: LogReader, filter: RecordFilter, pageSize: number): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  let token = '';
  do {
    const page = await reader.query(filter, pageSize, token);
    expect(page.records.length).toBeLessThanOrEqual(pageSize);
    records.push(...page.records);
    token = page.nextPageToken;
  } while (token !== '');
  return records;
}

const anyFilter: fc.Arbitrary<RecordFilter> = fc.record({
  kinds: fc.subarray(['decision', 'outcome', 'admin', 'window_closed', 'log_opened'], { minLength: 1 }),
  companyId: fc.integer({ min: 0, max: 7 }).map((n) => `cmp_${n}`),
  keyId: fc.integer({ min: 0, max: 13 }).map(keyId),
  operation: fc.constantFrom('payments.create', 'payments.read', 'reports.none'),
  effect: fc.constantFrom('allow' as const, 'deny' as const),
  reasons: fc.subarray(['allowed', 'scope_missing', 'key_revoked', 'base_limit_exceeded'] as const),
  requestId: fc.integer({ min: 0, max: RECORDS }).map((n) => (n % 17 === 0 ? `re"q\\${n}` : `req-${n}`)),
  correlationId: fc.integer({ min: 0, max: 200 }).map((n) => `corr-${n}`),
  decisionId: fc.integer({ min: 0, max: RECORDS }).map(decisionId),
  sinceUs: fc.integer({ min: 0, max: RECORDS }).map((n) => START_US + n * 1_000),
  untilUs: fc.integer({ min: 0, max: RECORDS }).map((n) => START_US + n * 1_000),
});

/** One to three members of a filter, so that some records are asked for. */
const filters: fc.Arbitrary<RecordFilter> = fc
  .tuple(
    anyFilter,
    fc.subarray(Object.keys(EVERY_RECORD) as (keyof RecordFilter)[], { minLength: 1, maxLength: 3 }),
  )
  .map(([filter, names]) => ({
    ...EVERY_RECORD,
    ...Object.fromEntries(names.map((name) => [name, filter[name]])),
  }));

test('a query gives exactly the records that its filter asks for, newest first, on any page size', async () => {
  const { writer, reader } = openLog(0);
  for (let first = 0; first < RECORDS; first += 100) {
    writer.append(sampleRecords(100, first));
    // Indexed bit by bit, so that a search crosses runs of several lengths.
    await reader.query(EVERY_RECORD, 1, '');
  }
  const log = (await queryAll(reader, EVERY_RECORD, 1_000)).reverse();
  expect(log.map((record) => record.index)).toEqual(Array.from({ length: RECORDS + 1 }, (_, n) => n));
  const parsed = log.map((record) => parseLeaf(record.leaf));
  let found = 0;
  await fc.assert(
    fc.asyncProperty(filters, fc.integer({ min: 7, max: 300 }), async (filter, pageSize) => {
      const expected = [...parsed.keys()].filter((n) => isAskedFor(parsed[n], filter)).reverse();
      found += expected.length;
      const records = await queryAll(reader, filter, pageSize);
      expect(records.map((record) => record.index)).toEqual(expected);
      expect(records.every((record) => record.leaf === log[record.index]?.leaf)).toBe(true);
    }),
    { numRuns: 150 },
  );
  expect(found).toBeGreaterThan(500);
});

test('pages do not shift, repeat or lose a record while others are added', async () => {
  const { writer, reader } = openLog(500);
  const filter: RecordFilter = { ...EVERY_RECORD, companyId: 'cmp_3' };
  const before = await queryAll(reader, filter, 1_000);
  const seen: StoredRecord[] = [];
  let token = '';
  let added = 500;
  do {
    const page = await reader.query(filter, 10, token);
    seen.push(...page.records);
    token = page.nextPageToken;
    writer.append(sampleRecords(100, added));
    added += 100;
  } while (token !== '');
  expect(seen).toEqual(before);
});

test('a query knows what was recorded just before it, and says how far it is complete', async () => {
  const { writer, reader } = openLog(10);
  writer.append([decisionLeaf({ number: 999, requestId: 'req-just-now' })]);
  const page = await reader.query({ ...EVERY_RECORD, requestId: 'req-just-now' }, 0, '');
  expect(page.records.map((record) => record.index)).toEqual([11]);
  expect(page).toMatchObject({ completeBelow: 12, logSize: 12, nextPageToken: '' });
  expect(await reader.indexed()).toBe(12);
});

test('a record is given with its log and the values beside it', async () => {
  const { writer, reader } = openLog(0);
  const kept = '{"source_ip":{"salt":"00","value":"192.0.2.7"}}';
  writer.append([decisionLeaf({ number: 1 })], kept);
  const [record] = (await reader.query(EVERY_RECORD, 1, '')).records;
  expect(record).toMatchObject({ logId: '0123456789abcdef0123456789abcdef', index: 1, private: kept });
  expect(JSON.parse(record?.leaf ?? '')).toMatchObject({ decision_id: decisionId(1), index: '1' });
});

test('a decision and its outcome are found by the decision id', async () => {
  const { reader } = openLog(100);
  const { records } = await reader.query({ ...EVERY_RECORD, decisionId: decisionId(48) }, 0, '');
  expect(records.map((record) => (JSON.parse(record.leaf) as { kind: string }).kind)).toEqual([
    'outcome',
    'decision',
  ]);
});

test('a page that looked at too much ends early, and the pages after it are complete', async () => {
  const { writer, reader } = openLog(0);
  writer.append([decisionLeaf({ number: 0 })]);
  const outcome: LeafMaker = (place) =>
    encodeOutcome(place, {
      decisionId: decisionId(0),
      decisionIndex: 1,
      status: 'success',
      httpStatus: 0,
      errorCategory: '',
      reportedAtUs: START_US,
    });
  writer.append(Array<LeafMaker>(20_500).fill(outcome));
  while ((await reader.query(EVERY_RECORD, 1, '')).completeBelow < writer.size);
  // Decisions have no term for their kind, so this filter looks at every record.
  const filter: RecordFilter = { ...EVERY_RECORD, kinds: ['decision'] };
  const first = await reader.query(filter, 100, '');
  expect(first.records).toEqual([]);
  expect(first.nextPageToken).not.toBe('');
  expect((await queryAll(reader, filter, 100)).map((record) => record.index)).toEqual([1]);
});

test('a page of long records ends before it is longer than clients accept, and the next one goes on', async () => {
  const dataDirectory = temporaryDirectory();
  const writer = new LogWriter(dataDirectory);
  const leaves = Array.from({ length: 300 }, (_, number) =>
    decisionLeaf({ number, operation: 'o'.repeat(20_000) }),
  );
  writer.append(leaves);
  const reader = openReader(dataDirectory, writer);
  const first = await reader.query(EVERY_RECORD, 1_000, '');
  expect(first.records.reduce((chars, { leaf }) => chars + leaf.length, 0)).toBeLessThan(2_500_000);
  const all = await queryAll(reader, EVERY_RECORD, 1_000);
  expect(all.map((record) => record.index)).toEqual(Array.from({ length: 301 }, (_, place) => 300 - place));
});

test('page tokens of others and page sizes out of range are refused by name', async () => {
  const { reader } = openLog(50);
  const { nextPageToken } = await reader.query(EVERY_RECORD, 10, '');
  const other: RecordFilter = { ...EVERY_RECORD, companyId: 'cmp_1' };
  for (const token of ['x', `${nextPageToken}0`, '1.zz', 'null']) {
    await expect(reader.query(EVERY_RECORD, 10, token)).rejects.toMatchObject({
      code: 'request_malformed',
      faults: [{ field: 'page_token' }],
    });
  }
  await expect(reader.query(other, 10, nextPageToken)).rejects.toMatchObject({ code: 'request_malformed' });
  for (const pageSize of [-1, 1_001, 1.5]) {
    await expect(reader.query(EVERY_RECORD, pageSize, '')).rejects.toMatchObject({
      faults: [{ field: 'page_size' }],
    });
  }
});
