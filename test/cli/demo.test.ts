/**
 * `postern demo`: every step holds, each is one JSON object of four members, and a difference makes the
 * exit code non-zero.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { StepRecorder } from '../../src/cli/demo/step-recorder.ts';
import { Output } from '../../src/cli/output.ts';
import { type LaunchedProcess, launch } from '../support/sidecar-process.ts';
import { newPlace, type Place, postern } from './running-sidecar.ts';

let place: Place;
afterEach(() => place.remove());

test('every step of the demo is as expected', async () => {
  place = newPlace();
  const { code, out, err } = await postern(place, ['demo', '--json']);
  const steps: { step: string; expect: string; got: string; ok: boolean }[] = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(steps.filter(({ ok }) => !ok)).toEqual([]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(steps.length).toBeGreaterThanOrEqual(56);
  for (const step of steps) {
    expect(Object.keys(step)).toEqual(['step', 'expect', 'got', 'ok']);
    expect(step.ok).toBe(step.expect === step.got);
  }
  expect(new Set(steps.map(({ step }) => step)).size).toBe(steps.length);
}, 120_000);

test.each([
  ['whose reader leaves', (demo: LaunchedProcess): unknown => demo.child.stdout?.destroy(), 0],
  ['that is interrupted', (demo: LaunchedProcess): unknown => demo.signal('SIGINT'), 130],
  ['whose terminal is closed', (demo: LaunchedProcess): unknown => demo.signal('SIGHUP'), 129],
] as const)('a demo %s leaves nothing behind', async (_name, leave, code) => {
  place = newPlace();
  const temporary = join(place.directory, 'tmp');
  mkdirSync(temporary);
  const demo = launch({
    args: ['demo'],
    cwd: place.directory,
    env: { PATH: process.env['PATH'] ?? '', HOME: place.directory, TMPDIR: temporary },
  });
  await demo.untilSaid((out) => out.includes('Starting a temporary sidecar'));
  leave(demo);
  expect(await demo.ended).toEqual({ code, signal: null });
  expect(demo.err).toBe('');
  expect(readdirSync(temporary)).toEqual([]);
});

test('a sidecar for development whose terminal is closed stops in order and leaves nothing behind', async () => {
  place = newPlace();
  const temporary = join(place.directory, 'tmp');
  mkdirSync(temporary);
  const serving = launch({
    args: ['serve', '--dev'],
    cwd: place.directory,
    env: { ...place.env, TMPDIR: temporary },
  });
  await serving.untilLogged('ready');
  serving.signal('SIGHUP');
  expect(await serving.ended).toEqual({ code: 0, signal: null });
  expect(readdirSync(temporary)).toEqual([]);
});

test('a step that differs or throws is a difference, told with what came', async () => {
  place = newPlace();
  const lines: string[] = [];
  const sink = { write: (text: string) => void lines.push(text) };
  const terminal = {
    stdin: process.stdin,
    stdout: sink,
    stderr: sink,
    env: {},
    workingDirectory: '/',
    untilInterrupted: () => new AbortController().signal,
  };
  const recorder = new StepRecorder(new Output(terminal, true));
  await recorder.step('same', 'a', async () => 'a');
  await recorder.step('other', 'a', async () => 'b');
  await recorder.step('throws', 'a', () => Promise.reject(new Error('broken')));
  expect(recorder).toMatchObject({ steps: 3, differences: 2 });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { step: 'same', expect: 'a', got: 'a', ok: true },
    { step: 'other', expect: 'a', got: 'b', ok: false },
    { step: 'throws', expect: 'a', got: 'error failed: broken', ok: false },
  ]);
});
