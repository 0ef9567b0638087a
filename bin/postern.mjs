#!/usr/bin/env node
/**
 * The `postern` command. Checks Node's version before anything else is loaded, because under an
 * older Node the native SQLite module would crash instead of saying why. It must stay plain
 * JavaScript that old Nodes parse, and import nothing that they lack.
 */
import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

/** The same range as `engines` in package.json (a test compares them). */
const NODE_MAJOR = 24;
const NODE_MINOR_MIN = 12;

/**
 * For glibc, which reads them before any code of ours runs: V8's compilers take tens of megabytes for a
 * moment, on several threads, and an arena for each would keep them (docs/decisions/0012-memory.md).
 */
const ENVIRONMENT = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' };

/** Puts the same process in its own place, once, unless its environment is set up already. */
function startWithEnvironment() {
  if (process.platform !== 'linux') return;
  if (Object.keys(ENVIRONMENT).every((name) => process.env[name] !== undefined)) return;
  // A parent that talks to this process would lose it; and not every Node has the call.
  if (process.channel !== undefined || typeof process.execve !== 'function') return;
  const words = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, words, Object.assign({}, ENVIRONMENT, process.env));
}

const [major, minor] = process.versions.node.split('.').map(Number);

if (major !== NODE_MAJOR || minor < NODE_MINOR_MIN) {
  process.stderr.write(
    `postern needs Node ${NODE_MAJOR} (${NODE_MAJOR}.${NODE_MINOR_MIN} or newer) and this is ${process.version}: ` +
      'run it through npm (`npm start`, `npx postern ...`), which brings the right one.\n',
  );
  process.exitCode = 1;
} else {
  if (process.argv[2] === 'serve') startWithEnvironment();
  // The young generation of each thread stays as small as it begins: by its default it grows while modules are
  // loaded, to what is never needed again (docs/decisions/0012-memory.md). Threads that work for every check get
  // more when they start.
  setFlagsFromString('--semi-space-growth-factor=1');
  // What V8 allocates in the old generation because it once lived long keeps young garbage alive, and waking
  // helper threads for some hundred kilobytes costs more than copying them (0013-garbage-that-survives.md).
  setFlagsFromString('--no-allocation-site-pretenuring');
  setFlagsFromString('--no-parallel-scavenge');
  // A work tree runs its sources, so that a stale build is never taken for them; the image holds only dist/.
  const source = new URL('../src/main.ts', import.meta.url);
  void import(existsSync(source) ? source.href : new URL('../dist/main.js', import.meta.url).href);
}
