/**
 * What a newcomer has after a clone and `npm ci`, in a directory that a test may edit: the sources copied, the
 * packages linked. Gone when its owner removes it.
 */
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './sidecar-process.ts';

const COPIED = ['bin', 'src', 'policies', 'proto', 'package.json', 'tsconfig.json'];

/** Fills a directory. */
export function copyClone(directory: string): void {
  for (const name of COPIED) cpSync(join(ROOT, name), join(directory, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
}
