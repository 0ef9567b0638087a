// Makes the directories that sockets live in. Under a shared directory for temporary files another user
// may have been there first: what is not ours alone is refused, never repaired.
import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const OWNER_ONLY = 0o700;
const OTHERS = 0o077;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;
const ROOT_USER = 0;

/** The directory is not safe to put a socket into. */
export class UnsafeDirectory extends Error {
  override readonly name = 'UnsafeDirectory';
}

/** Whoever can rename entries of the parent can put another directory in place of ours. */
function refuseUnsafeParent(parent: string): void {
  const stats = statSync(parent);
  const owner = process.getuid?.();
  if (owner !== undefined && stats.uid !== owner && stats.uid !== ROOT_USER) {
    throw new UnsafeDirectory(`${parent} belongs to another user`);
  }
  if ((stats.mode & WRITABLE_BY_OTHERS) !== 0 && (stats.mode & STICKY) === 0) {
    throw new UnsafeDirectory(`${parent} can be written by others`);
  }
}

/**
 * Makes the directory with mode 0700 unless it is there, its missing parents too.
 * @throws UnsafeDirectory when it is a link, no directory, another user's or open to others, or its parent
 * lets others replace it;
 * the system's error when it cannot be made.
 */
export function makePrivateDirectory(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY });
  try {
    mkdirSync(path, { mode: OWNER_ONLY });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  refuseUnsafeParent(dirname(path));
  const stats = lstatSync(path);
  if (!stats.isDirectory()) throw new UnsafeDirectory(`${path} is not a directory`);
  const owner = process.getuid?.();
  if (owner !== undefined && stats.uid !== owner)
    throw new UnsafeDirectory(`${path} belongs to another user`);
  if ((stats.mode & OTHERS) !== 0)
    throw new UnsafeDirectory(`${path} is open to others: it must have mode 0700`);
}
