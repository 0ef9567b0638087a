/**
 * Reads a directory of policy sources once, into memory: what is hashed is what is compiled, even
 * when an editor writes meanwhile. Never leaves out what is linked there without a word, and never
 * reads without caps.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { PosternError } from '../../core/error.ts';
import type { PolicyProblem } from '../../pdp/admin-port.ts';
import { BUNDLE_DIRECTORY, listSourceTree } from '../source-tree.ts';

const FILES_MAX = 1_000;
const FILE_BYTES_MAX = 1024 * 1024;
const SCHEMA_DIRECTORY = 'schemas';
export const CAPABILITIES_FILE = 'capabilities.json';

export type SourceKind = 'rego' | 'test' | 'data' | 'schema' | 'capabilities';

export interface PolicySource {
  /** Relative to the directory, with `/`. */
  readonly path: string;
  readonly kind: SourceKind;
  readonly bytes: Uint8Array;
}

export interface PolicySources {
  /** Sorted by path, bytewise. */
  readonly files: readonly PolicySource[];
  /** SHA-256 over the sorted (path, bytes) of Rego, data and capabilities, as 64 hexadecimal characters. */
  readonly revision: string;
  readonly problems: readonly PolicyProblem[];
}

/** Reads all sources under a directory. What is wrong with them is listed in `problems`. */
export async function readPolicySources(directory: string): Promise<PolicySources> {
  const problems: PolicyProblem[] = [];
  const paths = await listFiles(directory, problems);
  const files: PolicySource[] = [];
  for (const path of paths) {
    const kind = kindOf(path);
    if (kind === null) continue;
    const bytes = await readCapped(directory, path, problems);
    if (bytes !== null) files.push({ path, kind, bytes });
  }
  files.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  if (!files.some((file) => file.kind === 'rego')) {
    problems.push({ file: '', line: 0, message: 'The directory has no .rego file.' });
  }
  if (!files.some((file) => file.kind === 'capabilities')) {
    const message = `${CAPABILITIES_FILE} is missing: copy it from Postern's own policies.`;
    problems.push({ file: CAPABILITIES_FILE, line: 0, message });
  }
  return { files, revision: revisionOf(files), problems };
}

function revisionOf(files: readonly PolicySource[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    if (file.kind === 'test' || file.kind === 'schema') continue;
    // The lengths keep (a, bc) and (ab, c) apart.
    hash.update(`${Buffer.byteLength(file.path)}:${file.path}:${file.bytes.length}:`);
    hash.update(file.bytes);
  }
  return hash.digest('hex');
}

function kindOf(path: string): SourceKind | null {
  if (path === CAPABILITIES_FILE) return 'capabilities';
  if (path.startsWith(`${SCHEMA_DIRECTORY}/`)) return path.endsWith('.json') ? 'schema' : null;
  if (path.endsWith('_test.rego')) return 'test';
  if (path.endsWith('.rego')) return 'rego';
  return posix.basename(path) === 'data.json' ? 'data' : null;
}

const NOT_FOLLOWED = {
  'to a directory':
    'Linked directories are not read: put the directory itself here, or its rules are missing.',
  nowhere: 'The link leads nowhere, so what it stood for is missing.',
} as const;

async function listFiles(directory: string, problems: PolicyProblem[]): Promise<readonly string[]> {
  const tree = await listSourceTree(directory, (path, cause) => {
    throw unreadable(path, cause);
  });
  const files = tree.files.filter(isSource);
  if (tree.isCut || files.length > FILES_MAX) {
    const message = `The directory has more than ${FILES_MAX} files, or is nested too deeply.`;
    problems.push({ file: '', line: 0, message });
    return [];
  }
  for (const { path, leads } of tree.links) {
    if (isSource(path)) problems.push({ file: path, line: 0, message: NOT_FOLLOWED[leads] });
  }
  for (const path of files.filter((name) => /^data\.ya?ml$/.test(posix.basename(name)))) {
    problems.push({ file: path, line: 0, message: 'Data must be JSON: write it as data.json.' });
  }
  return files;
}

function isSource(path: string): boolean {
  return path !== BUNDLE_DIRECTORY && !path.startsWith(`${BUNDLE_DIRECTORY}/`) && !isHidden(path);
}

function isHidden(path: string): boolean {
  return posix.basename(path).startsWith('.');
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'it is not a directory',
  EACCES: 'this user may not read it',
};

function unreadable(path: string, cause: unknown): PosternError {
  const code = String(Reflect.get(Object(cause), 'code'));
  const message = `The policies at ${path} cannot be read: ${UNREADABLE[code] ?? code}.`;
  return new PosternError('policy_unavailable', message, { cause });
}

async function readCapped(
  directory: string,
  path: string,
  problems: PolicyProblem[],
): Promise<Uint8Array | null> {
  const place = join(directory, path);
  const found = await stat(place).catch(() => null);
  if (found?.isFile() !== true) {
    problems.push({ file: path, line: 0, message: 'This is not a file that can be read.' });
    return null;
  }
  if (found.size > FILE_BYTES_MAX) {
    problems.push({ file: path, line: 0, message: `The file is larger than ${FILE_BYTES_MAX} bytes.` });
    return null;
  }
  return readFile(place);
}
