/**
 * What each thread of a running sidecar loads, and how it is started: the modules that a thread holds for
 * ever are most of its memory (docs/decisions/0012-memory.md).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { launchSidecar, newPlace } from '../support/sidecar.ts';

/** Runs first in every thread and notes what is loaded there. */
const RECORDER = `
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { isMainThread, workerData } from 'node:worker_threads';
const thread = isMainThread ? 'main' : workerData.role;
registerHooks({
  load(url, context, next) {
    appendFileSync(new URL('./loaded', import.meta.url), thread + ' ' + url + '\\n');
    return next(url, context);
  },
});
`;

/** The package of a module; of our own, its path below src/. */
function originOf(url: string): string {
  const inPackage = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(url)?.[1];
  return inPackage ?? /\/(src\/.*)$/.exec(url)?.[1] ?? url;
}

test('a thread of serve loads the packages of its own part alone', async () => {
  const place = await newPlace();
  const recorder = join(place.directory, 'recorder.mjs');
  writeFileSync(recorder, RECORDER);
  const started = launchSidecar(place, { command: [process.execPath, '--import', recorder] });
  await started.untilLogged('ready');
  const loaded = new Map<string, Set<string>>();
  for (const line of readFileSync(join(place.directory, 'loaded'), 'utf8').trim().split('\n')) {
    const [thread = '', url = ''] = line.split(' ');
    if (!url.startsWith('file:')) continue;
    loaded.set(thread, (loaded.get(thread) ?? new Set()).add(originOf(url)));
  }
  expect([...loaded.keys()].sort()).toEqual(['evaluator', 'ledger', 'main', 'reader', 'trial']);
  const packagesOf = (thread: string) =>
    [...(loaded.get(thread) ?? [])].filter((origin) => !/^(src\/|file:)/.test(origin)).sort();
  expect(packagesOf('trial')).toEqual([]);
  expect(packagesOf('ledger')).toEqual(['better-sqlite3']);
  expect(packagesOf('reader')).toEqual(['better-sqlite3']);
  const forMainAlone = ['zod', 'yaml', 'commander', 'pino', 'prom-client', 'cli-table3'];
  expect(packagesOf('evaluator').filter((name) => forMainAlone.includes(name))).toEqual([]);
  expect(packagesOf('main')).toEqual(expect.arrayContaining(['zod', '@grpc/grpc-js', 'prom-client']));
  const forNobody = [
    '@grpc/reflection',
    '@grpc/proto-loader',
    'grpc-health-check',
    'src/client/connect.ts',
    'src/cli/demo/run-demo.ts',
  ];
  const all = [...loaded.values()].flatMap((origins) => [...origins]);
  expect(all.filter((origin) => forNobody.includes(origin))).toEqual([]);
});

test('serve starts itself once with bounded arenas, as the same process and with its arguments', async () => {
  const place = await newPlace();
  const operators = 'MALLOC_TRIM_THRESHOLD_=65536';
  const started = launchSidecar(place, { command: ['env', operators, process.execPath, '--no-warnings'] });
  await started.untilLogged('ready');
  const wordsOf = (file: string) =>
    readFileSync(`/proc/${started.pid}/${file}`, 'utf8')
      .split('\0')
      .filter((word) => word !== '');
  expect(wordsOf('environ')).toEqual(
    expect.arrayContaining(['MALLOC_ARENA_MAX=2', operators, `HOME=${place.directory}`]),
  );
  expect(wordsOf('cmdline')).toEqual([
    process.execPath,
    '--no-warnings',
    expect.stringMatching(/\/bin\/postern\.mjs$/),
    'serve',
    '--config',
    join(place.directory, 'postern.yaml'),
  ]);
  started.signal('SIGTERM');
  expect(await started.ended).toEqual({ code: 0, signal: null });
});
