// What is derived from the pepper: lookup hashes of keys, the key of row MACs, and a check by which a
// wrong pepper is noticed at start. Each thread derives its own; the pepper itself is not kept.
import { hash, hkdfSync, timingSafeEqual } from 'node:crypto';
import { PosternError } from '../core/error.ts';
import type { SecretHasher } from '../pdp/evaluation-port.ts';
import { createHmac, type Hmac } from './hmac.ts';
import { type PepperSource, readPepper } from './secret-files.ts';

/** Scheme 1: HMAC-SHA-256(pepper, SHA-256(key)). Stored with every key, so that peppers can rotate. */
export const SCHEME_ID = 1;

const DERIVED_BYTES = 32;
const ROW_MAC_INFO = 'postern row mac v1';
const PEPPER_CHECK_INFO = 'postern pepper check v1';

export interface Secrets {
  readonly hasher: SecretHasher;
  readonly rowMac: Hmac;
  /** Tells peppers apart and says nothing else; kept in the database. */
  readonly pepperCheck: Uint8Array;
}

export interface SecretsOptions {
  readonly dataDirectory: string;
  readonly pepper: PepperSource;
}

/** @throws PosternError storage_unavailable when the pepper is missing or is not one. */
export function openSecrets(options: SecretsOptions): Secrets {
  return deriveSecrets(readPepper(options.dataDirectory, options.pepper));
}

export function deriveSecrets(pepper: Uint8Array): Secrets {
  const pepperHmac = createHmac(pepper);
  const lookup = (secret: string) => pepperHmac.overHash(hash('sha256', secret));
  return {
    hasher: {
      lookups: (secret) => [lookup(secret)],
      newLookup: (secret) => Buffer.from(lookup(secret), 'hex'),
    },
    rowMac: createHmac(derive(pepper, ROW_MAC_INFO)),
    pepperCheck: derive(pepper, PEPPER_CHECK_INFO),
  };
}

/** @throws PosternError storage_unavailable when the database was made with another pepper. */
export function checkPepper(secrets: Secrets, stored: Uint8Array): void {
  const ours = secrets.pepperCheck;
  if (stored.length === ours.length && timingSafeEqual(stored, ours)) return;
  throw new PosternError(
    'storage_unavailable',
    'The pepper is not the one that this data directory was made with: every key would be denied. Put the right one back.',
    { facts: { problem: 'pepper_wrong' } },
  );
}

function derive(pepper: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', pepper, '', info, DERIVED_BYTES));
}
