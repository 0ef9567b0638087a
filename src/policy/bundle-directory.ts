/**
 * Bundles on disk: OPA's layout as a directory (policy.wasm, data.json, .manifest) or as a
 * `.tar.gz`. Reads with caps and only known names; writes so that a reader never takes half a
 * bundle for a whole one.
 */
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  type Bundle,
  type BundleFiles,
  BundleRefused,
  type BundleResult,
  DATA_BYTES_MAX,
  formatManifest,
  MANIFEST_BYTES_MAX,
  openBundle,
  WASM_BYTES_MAX,
} from './bundle.ts';
import { ARCHIVE_BYTES_MAX, readBundleArchive } from './bundle-archive.ts';

const LISTED: ReadonlySet<string> = new Set(['policy.wasm', 'data.json', '.manifest']);

/** Loads a built bundle from a directory. All that is wrong with it is in the result. */
export function loadBundleDirectory(directory: string): Promise<BundleResult> {
  return loadFrom(async () => {
    for (const name of await readdir(directory)) {
      // `..data` and its like are how Kubernetes mounts a ConfigMap; nothing else is let by.
      if (name.startsWith('..') || LISTED.has(name)) continue;
      if (name === '.signatures.json') {
        throw new BundleRefused(name, 'Signed bundles cannot be verified yet, so they are not loaded.');
      }
      throw new BundleRefused(name, 'The directory holds a file that no bundle has.');
    }
    const [manifest, dataJson, wasm] = await Promise.all([
      readCapped(directory, '.manifest', MANIFEST_BYTES_MAX),
      readCapped(directory, 'data.json', DATA_BYTES_MAX),
      readCapped(directory, 'policy.wasm', WASM_BYTES_MAX),
    ]);
    return { manifest, dataJson, wasm };
  });
}

/** Loads a `.tar.gz` as `opa build` writes it. All that is wrong with it is in the result. */
export function loadBundleArchive(path: string): Promise<BundleResult> {
  return loadFrom(async () => readBundleArchive(await readCapped('', path, ARCHIVE_BYTES_MAX)));
}

/** Writes a bundle as a directory. The manifest comes last, and its digest tells a mixture apart. */
export async function writeBundle(directory: string, bundle: Bundle): Promise<void> {
  await mkdir(directory, { recursive: true });
  await replaceFile(join(directory, 'data.json'), bundle.dataJson);
  await replaceFile(join(directory, 'policy.wasm'), bundle.wasm);
  await replaceFile(join(directory, '.manifest'), formatManifest(bundle.manifest));
}

async function loadFrom(read: () => Promise<BundleFiles>): Promise<BundleResult> {
  try {
    return await openBundle(await read());
  } catch (error) {
    const problem = error instanceof BundleRefused ? error : unreadable(error);
    return { ok: false, problems: [{ file: problem.file, line: 0, message: problem.message }] };
  }
}

function unreadable(error: unknown): BundleRefused {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  // Only what the file system says is the bundle's fault; anything else is ours and must show.
  if (code === null || !/^E[A-Z]+$/.test(code)) throw error;
  return new BundleRefused('', `The bundle could not be read: ${code}.`, error);
}

async function readCapped(directory: string, name: string, bytesMax: number): Promise<Uint8Array> {
  const path = join(directory, name);
  const file = directory === '' ? '' : name;
  const found = await stat(path).catch(() => null);
  if (found?.isFile() !== true) throw new BundleRefused(file, 'The file is missing or is not a file.');
  if (found.size > bytesMax) throw new BundleRefused(file, `The file is larger than ${bytesMax} bytes.`);
  return readFile(path);
}

async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  // A name that the loader lets by, so that it never meets a stranger while a bundle is written.
  const aside = join(dirname(path), `..${basename(path)}.new`);
  await writeFile(aside, content);
  await rename(aside, path);
}
