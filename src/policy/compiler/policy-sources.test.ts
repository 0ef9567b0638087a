// What cannot be read is named, in words that need no knowledge of system calls.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../../test/support/policy/policy-directory.ts';
import { PosternError } from '../../core/error.ts';
import { readPolicySources } from './policy-sources.ts';

test('a directory that is not there, and a file in its place, are refused by name', async () => {
  const root = temporaryDirectory();
  writeFileSync(join(root, 'file'), '');
  for (const [name, reason] of [
    ['none', 'it does not exist'],
    ['file', 'it is not a directory'],
  ]) {
    const path = join(root, String(name));
    const error = await readPolicySources(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PosternError);
    expect(error).toMatchObject({ message: `The policies at ${path} cannot be read: ${reason}.` });
  }
});
