// Lines that cannot be written are counted and told of, and nothing waits for them. Over a named pipe, whose
// reader comes, stops reading and goes as the test says.
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LineWriter } from './line-writer.ts';

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
/** What the system's pipe and the writer hold together, and more. */
const FLOOD_LINES = 4_000;
const LONG_LINE = `${'x'.repeat(1_023)}\n`;

function namedPipe() {
  const directory = mkdtempSync(join(tmpdir(), 'postern-line-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'pipe');
  execFileSync('mkfifo', [path]);
  const openReader = () => openSync(path, O_RDONLY | O_NONBLOCK);
  let reader = openReader();
  const fd = openSync(path, O_WRONLY | O_NONBLOCK);
  onTestFinished(() => {
    closeSync(reader);
    closeSync(fd);
  });
  let text = '';
  return {
    writer: new LineWriter({ fd, lostLine: (count) => `lost ${count}\n` }),
    /** All that was read so far, without its last and empty part. */
    lines() {
      const bytes = Buffer.alloc(1_048_576);
      try {
        text += bytes.toString('utf8', 0, readSync(reader, bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      }
      return text.split('\n').slice(0, -1);
    },
    breakOff: () => closeSync(reader),
    readAgain() {
      reader = openReader();
    },
  };
}

test('a reader that stops holds nothing up: what has no room is dropped, and told when it reads on', async () => {
  const { writer, lines } = namedPipe();
  for (let line = 0; line < FLOOD_LINES; line += 1) writer.write(LONG_LINE);
  await expect.poll(() => lines().at(-1), { interval: 1 }).toMatch(/^lost \d+$/);
  const written = lines();
  expect(written).toHaveLength(written.filter((line) => line.length === 1_023).length + 1);
  expect(written.at(-1)).toBe(`lost ${FLOOD_LINES - (written.length - 1)}`);
  writer.write('after\n');
  await writer.idle(1_000);
  expect(lines().at(-1)).toBe('after');
});

test('lines that the system refuses are dropped and counted, and it is told once when it takes them again', async () => {
  const { writer, lines, breakOff, readAgain } = namedPipe();
  breakOff();
  for (const line of ['a', 'b', 'c']) {
    writer.write(`${line}\n`);
    await writer.idle(1_000);
  }
  readAgain();
  writer.write('d\n');
  await writer.idle(1_000);
  writer.write('e\n');
  await writer.idle(1_000);
  expect(lines()).toEqual(['d', 'lost 3', 'e']);
});

test('a line that was cut off by a failure is lost, and the next one stands by itself', async () => {
  const { writer, lines, breakOff, readAgain } = namedPipe();
  writer.write(`${'y'.repeat(200_000)}\n`);
  await writer.idle(1);
  breakOff();
  await writer.idle(1_000);
  readAgain();
  expect(lines()).toEqual([]);
  writer.write('next\n');
  await writer.idle(1_000);
  expect(lines().slice(-2)).toEqual(['next', 'lost 1']);
  expect(lines().filter((line) => line.includes('next'))).toEqual(['next']);
});
