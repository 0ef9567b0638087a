// The hash behind commitments: SHA-256 over the salt's 16 bytes and a text's UTF-8 bytes. Written for every
// personal field of every check, so it fills one buffer instead of making new ones.
import { hash } from 'node:crypto';
import type { SaltedHash } from '../core/commitment.ts';

const SALT_BYTES = 16;
const SCRATCH_BYTES = 8_192;
/** UTF-8 takes at most three bytes for each UTF-16 unit. */
const UTF8_BYTES_MAX = 3;

const scratch = Buffer.alloc(SCRATCH_BYTES);

/** One for each thread: the scratch belongs to the module. */
export const saltedHash: SaltedHash = (saltHex, text) => {
  const fits = SALT_BYTES + text.length * UTF8_BYTES_MAX <= SCRATCH_BYTES;
  const bytes = fits ? scratch : Buffer.alloc(SALT_BYTES + text.length * UTF8_BYTES_MAX);
  bytes.write(saltHex, 0, 'hex');
  const written = bytes.write(text, SALT_BYTES, 'utf8');
  return hash('sha256', bytes.subarray(0, SALT_BYTES + written));
};
