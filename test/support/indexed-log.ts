// A log with its search index, and what a query over both finds: for tests of what becomes of the index.
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { EVERY_RECORD } from '../../src/pdp/audit-port.ts';
import { LogReader } from '../../src/storage/reader/log-reader.ts';
import { LogWriter } from './log-writer.ts';
import { sampleRecords } from './sample-log.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export const FILTER = { ...EVERY_RECORD, companyId: 'cmp_3', operation: 'payments.create' };

/** A log of so many records, none of which is indexed. */
export function writeLog(dataDirectory: string, records: number): LogWriter {
  const writer = new LogWriter(dataDirectory);
  for (let first = 0; first < records; first += 2_000) {
    writer.append(sampleRecords(Math.min(2_000, records - first), first));
  }
  onTestFinished(() => writer.close());
  return writer;
}

/** Opens a reader, lets it index everything, and gives what it finds. */
export async function find(
  dataDirectory: string,
): Promise<{ indexes: readonly number[]; problems: unknown[] }> {
  const problems: unknown[] = [];
  const reader = LogReader.open({ dataDirectory, logSize: null, onProblem: (each) => problems.push(each) });
  try {
    const indexes: number[] = [];
    let token = '';
    while ((await reader.query(EVERY_RECORD, 1, '')).completeBelow < logSize(dataDirectory));
    do {
      const page = await reader.query(FILTER, 1_000, token);
      indexes.push(...page.records.map((record) => record.index));
      token = page.nextPageToken;
    } while (token !== '');
    return { indexes, problems };
  } finally {
    reader.close();
  }
}

/** Of the logs, which a reader must have indexed before it is asked. */
export const sizes = new Map<string, number>();
const logSize = (dataDirectory: string): number => sizes.get(dataDirectory) ?? 0;

/** A log of 3,001 records and what a query over it must give. */
export async function sample(): Promise<{
  dataDirectory: string;
  writer: LogWriter;
  indexFile: string;
  expected: readonly number[];
}> {
  const dataDirectory = temporaryDirectory();
  const writer = writeLog(dataDirectory, 3_000);
  sizes.set(dataDirectory, writer.size);
  const { indexes: expected, problems } = await find(dataDirectory);
  expect(problems).toEqual([]);
  expect(expected.length).toBeGreaterThan(50);
  return { dataDirectory, writer, indexFile: join(dataDirectory, 'index.db'), expected };
}
