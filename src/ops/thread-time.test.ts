// The time of this very thread, as the system tells it.
import { expect, test } from 'vitest';
import { systemThreadId, threadTimeUs } from './thread-time.ts';

test('the time of a thread grows with what it computes, and a thread that is none has none', () => {
  const id = systemThreadId();
  expect(id).not.toBeNull();
  const before = threadTimeUs(Number(id)) ?? Number.NaN;
  const started = process.threadCpuUsage();
  let spentUs = 0;
  while (spentUs < 20_000) {
    const { user, system } = process.threadCpuUsage(started);
    spentUs = user + system;
  }
  expect((threadTimeUs(Number(id)) ?? Number.NaN) - before).toBeGreaterThanOrEqual(15_000);
  expect(threadTimeUs(2 ** 30)).toBeNull();
});
