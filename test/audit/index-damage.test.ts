// Whatever is wrong with the search index, it is thrown away and built again from the log, which is said:
// it never stops a start, and no answer lacks records without saying up to where it is complete.
import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LogReader } from '../../src/storage/reader/log-reader.ts';
import { openSqlite } from '../../src/storage/sqlite.ts';
import { FILTER, find, sample } from '../support/indexed-log.ts';
import { sampleRecords } from '../support/sample-log.ts';

const OVERWRITTEN = (file: string): void => {
  const bytes = readFileSync(file);
  bytes.fill(0xa5, 4_096);
  writeFileSync(file, bytes);
};

const DAMAGE: readonly (readonly [how: string, damage: (file: string) => void])[] = [
  ['deleted', (file) => rmSync(file)],
  ['emptied', (file) => truncateSync(file, 0)],
  ['cut in the middle', (file) => truncateSync(file, 10_000)],
  ['replaced by text', (file) => writeFileSync(file, 'not a database\n'.repeat(100))],
  ['overwritten behind its first page', OVERWRITTEN],
];

test.each(DAMAGE)('an index that was %s is built again from the log', async (_, damage) => {
  const { dataDirectory, indexFile, expected } = await sample();
  damage(indexFile);
  expect((await find(dataDirectory)).indexes).toEqual(expected);
});

/** Changes the index as a hand with an SQL shell would. */
function edit(file: string, sql: string): void {
  const database = openSqlite(file, { mode: 'write' });
  database.exec(sql);
  database.close();
}

const BUILT_AGAIN = expect.stringMatching(/^The search index is built again from the log: /);

const FOUND_AT_THE_START: readonly (readonly [what: string, damage: (file: string) => void])[] = [
  ['is of no version', (file) => edit(file, 'PRAGMA user_version = 0')],
  ['is of an older version', (file) => edit(file, 'DROP TABLE runs; PRAGMA user_version = 1')],
  ['is of a newer version', (file) => edit(file, 'PRAGMA user_version = 99')],
  ["is another program's", (file) => edit(file, 'PRAGMA application_id = 5')],
  ['is of no log', (file) => edit(file, 'DELETE FROM meta')],
  ['is ahead of the log', (file) => edit(file, 'UPDATE meta SET indexed = 100000')],
  ['names another last record', (file) => edit(file, "UPDATE meta SET tip = 'x'")],
  ['lacks its runs', (file) => edit(file, 'DELETE FROM runs')],
  ['lacks its first run', (file) => edit(file, 'DELETE FROM runs WHERE start = 0')],
  ['lacks a run between others', (file) => edit(file, 'DELETE FROM runs WHERE start = 1024')],
  ['lacks its chunks', (file) => edit(file, 'DELETE FROM chunks')],
  ['lacks one chunk', (file) => edit(file, 'DELETE FROM chunks WHERE id = (SELECT max(id) FROM chunks)')],
  ['lacks times', (file) => edit(file, 'DELETE FROM zones WHERE zone = 1')],
  ['lacks a table', (file) => edit(file, 'DROP TABLE zones')],
  ['lacks an index', (file) => edit(file, 'DROP INDEX chunks_by_first')],
  [
    'is a directory',
    (file) => {
      rmSync(file);
      mkdirSync(file);
    },
  ],
];

test.each(FOUND_AT_THE_START)(
  'an index that %s is built again at the start, which says so',
  async (_, damage) => {
    const { dataDirectory, indexFile, expected } = await sample();
    damage(indexFile);
    const { indexes, problems } = await find(dataDirectory);
    expect(problems).toEqual([expect.objectContaining({ message: BUILT_AGAIN })]);
    expect(indexes).toEqual(expected);
    expect((await find(dataDirectory)).problems, 'the next start has nothing to mend').toEqual([]);
  },
);

const CHANGED_CHUNKS: readonly (readonly [how: string, sql: string])[] = [
  ['cut within an entry', 'UPDATE chunks SET entries = substr(entries, 1, length(entries) - 3)'],
  ['cut between two entries', 'UPDATE chunks SET entries = substr(entries, 1, length(entries) - 8)'],
  ['overwritten', 'UPDATE chunks SET entries = zeroblob(length(entries))'],
  ['replaced by text', "UPDATE chunks SET entries = 'abc'"],
];

test.each(CHANGED_CHUNKS)('chunks that were %s are noticed by the query that reads one', async (_, sql) => {
  const { dataDirectory, indexFile, expected } = await sample();
  edit(indexFile, sql);
  const problems: unknown[] = [];
  const onProblem = (problem: unknown): number => problems.push(problem);
  const reader = LogReader.open({ dataDirectory, logSize: null, onProblem });
  onTestFinished(() => reader.close());
  const atOnce = await reader.query(FILTER, 1_000, '');
  expect(atOnce.records, 'an answer that is not complete says so').toHaveLength(0);
  expect(atOnce.completeBelow).toBe(0);
  const page = await reader.query(FILTER, 1_000, '');
  expect(page.records.map((record) => record.index)).toEqual(expected);
  expect(problems).toEqual([expect.objectContaining({ message: BUILT_AGAIN })]);
});

test.each([
  ...CHANGED_CHUNKS,
  ['put under another first entry', 'UPDATE chunks SET first = randomblob(8)'],
] as const)('chunks that were %s are noticed while nobody asks', async (_, sql) => {
  const { dataDirectory, indexFile, expected } = await sample();
  edit(indexFile, sql);
  const problem = Promise.withResolvers<unknown>();
  const reader = LogReader.open({ dataDirectory, logSize: null, onProblem: problem.resolve });
  const ended = new AbortController();
  const following = reader.follow(ended.signal);
  onTestFinished(async () => {
    ended.abort();
    await following;
    reader.close();
  });
  expect(await problem.promise).toMatchObject({ message: BUILT_AGAIN });
  const page = await reader.query(FILTER, 1_000, '');
  expect(page.completeBelow).toBe(page.logSize);
  expect(page.records.map((record) => record.index)).toEqual(expected);
});

test('while no index can be made queries are refused, and all else goes on', async () => {
  const { dataDirectory, indexFile, expected } = await sample();
  rmSync(indexFile);
  mkdirSync(indexFile);
  const strange = join(indexFile, 'strange');
  writeFileSync(strange, '');
  const problems: unknown[] = [];
  const onProblem = (problem: unknown): number => problems.push(problem);
  const reader = LogReader.open({ dataDirectory, logSize: null, onProblem });
  onTestFinished(() => reader.close());
  const told = problems.length;
  expect(told).toBeGreaterThan(0);
  for (let again = 0; again < 3; again++) {
    await expect(reader.query(FILTER, 1_000, '')).rejects.toMatchObject({ code: 'storage_unavailable' });
  }
  expect(problems, 'it is said once, however often it is tried').toHaveLength(told);
  const verified = [];
  for await (const { result } of reader.verify(0, new AbortController().signal)) verified.push(result?.ok);
  expect(verified.at(-1)).toBe(true);
  expect(existsSync(strange), 'what is not ours is left').toBe(true);
  rmSync(strange);
  const page = await reader.query(FILTER, 1_000, '');
  expect(page.records.map((record) => record.index)).toEqual(expected);
});

const BREAKS: readonly (readonly [how: string, damage: (file: string) => void])[] = [
  ['breaks on the disk', OVERWRITTEN],
  ['loses a table', (file) => edit(file, 'DROP TABLE runs')],
];

test.each(BREAKS)(
  'an index that %s while it is in use is built again, which is reported',
  async (_, damage) => {
    const { dataDirectory, indexFile, expected } = await sample();
    const problems: unknown[] = [];
    const onProblem = (problem: unknown): number => problems.push(problem);
    const reader = LogReader.open({ dataDirectory, logSize: null, onProblem });
    onTestFinished(() => reader.close());
    damage(indexFile);
    // The first answer may be complete for fewer records, and then says so; the next one is whole.
    await reader.query(FILTER, 1_000, '').catch(() => undefined);
    const page = await reader.query(FILTER, 1_000, '');
    expect(page.completeBelow).toBe(page.logSize);
    expect(page.records.map((record) => record.index)).toEqual(expected);
    expect(problems).toEqual([expect.objectContaining({ message: BUILT_AGAIN })]);
  },
);

test('rows that are lost while the index is in use are noticed when their run is merged', async () => {
  const { dataDirectory, writer, indexFile } = await sample();
  const problems: unknown[] = [];
  const onProblem = (problem: unknown): number => problems.push(problem);
  const reader = LogReader.open({ dataDirectory, logSize: null, onProblem });
  onTestFinished(() => reader.close());
  const appended = async (): Promise<number> => {
    writer.append(sampleRecords(1, writer.size));
    return (await reader.query(FILTER, 1, '')).completeBelow;
  };
  await appended();
  edit(indexFile, 'DELETE FROM chunks WHERE run = (SELECT max(run) FROM runs)');
  while (problems.length === 0 && writer.size < 3_020) await appended();
  expect(problems).toEqual([expect.objectContaining({ message: BUILT_AGAIN })]);
  expect(await appended()).toBe(writer.size);
});
