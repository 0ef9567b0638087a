/**
 * A policy bundle in memory, and the checks that every bundle passes wherever it came from: the
 * recorded digest, the manifest, the module's shape. Knows OPA's manifest; reads no files. Never runs the
 * module, so that a bundle can be opened on any thread: what it says of itself is asked where it is tried.
 */
import { createHash } from 'node:crypto';
import { type InputLeaf, parseLeaves } from '../core/input-leaves.ts';
import type { JsonObject } from '../core/request.ts';
import type { PolicyProblem } from '../pdp/admin-port.ts';
import { compileShaped } from './module-shape.ts';

export const ENTRYPOINT = 'postern/decision';
export const WASM_BYTES_MAX = 16 * 1024 * 1024;
/** `data` is copied into every evaluator's memory: small by contract, never a registry. */
export const DATA_BYTES_MAX = 4 * 1024 * 1024;
export const MANIFEST_BYTES_MAX = 64 * 1024;
const REVISION_PATTERN = /^[\x21-\x7e]{1,128}$/;

export interface BundleManifest {
  readonly revision: string;
  readonly roots: readonly string[];
  readonly entrypoints: readonly string[];
  /** E.g. `opa 0.70.0`; null when the bundle does not say. */
  readonly builtWith: string | null;
  /** `sha256:` and 64 hexadecimal characters over policy.wasm and data.json; null when not recorded. */
  readonly digest: string | null;
  /** Which leaves of its input the policy reads; null when the bundle does not say, or names unknown ones. */
  readonly reads: readonly InputLeaf[] | null;
  readonly metadata: JsonObject;
}

export interface Bundle {
  readonly revision: string;
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly data: JsonObject;
  /** The exact text that `data` was parsed from. */
  readonly dataJson: string;
  readonly manifest: BundleManifest;
}

/** A bundle, or everything that was found wrong. */
export type BundleResult =
  | { readonly ok: true; readonly bundle: Bundle }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** The three files of a bundle as they were found. */
export interface BundleFiles {
  readonly wasm: Uint8Array;
  readonly dataJson: Uint8Array;
  readonly manifest: Uint8Array;
}

/** Checks the three files and makes a bundle of them. Never throws for what is in them. */
export async function openBundle(files: BundleFiles): Promise<BundleResult> {
  try {
    const manifest = parseManifest(files.manifest);
    const digest = contentDigest(files);
    if (manifest.digest !== null && manifest.digest !== digest) {
      throw new BundleRefused('.manifest', `The content is not what was built: its digest is ${digest}.`);
    }
    const dataJson = textOf(files.dataJson, 'data.json');
    const data = parseObject(dataJson, 'data.json');
    // A copy of its own: a view into a pooled buffer would carry its neighbours along to the threads.
    const wasm = new Uint8Array(files.wasm);
    const shaped = await compileShaped(wasm);
    if (!shaped.ok) throw new BundleRefused('policy.wasm', shaped.problem);
    const revision = manifest.revision === '' ? digest : manifest.revision;
    return { ok: true, bundle: { revision, wasm, data, dataJson, manifest: { ...manifest, revision } } };
  } catch (error) {
    if (!(error instanceof BundleRefused)) throw error;
    return { ok: false, problems: [{ file: error.file, line: 0, message: error.message }] };
  }
}

/** Digest of what a bundle decides with: `sha256:` and 64 hexadecimal characters. */
export function contentDigest(files: Pick<BundleFiles, 'wasm' | 'dataJson'>): string {
  const hash = createHash('sha256');
  for (const [name, bytes] of [
    ['data.json', files.dataJson],
    ['policy.wasm', files.wasm],
  ] as const) {
    hash.update(`${name}:${bytes.length}:`);
    hash.update(bytes);
  }
  return `sha256:${hash.digest('hex')}`;
}

/** Text of a `.manifest` in OPA's form, with our block under `metadata.postern`. */
export function formatManifest(manifest: BundleManifest): string {
  const { revision, roots, entrypoints, metadata } = manifest;
  const wasm = entrypoints.map((entrypoint) => ({ entrypoint, module: '/policy.wasm' }));
  return `${JSON.stringify({ revision, roots, wasm, metadata }, null, 2)}\n`;
}

/** A file of a bundle that cannot be accepted, and why. */
export class BundleRefused extends Error {
  override readonly name = 'BundleRefused';
  readonly file: string;

  constructor(file: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.file = file;
  }
}

function parseManifest(bytes: Uint8Array): BundleManifest {
  const file = '.manifest';
  const manifest = parseObject(textOf(bytes, file), file);
  const { revision = '', roots = [''], wasm = [], metadata = {} } = manifest;
  if (typeof revision !== 'string' || (revision !== '' && !REVISION_PATTERN.test(revision))) {
    throw new BundleRefused(file, 'The revision must be 1 to 128 printable characters without spaces.');
  }
  if (!Array.isArray(roots) || !roots.every((root) => typeof root === 'string')) {
    throw new BundleRefused(file, 'The roots must be a list of texts.');
  }
  const ours = isObject(metadata) ? (metadata['postern'] ?? {}) : null;
  if (!isObject(metadata) || !isObject(ours)) {
    throw new BundleRefused(file, 'The metadata and its block `postern` must be objects.');
  }
  return {
    revision,
    roots,
    entrypoints: parseEntrypoints(wasm),
    builtWith: textOrNull(ours['built_with'], 'built_with'),
    digest: textOrNull(ours['digest'], 'digest'),
    reads: parseReads(ours['reads']),
    metadata,
  };
}

function parseReads(value: unknown): readonly InputLeaf[] | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return parseLeaves(value);
  throw new BundleRefused('.manifest', 'metadata.postern.reads must be a list of texts.');
}

function parseEntrypoints(wasm: unknown): string[] {
  const problem = 'The manifest must name /policy.wasm, and nothing else, as the module of each entrypoint.';
  if (!Array.isArray(wasm) || wasm.length === 0) throw new BundleRefused('.manifest', problem);
  return wasm.map((entry: unknown) => {
    const resolver: JsonObject = isObject(entry) ? entry : {};
    const { entrypoint, module } = resolver;
    if (typeof entrypoint !== 'string' || module !== '/policy.wasm')
      throw new BundleRefused('.manifest', problem);
    return entrypoint;
  });
}

function textOrNull(value: unknown, name: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  throw new BundleRefused('.manifest', `metadata.postern.${name} must be a text.`);
}

function textOf(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new BundleRefused(file, 'The file is not UTF-8.', cause);
  }
}

function parseObject(text: string, file: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new BundleRefused(file, 'The file is not JSON.', cause);
  }
  if (!isObject(parsed)) throw new BundleRefused(file, 'The file is not a JSON object.');
  return parsed;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
