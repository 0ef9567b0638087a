// Makes the directories of our own sockets. In a directory that others may write to, a name that can be
// guessed can be taken first: what is there must be ours alone, or it is refused.
import { lstatSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { PosternError } from '../core/error.ts';

/**
 * Creates the directory (0700) unless it exists.
 * @throws PosternError storage_unavailable when it belongs to somebody else, is a link, or is open to others.
 */
export function ensurePrivateDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new PosternError('storage_unavailable', `The directory ${path} cannot be made.`, { cause });
  }
  const found = lstatSync(path);
  const problem = !found.isDirectory()
    ? 'is not a directory'
    : found.uid !== process.getuid?.()
      ? 'belongs to another user'
      : (found.mode & 0o077) !== 0
        ? 'is open to other users (chmod 700)'
        : null;
  if (problem === null) return;
  throw new PosternError(
    'storage_unavailable',
    `The directory ${path} ${problem}; a socket in it would not be private.`,
  );
}

/** The directory of a socket. */
export function socketDirectory(socketPath: string): string {
  return dirname(socketPath);
}
