// The search index can be lost, left behind by a crash or belong to another log: queries are
// right again at once, because it is only ever a shortcut into the log. (Damage: index-damage.test.ts.)
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openReader } from '../../src/storage/database.ts';
import { INDEX_PLAN, INDEX_WATERMARK_SQL } from '../../src/storage/index-schema.ts';
import { LogReader } from '../../src/storage/reader/log-reader.ts';
import { FILTER, find, sample, sizes, writeLog } from '../support/indexed-log.ts';
import { LOG_ID, LogWriter } from '../support/log-writer.ts';
import { sampleRecords } from '../support/sample-log.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const FOLLOWER = fileURLToPath(new URL('../support/follow-log.ts', import.meta.url));
test('an index of another log is not believed', async () => {
  const { dataDirectory, indexFile, expected } = await sample();
  const other = temporaryDirectory();
  const writer = new LogWriter(other, 'ffffffffffffffffffffffffffffffff');
  onTestFinished(() => writer.close());
  writer.append(sampleRecords(4_000, 7));
  sizes.set(other, writer.size);
  await find(other);
  copyFileSync(join(other, 'index.db'), indexFile);
  expect((await find(dataDirectory)).indexes).toEqual(expected);
});

test('an index of another log is not believed even while it is empty', async () => {
  const { dataDirectory, indexFile } = await sample();
  const other = temporaryDirectory();
  const writer = new LogWriter(other, 'ffffffffffffffffffffffffffffffff');
  onTestFinished(() => writer.close());
  const onProblem = (): undefined => undefined;
  LogReader.open({ dataDirectory: other, logSize: null, onProblem }).close();
  for (const suffix of ['-wal', '-shm']) rmSync(`${indexFile}${suffix}`, { force: true });
  copyFileSync(join(other, 'index.db'), indexFile);
  LogReader.open({ dataDirectory, logSize: null, onProblem }).close();
  const index = openReader({ path: indexFile, plan: INDEX_PLAN });
  onTestFinished(() => index.close());
  expect(index.prepare(INDEX_WATERMARK_SQL).row()).toEqual([LOG_ID, 0, '']);
});

test('an index that is ahead of a log that lost its end is built again', async () => {
  const { dataDirectory, writer, indexFile } = await sample();
  const ahead = readFileSync(indexFile);
  const shorter = temporaryDirectory();
  const lost = writeLog(shorter, 2_000);
  lost.append(sampleRecords(1_500, 50_000));
  expect(lost.size).toBeGreaterThan(writer.size);
  sizes.set(shorter, lost.size);
  const { indexes: expected } = await find(shorter);
  writeFileSync(join(shorter, 'index.db'), ahead);
  expect((await find(shorter)).indexes).toEqual(expected);
  expect((await find(dataDirectory)).indexes).not.toEqual(expected);
});

test('a follower that is killed at any moment leaves an index that goes on where it was', async () => {
  const dataDirectory = temporaryDirectory();
  const writer = writeLog(dataDirectory, 20_000);
  sizes.set(dataDirectory, writer.size);
  const { indexes: expected } = await find(dataDirectory);
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(join(dataDirectory, `index.db${suffix}`), { force: true });
  }
  let killed = 0;
  for (let kill = 0; kill < 6; kill++) {
    const child = spawn(process.execPath, [FOLLOWER, dataDirectory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    // The follower reports each batch before it goes on; it is killed somewhere in the next.
    for (let batch = 0; batch <= kill && child.exitCode === null; batch++) {
      await Promise.race([once(child.stdout, 'data'), exited]);
    }
    child.kill('SIGKILL');
    const [, signal] = (await exited) as [number | null, string | null];
    if (signal === 'SIGKILL') killed++;
  }
  expect(killed).toBeGreaterThan(3);
  expect(existsSync(join(dataDirectory, 'index.db'))).toBe(true);
  expect((await find(dataDirectory)).indexes).toEqual(expected);
});

test('two followers of one index do not spoil it: the one that is behind starts over from what is stored', async () => {
  const { dataDirectory, writer, expected } = await sample();
  const problems: unknown[] = [];
  const onProblem = (problem: unknown): number => problems.push(problem);
  const readers = [1, 2].map(() => LogReader.open({ dataDirectory, logSize: null, onProblem }));
  onTestFinished(() => {
    for (const reader of readers) reader.close();
  });
  const found: number[][] = [];
  for (let round = 0; round < 6; round++) {
    writer.append([(place) => JSON.stringify({ index: String(place.index), kind: 'other' })]);
    for (const reader of readers) {
      const page = await reader.query(FILTER, 1_000, '');
      found.push(page.records.map((record) => record.index));
    }
  }
  expect(problems.length).toBeGreaterThan(0);
  expect(found).toEqual(found.map(() => expected));
});
