// The time of this very thread, as the system tells it, and what is said where it tells nothing.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/temporary-directory.ts';
import { systemThreadId, threadTimeUs } from './thread-time.ts';

/** What the system tells of this thread; null where it has no /proc or does not count. */
function ownTimeUs(): number | null {
  const id = systemThreadId();
  return id === null ? null : threadTimeUs(id);
}

/** A directory with one thread, 7, of which the kernel says this. */
function tasksWith(schedstat: string): string {
  const tasks = temporaryDirectory();
  mkdirSync(join(tasks, '7'));
  writeFileSync(join(tasks, '7', 'schedstat'), schedstat);
  return tasks;
}

test('the time of a thread grows with what it computes, where the system counts it', () => {
  const before = ownTimeUs();
  const started = process.threadCpuUsage();
  let spentUs = 0;
  while (spentUs < 20_000) {
    const { user, system } = process.threadCpuUsage(started);
    spentUs = user + system;
  }
  const after = ownTimeUs();
  if (before === null) expect(after).toBeNull();
  else expect((after ?? Number.NaN) - before).toBeGreaterThanOrEqual(15_000);
});

test('a time is told in microseconds', () => {
  expect(threadTimeUs(7, tasksWith('1234000 5600 12\n'))).toBe(1_234);
});

test.each(['0 0 0\n', '', 'none\n'])('a kernel that says %j does not count: the time is unknown', (text) => {
  expect(threadTimeUs(7, tasksWith(text))).toBeNull();
});

test('a thread that is none has no time, nor has any where there is no /proc', () => {
  expect(threadTimeUs(2 ** 30)).toBeNull();
  expect(threadTimeUs(7, join(temporaryDirectory(), 'absent'))).toBeNull();
});
