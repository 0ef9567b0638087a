// What a policy source holds now: its directories, its policy and data files, and one digest of them all.
// Of a bundle file it is the file's bytes. It only reads, and takes what it cannot read for absent.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { listSourceTree } from './source-tree.ts';

/** What a policy can be made of; editors' swap and backup files are not among it. */
const POLICY_FILE = /(^|\/)(\.manifest|[^./][^/]*\.(rego|json|ya?ml|wasm))$/;

export interface SourceScan {
  /** The directory itself and those below; none for a file. */
  readonly directories: readonly string[];
  /** With the links that no reader follows: one that comes or goes changes what a reader says. */
  readonly files: readonly string[];
}

/** Lists a file or directory, sorted. Empty when there is nothing. Never rejects. */
export async function scanSource(path: string): Promise<SourceScan> {
  const found = await stat(path).catch(() => null);
  if (found === null) return { directories: [], files: [] };
  if (!found.isDirectory()) return { directories: [], files: [path] };
  const tree = await listSourceTree(path, () => undefined);
  const below = (name: string) => join(path, name);
  const links = tree.links.map((link) => link.path);
  return {
    directories: tree.directories.map(below).sort(),
    files: [...tree.files.filter((name) => POLICY_FILE.test(name)), ...links].map(below).sort(),
  };
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
