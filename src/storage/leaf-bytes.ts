// The leaves of a group as bytes, made once for all who need them: the hash, the database and the answer. Texts
// would be converted by each of them, into memory that is new every time.
import { LEAF_PREFIX } from '../core/merkle.ts';
import type { EncodedLeaf } from '../pdp/settle-plan.ts';
import { sha256 } from './ledger-head.ts';

/** Leaves of most groups fit; a group with more takes another chunk. */
const CHUNK_BYTES = 512 * 1_024;

/** A UTF-16 unit has at most so many bytes in UTF-8. */
const UNIT_BYTES_MAX = 3;

/** Memory for the leaves of one group after the other. */
export class LeafEncoder {
  #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #used = 0;

  /** Forgets the leaves of the group before. */
  clear(): void {
    this.#used = 0;
  }

  /** Valid until `clear`. */
  encode(leaf: string): EncodedLeaf {
    this.#reserve(1 + UNIT_BYTES_MAX * leaf.length);
    const chunk = this.#chunk;
    const prefix = this.#used;
    const start = prefix + 1;
    chunk[prefix] = LEAF_PREFIX;
    const end = start + chunk.write(leaf, start, 'utf8');
    this.#used = end;
    return { bytes: chunk.subarray(start, end), hash: sha256(chunk.subarray(prefix, end)) };
  }

  /** What was encoded before stays where it is, in the chunk of before. */
  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#chunk.length) return;
    this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, bytes));
    this.#used = 0;
  }
}
