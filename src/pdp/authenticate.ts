// Whose key it is. A missing or malformed credential does the same work as an unknown one, so that time
// tells nothing; the presented text goes no further than this file.
import { type KeyFormat, parseKey } from '../core/key-format.ts';
import type { Reason } from '../core/reason.ts';
import type { SecretHasher } from './evaluation-port.ts';

export interface AuthenticateParts {
  readonly hasher: SecretHasher;
  readonly keyFormat: KeyFormat;
  /** A text shaped like a key that belongs to nobody: hashed when none was presented. */
  readonly decoySecret: string;
}

/** A presented credential after hashing. */
export interface PresentedSecret {
  /** Why it cannot belong to a key, or null. */
  readonly fault: Extract<Reason, 'key_missing' | 'key_malformed'> | null;
  /** One for each active scheme; of the decoy when there is a fault. */
  readonly lookups: readonly string[];
}

/** Hashes the presented credential, once for all drafts of a call. */
export function presentSecret(parts: AuthenticateParts, apiKey: string | null): PresentedSecret {
  if (apiKey === null || apiKey === '') {
    return { fault: 'key_missing', lookups: parts.hasher.lookups(parts.decoySecret) };
  }
  if (parseKey(apiKey, parts.keyFormat) === 'malformed') {
    return { fault: 'key_malformed', lookups: parts.hasher.lookups(parts.decoySecret) };
  }
  return { fault: null, lookups: parts.hasher.lookups(apiKey) };
}
