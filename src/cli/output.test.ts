// Output: colours only where somebody looks, and nothing from elsewhere may steer the terminal.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Output, printable } from './output.ts';
import { ProgressBar } from './progress-bar.ts';

function outputOn(isTTY: boolean, env: Record<string, string> = {}) {
  const written: string[] = [];
  const remarked: string[] = [];
  const sink = { isTTY, write: (text: string) => void written.push(text) };
  const terminal = {
    stdin: new PassThrough(),
    stdout: sink,
    stderr: { isTTY, write: (text: string) => void remarked.push(text) },
    env,
    workingDirectory: '/',
    untilInterrupted: () => new AbortController().signal,
  };
  return {
    output: new Output(terminal, false),
    sink,
    text: () => written.join(''),
    remarks: () => remarked.join(''),
  };
}

test('a table has aligned columns, no borders, and no spaces at the ends of lines', () => {
  const { output, text } = outputOn(false);
  output.table(
    ['name', 'status'],
    [
      ['cmp_aurora', 'active'],
      ['c', ''],
    ],
  );
  expect(text()).toBe('name        status\ncmp_aurora  active\nc\n');
});

test('a table without rows is a remark, and nothing on standard output', () => {
  const { output, text, remarks } = outputOn(false);
  output.table(['name', 'status'], []);
  expect([text(), remarks()]).toEqual(['', 'There are none.\n']);
});

test('colours are for terminals only, and not where NO_COLOR or a dumb terminal says otherwise', () => {
  expect(outputOn(true).output.tone('good', 'x')).toBe('\u001b[32mx\u001b[0m');
  expect(outputOn(false).output.tone('good', 'x')).toBe('x');
  expect(outputOn(true, { NO_COLOR: '1' }).output.tone('good', 'x')).toBe('x');
  expect(outputOn(true, { TERM: 'dumb' }).output.tone('good', 'x')).toBe('x');
  const { output, text } = outputOn(false);
  output.table(['head'], [['cell']]);
  expect(text()).not.toContain('\u001b');
});

test('escape sequences, line breaks and invisible direction marks are made visible', () => {
  expect(printable('a\u001b[2Jb\nc\u202Ed\u0007\u0085\u2028é漢🙂')).toBe('a�[2Jb�c�d���é漢🙂');
});

test('a progress bar is drawn on a terminal only, and leaves nothing behind', () => {
  const terminal = outputOn(true);
  const bar = new ProgressBar(terminal.sink, 'records');
  bar.show(450_000, 1_000_000);
  expect(terminal.text()).toContain('45 %  450,000 of 1,000,000 records');
  bar.clear();
  expect(terminal.text().endsWith('\r\u001b[K')).toBe(true);
  const file = outputOn(false);
  const silent = new ProgressBar(file.sink, 'records');
  silent.show(1, 2);
  silent.clear();
  expect(file.text()).toBe('');
});
