// Lists what lies under a directory of policies, in the same way for who reads it and for who watches it:
// what one of them sees, the other does. It ends, whatever is linked there, and leaves out nothing unsaid.
import type { Dirent } from 'node:fs';
import { readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The compiled bundle may lie beside its sources; it is none of them. */
export const BUNDLE_DIRECTORY = 'bundle';
/** A directory that holds more is no policy. */
const ENTRIES_MAX = 4_096;
const DEPTH_MAX = 16;

/** Relative to the directory, with `/`. */
export interface SourceTree {
  /** The directory itself is ''. */
  readonly directories: readonly string[];
  /** All that is no directory. A link to a file is one, and whatever is hidden but is no directory. */
  readonly files: readonly string[];
  /** Links that were not followed: to directories, and to nothing. */
  readonly links: readonly { readonly path: string; readonly leads: 'to a directory' | 'nowhere' }[];
  /** There is more than was looked at. */
  readonly isCut: boolean;
}

/** Lists a directory. What one cannot list is told, and then left out unless the caller throws. */
export async function listSourceTree(
  root: string,
  onUnreadable: (path: string, cause: unknown) => void,
): Promise<SourceTree> {
  const directories: string[] = [];
  const files: string[] = [];
  const links: SourceTree['links'][number][] = [];
  const waiting = [''];
  let entries = 0;
  let isCut = false;
  for (let under = waiting.pop(); under !== undefined; under = waiting.pop()) {
    directories.push(under);
    for (const entry of await entriesOf(join(root, under), onUnreadable)) {
      const path = under === '' ? entry.name : `${under}/${entry.name}`;
      entries += 1;
      if (entries > ENTRIES_MAX) return { directories, files, links, isCut: true };
      const kind = await kindOf(root, path, entry);
      if (kind === 'file') files.push(path);
      else if (kind !== 'directory') links.push({ path, leads: kind });
      else if (path.split('/').length > DEPTH_MAX) isCut = true;
      else waiting.push(path);
    }
  }
  return { directories, files, links, isCut };
}

async function entriesOf(
  directory: string,
  onUnreadable: (path: string, cause: unknown) => void,
): Promise<Dirent[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: unknown) => {
    onUnreadable(directory, cause);
    return [];
  });
  // They are editors' and mounts' own; the directory behind `..data` of a mounted ConfigMap is one.
  return entries.filter((entry) => !(entry.isDirectory() && isHidden(entry)));
}

function isHidden({ name }: Dirent): boolean {
  return name.startsWith('.');
}

type Kind = 'file' | 'directory' | SourceTree['links'][number]['leads'];

async function kindOf(root: string, path: string, entry: Dirent): Promise<Kind> {
  if (entry.isDirectory()) return 'directory';
  if (!entry.isSymbolicLink() || isHidden(entry)) return 'file';
  const found = await stat(join(root, path)).catch(() => null);
  if (found === null) return 'nowhere';
  if (!found.isDirectory()) return 'file';
  return (await isOwnLink(root, path)) ? 'directory' : 'to a directory';
}

/**
 * The bundle beside its sources, wherever it lies, and the links that a mounted ConfigMap is made of: its
 * `custom/a.rego` is `..data/custom/a.rego`, with `custom` for a link. Both are at the top, so that a link
 * is followed at most once on any way down.
 */
async function isOwnLink(root: string, path: string): Promise<boolean> {
  if (path.includes('/')) return false;
  if (path === BUNDLE_DIRECTORY) return true;
  return (await readlink(join(root, path)).catch(() => '')) === `..data/${path}`;
}
