// The files under `secrets/`: the pepper and the log's signing key, readable by their owner only. They
// are made once, together with the database; a missing one is never replaced later, because a new pepper
// would silently deny every key.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { PosternError } from '../core/error.ts';
import { syncDirectory } from './database.ts';

const SECRETS_DIRECTORY = 'secrets';
const PEPPER_FILE = 'pepper';
const SIGNING_KEY_FILE = 'signing-key.pem';

export const PEPPER_BYTES = 32;

/** Where the pepper comes from: `secrets/pepper`, another file, or a value (of an environment variable). */
export type PepperSource =
  | { readonly kind: 'directory' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'value'; readonly text: string };

/** Makes what is missing. Only for a data directory without a database, under its lock. */
export function createSecretFiles(dataDirectory: string, pepper: PepperSource): void {
  const directory = join(dataDirectory, SECRETS_DIRECTORY);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (pepper.kind === 'directory') {
    writeSecret(directory, PEPPER_FILE, `${randomBytes(PEPPER_BYTES).toString('hex')}\n`);
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  writeSecret(directory, SIGNING_KEY_FILE, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  syncDirectory(directory);
  syncDirectory(dataDirectory);
}

/**
 * The pepper's 32 bytes.
 * @throws PosternError storage_unavailable: facts.problem is `pepper_missing` or `pepper_malformed`.
 */
export function readPepper(dataDirectory: string, source: PepperSource): Uint8Array {
  if (source.kind === 'value') return parsePepper(source.text, 'given');
  const path = source.kind === 'file' ? source.path : join(dataDirectory, SECRETS_DIRECTORY, PEPPER_FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new PosternError(
      'storage_unavailable',
      `The pepper ${path} cannot be read. Without it no key can be recognised; put the file back from where your secrets are kept (it is never in a backup).`,
      { cause: error, facts: { problem: 'pepper_missing' } },
    );
  }
  return parsePepper(text, path);
}

/** @throws PosternError storage_unavailable when the log's signing key is missing. */
export function requireSigningKey(dataDirectory: string): void {
  const path = join(dataDirectory, SECRETS_DIRECTORY, SIGNING_KEY_FILE);
  if (existsSync(path)) return;
  throw new PosternError(
    'storage_unavailable',
    `The signing key ${path} is missing. It is never made again for an existing log; put the file back.`,
    { facts: { problem: 'signing_key_missing' } },
  );
}

/** 64 hexadecimal characters; surrounding white space is ignored. */
function parsePepper(text: string, place: string): Uint8Array {
  const hex = text.trim();
  if (!/^[0-9a-fA-F]{64}$/.test(hex)) {
    throw new PosternError(
      'storage_unavailable',
      `The pepper ${place} is not one: it must be 64 hexadecimal characters (32 bytes). Put the right one back from where your secrets are kept.`,
      {
        facts: { problem: 'pepper_malformed' },
      },
    );
  }
  return Buffer.from(hex, 'hex');
}

/** Whole or not at all: written aside, synced, renamed. An existing one stays. */
function writeSecret(directory: string, name: string, text: string): void {
  const path = join(directory, name);
  if (existsSync(path)) return;
  const draft = `${path}.new`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}
