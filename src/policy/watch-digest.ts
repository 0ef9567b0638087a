// What a policy source holds now: its directories, its policy and data files, and one digest of them all.
// Of a bundle file it is the file's bytes. It only reads, follows links to files (mounted volumes are made
// of them), and takes what it cannot read for absent.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What a policy can be made of; editors' swap and backup files are not among it. */
const POLICY_FILE = /(^|\/)(\.manifest|[^./][^/]*\.(rego|json|ya?ml|wasm))$/;
/** Directories and files: one that holds more is no policy. What comes after is not looked at. */
const ENTRIES_MAX = 4_096;
const DEPTH_MAX = 16;

export interface SourceScan {
  /** The directory itself and those below; none for a file. */
  readonly directories: readonly string[];
  readonly files: readonly string[];
}

/** Lists a file or directory, sorted. Empty when there is nothing. Never rejects. */
export async function scanSource(path: string): Promise<SourceScan> {
  const found = await stat(path).catch(() => null);
  if (found === null) return { directories: [], files: [] };
  if (!found.isDirectory()) return { directories: [], files: [path] };
  const directories: string[] = [];
  const files: string[] = [];
  const waiting = [{ path, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path: directory, depth } = next;
    directories.push(directory);
    for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
      if (directories.length + files.length + waiting.length >= ENTRIES_MAX) break;
      const below = join(directory, entry.name);
      if (!entry.isDirectory()) {
        if (POLICY_FILE.test(below)) files.push(below);
      } else if (!entry.name.startsWith('.') && depth < DEPTH_MAX) {
        waiting.push({ path: below, depth: depth + 1 });
      }
    }
  }
  return { directories: directories.sort(), files: files.sort() };
}

/** SHA-256 over names and contents of the files, in hexadecimal. Never rejects. */
export async function digestOfSource(path: string, scan?: SourceScan): Promise<string> {
  const { files } = scan ?? (await scanSource(path));
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${relative(path, file)}\0${await digestOfFile(file)}\0`);
  return hash.digest('hex');
}

/** Of a file that goes away or may not be read it is a word: a later event comes. */
async function digestOfFile(file: string): Promise<string> {
  try {
    // A link may lead to a directory or to a device; only a file has content.
    if (!(await stat(file)).isFile()) return 'no file';
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    return hash.digest('hex');
  } catch {
    return 'unreadable';
  }
}
