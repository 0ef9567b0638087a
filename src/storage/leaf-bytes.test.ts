// What the ledger hashes and stores is exactly the leaf's UTF-8, whatever its size and characters.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { LeafEncoder } from './leaf-bytes.ts';
import { hashLeaf } from './ledger-head.ts';

const LEAVES = ['', '{}', 'ä€𝄞'.repeat(1_000), 'x'.repeat(700_000), '€'.repeat(300_000), 'short'];

function expected(leaf: string) {
  const bytes = Buffer.from(leaf, 'utf8');
  const prefixed = Buffer.concat([Buffer.of(0), bytes]);
  return { bytes: bytes.toString('hex'), hash: createHash('sha256').update(prefixed).digest('hex') };
}

test('leaves are their UTF-8 bytes and hashes, all of a group at once, in one chunk or several', () => {
  const encoder = new LeafEncoder();
  for (const group of [LEAVES, LEAVES.toReversed(), LEAVES]) {
    encoder.clear();
    const encoded = group.map((leaf) => encoder.encode(leaf));
    const seen = encoded.map(({ bytes, hash }) => ({
      bytes: Buffer.from(bytes).toString('hex'),
      hash: Buffer.from(hash).toString('hex'),
    }));
    expect(
      seen.every(({ bytes, hash }, at) => {
        const right = expected(group[at] ?? '');
        return bytes === right.bytes && hash === right.hash;
      }),
    ).toBe(true);
  }
});

test('a leaf has the same hash as bytes and as a text', () => {
  for (const leaf of LEAVES) expect(new LeafEncoder().encode(leaf).hash).toEqual(hashLeaf(leaf));
});
