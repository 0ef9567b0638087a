// The append-only tree over the audit log (RFC 6962, section 2.1): leaf and node hashes, and the
// frontier, which is all of a tree that appending and its root need. SHA-256 comes in as a function.
import { assert } from './assert.ts';

/** SHA-256 of bytes. It must not keep its argument; nobody changes its result. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

export const HASH_BYTES = 32;
/** What stands before a leaf when it is hashed (RFC 6962, section 2.1). */
export const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;
const SIZE_BYTES = 8;
const WORD = 2 ** 32;

/** SHA-256(0x00 ‖ leaf). */
export function leafHash(leaf: Uint8Array, sha256: Sha256): Uint8Array {
  const prefixed = new Uint8Array(leaf.length + 1);
  prefixed[0] = LEAF_PREFIX;
  prefixed.set(leaf, 1);
  return sha256(prefixed);
}

/**
 * The text to hash for a leaf given as text: the UTF-8 bytes of it are 0x00 ‖ leaf. Saves a copy where
 * the hash function takes texts.
 */
export function leafHashText(leaf: string): string {
  return `\0${leaf}`;
}

/** Used again for every node: one is hashed for every record. */
const JOINED = new Uint8Array(1 + 2 * HASH_BYTES);
JOINED[0] = NODE_PREFIX;

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array, sha256: Sha256): Uint8Array {
  JOINED.set(left, 1);
  JOINED.set(right, 1 + HASH_BYTES);
  return sha256(JOINED);
}

/**
 * Roots of the complete subtrees of a growing tree, largest first: one for each bit of its size.
 * Appending costs one node hash a leaf on average; the root one for each further bit.
 */
export class MerkleFrontier {
  #size: number;
  readonly #roots: Uint8Array[];
  readonly #sha256: Sha256;

  private constructor(sha256: Sha256, size: number, roots: Uint8Array[]) {
    this.#sha256 = sha256;
    this.#size = size;
    this.#roots = roots;
  }

  /** The tree without leaves. */
  static empty(sha256: Sha256): MerkleFrontier {
    return new MerkleFrontier(sha256, 0, []);
  }

  /** Leaves in the tree. */
  get size(): number {
    return this.#size;
  }

  /** A frontier that can go on without touching this one: hashes are shared, they never change. */
  clone(): MerkleFrontier {
    return new MerkleFrontier(this.#sha256, this.#size, [...this.#roots]);
  }

  /** Appends a leaf by its hash. */
  append(hash: Uint8Array): void {
    assert(hash.length === HASH_BYTES, 'leaf hash of another length');
    let node = hash;
    // Each low bit that is set is a complete subtree as large as the node so far.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = this.#roots.pop();
      assert(left !== undefined, 'frontier without a subtree');
      node = nodeHash(left, node, this.#sha256);
    }
    this.#roots.push(node);
    this.#size += 1;
  }

  /** Root over all leaves; SHA-256 of nothing for the empty tree. */
  root(): Uint8Array {
    let root: Uint8Array | null = null;
    for (let place = this.#roots.length - 1; place >= 0; place--) {
      const left = this.#roots[place];
      assert(left !== undefined, 'frontier without a subtree');
      root = root === null ? left : nodeHash(left, root, this.#sha256);
    }
    return root ?? this.#sha256(new Uint8Array(0));
  }

  /** Size (8 bytes, big-endian), then the subtrees' roots, largest first. */
  encode(): Uint8Array {
    const bytes = new Uint8Array(SIZE_BYTES + this.#roots.length * HASH_BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, Math.floor(this.#size / WORD));
    view.setUint32(4, this.#size % WORD);
    this.#roots.forEach((root, place) => {
      bytes.set(root, SIZE_BYTES + place * HASH_BYTES);
    });
    return bytes;
  }

  /** The frontier that was encoded, or null when the bytes are not one. */
  static decode(bytes: Uint8Array, sha256: Sha256): MerkleFrontier | null {
    if (bytes.length < SIZE_BYTES) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = view.getUint32(0) * WORD + view.getUint32(4);
    if (!Number.isSafeInteger(size)) return null;
    let subtrees = 0;
    for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) subtrees += rest % 2;
    if (bytes.length !== SIZE_BYTES + subtrees * HASH_BYTES) return null;
    const roots: Uint8Array[] = [];
    for (let place = 0; place < subtrees; place++) {
      const start = SIZE_BYTES + place * HASH_BYTES;
      roots.push(bytes.slice(start, start + HASH_BYTES));
    }
    return new MerkleFrontier(sha256, size, roots);
  }
}
