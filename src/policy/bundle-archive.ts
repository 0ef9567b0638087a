/**
 * Reads OPA's `.tar.gz` bundles, as `opa build` writes them or `tar` packs a bundle's directory. Strict: plain
 * files with known names only, each once, all within caps, so that a crafted archive can neither escape nor exhaust.
 * Signed archives are refused until signatures are verified: ignoring one would look like trust.
 */
import { gunzipSync } from 'node:zlib';
import {
  type BundleFiles,
  BundleRefused,
  DATA_BYTES_MAX,
  MANIFEST_BYTES_MAX,
  WASM_BYTES_MAX,
} from './bundle.ts';

export const ARCHIVE_BYTES_MAX = 24 * 1024 * 1024;
const UNPACKED_BYTES_MAX = 32 * 1024 * 1024;
const ENTRIES_MAX = 1_024;
const BLOCK_BYTES = 512;

/** A map: the archive chooses the names, and an object knows `constructor` and others besides its own. */
const CAPS: ReadonlyMap<string, number> = new Map([
  ['policy.wasm', WASM_BYTES_MAX],
  ['data.json', DATA_BYTES_MAX],
  ['.manifest', MANIFEST_BYTES_MAX],
]);

/** Takes the three files out of an archive. Throws BundleRefused. */
export function readBundleArchive(archive: Uint8Array): BundleFiles {
  const files = new Map<string, Uint8Array>();
  const seen = new Set<string>();
  for (const { name, bytes, isDirectory } of entriesOf(unpack(archive))) {
    if (seen.has(name)) throw new BundleRefused(name, 'The archive holds this file twice.');
    seen.add(name);
    if (seen.size > ENTRIES_MAX)
      throw new BundleRefused('', `The archive holds more than ${ENTRIES_MAX} files.`);
    if (isDirectory) continue;
    if (name === '.signatures.json') {
      throw new BundleRefused(name, 'Signed bundles cannot be verified yet, so they are not loaded.');
    }
    const cap = CAPS.get(name);
    // OPA puts the Rego beside the module; it is not what decides, so it is not kept.
    if (cap === undefined && name.endsWith('.rego')) continue;
    if (cap === undefined) throw new BundleRefused(name, 'The archive holds a file that no bundle has.');
    if (bytes.length > cap) throw new BundleRefused(name, `The file is larger than ${cap} bytes.`);
    files.set(name, bytes);
  }
  return {
    wasm: need(files, 'policy.wasm'),
    dataJson: need(files, 'data.json'),
    manifest: need(files, '.manifest'),
  };
}

function need(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes === undefined) throw new BundleRefused(name, 'The archive lacks this file.');
  return bytes;
}

function unpack(archive: Uint8Array): Uint8Array {
  if (archive.length > ARCHIVE_BYTES_MAX) {
    throw new BundleRefused('', `The archive is larger than ${ARCHIVE_BYTES_MAX} bytes.`);
  }
  try {
    return gunzipSync(archive, { maxOutputLength: UNPACKED_BYTES_MAX });
  } catch (cause) {
    throw new BundleRefused('', `The archive is not gzip of at most ${UNPACKED_BYTES_MAX} bytes.`, cause);
  }
}

interface Entry {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly isDirectory: boolean;
}

/** Entries of a POSIX ustar archive: IEEE Std 1003.1, pax, section "ustar Interchange Format". */
function* entriesOf(tar: Uint8Array): Generator<Entry> {
  let at = 0;
  while (at + BLOCK_BYTES <= tar.length) {
    const header = tar.subarray(at, at + BLOCK_BYTES);
    if (header.every((byte) => byte === 0)) return;
    if (checksumOf(header) !== octal(header, 148, 8)) throw new BundleRefused('', 'The archive is damaged.');
    const type = String.fromCharCode(header[156] ?? 0);
    const sizeBytes = octal(header, 124, 12);
    // `tar` writes the directories that it passes; they hold nothing.
    const isDirectory = type === '5' && sizeBytes === 0;
    const name = nameOf(header, isDirectory);
    // Links, devices and extended headers: neither OPA nor `tar` writes them for a bundle.
    if (!isDirectory && type !== '0' && type !== '\0')
      throw new BundleRefused(name, 'The archive holds more than plain files.');
    const start = at + BLOCK_BYTES;
    if (start + sizeBytes > tar.length) throw new BundleRefused(name, 'The archive ends within this file.');
    yield { name, bytes: tar.subarray(start, start + sizeBytes), isDirectory };
    at = start + Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
  }
  throw new BundleRefused('', 'The archive has no end.');
}

/** Seen from the archive's own root, which `opa build` writes as `/` and `tar` as `./`. */
function nameOf(header: Uint8Array, isDirectory: boolean): string {
  const prefix = text(header, 345, 155);
  const path = `${prefix === '' ? '' : `${prefix}/`}${text(header, 0, 100)}`.replace(/^\.?\//, '');
  const name = isDirectory ? path.replace(/\/$/, '') : path;
  if (isDirectory && name === '') return name;
  const parts = name.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..') || name.includes('\\')) {
    throw new BundleRefused('', 'The archive holds a path that leads elsewhere.');
  }
  return name;
}

function text(header: Uint8Array, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString('utf8');
}

function octal(header: Uint8Array, start: number, length: number): number {
  const digits = text(header, start, length).trim();
  if (!/^[0-7]{1,11}$/.test(digits)) throw new BundleRefused('', 'The archive is damaged.');
  return Number.parseInt(digits, 8);
}

function checksumOf(header: Uint8Array): number {
  // The checksum's own field counts as spaces.
  return header.reduce((sum, byte, place) => sum + (place >= 148 && place < 156 ? 32 : byte), 0);
}
