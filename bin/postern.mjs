#!/usr/bin/env node
/**
 * The `postern` command. Checks Node's version before anything else is loaded, because under an
 * older Node the native SQLite module would crash instead of saying why. It must stay plain
 * JavaScript that old Nodes parse, and import nothing that they lack.
 */
import { existsSync } from 'node:fs';

/** The same range as `engines` in package.json (a test compares them). */
const NODE_MAJOR = 24;
const NODE_MINOR_MIN = 12;

const [major, minor] = process.versions.node.split('.').map(Number);

if (major !== NODE_MAJOR || minor < NODE_MINOR_MIN) {
  process.stderr.write(
    `postern needs Node ${NODE_MAJOR} (${NODE_MAJOR}.${NODE_MINOR_MIN} or newer) and this is ${process.version}: ` +
      'run it through npm (`npm start`, `npx postern ...`), which brings the right one.\n',
  );
  process.exitCode = 1;
} else {
  // A work tree runs its sources, so that a stale build is never taken for them; the image holds only dist/.
  const source = new URL('../src/main.ts', import.meta.url);
  void import(existsSync(source) ? source.href : new URL('../dist/main.js', import.meta.url).href);
}
