// Copies of the default policies for tests that change them: real files in a temporary directory of
// their own, removed with the test. Never touches the repository's own policies.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const DEFAULT_POLICIES = fileURLToPath(new URL('../../../policies', import.meta.url));

/** An empty directory that is removed when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'postern-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A copy of the default policies, without the built bundle, with these files written over it. */
export function copyOfPolicies(changes: Readonly<Record<string, string | null>> = {}): string {
  const directory = join(temporaryDirectory(), 'policies');
  cpSync(DEFAULT_POLICIES, directory, { recursive: true });
  rmSync(join(directory, 'bundle'), { recursive: true });
  for (const [path, text] of Object.entries(changes)) {
    const place = join(directory, path);
    mkdirSync(dirname(place), { recursive: true });
    if (text === null) rmSync(place);
    else writeFileSync(place, text);
  }
  return directory;
}
