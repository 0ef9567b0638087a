// The frontier gives the roots that RFC 6962 defines: the published vectors of its reference
// implementation, and a naive recursive computation for other sizes.
import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { leafHash, leafHashText, MerkleFrontier, nodeHash } from './merkle.ts';

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** The definition of RFC 6962, section 2.1, word for word. */
function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return leafHash(only, sha256);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)), sha256);
}

/** Leaves and roots of the Certificate Transparency reference tests. */
const CT_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((each) => Buffer.from(each, 'hex'));
const CT_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('the roots of the eight reference leaves are the published ones', () => {
  const frontier = MerkleFrontier.empty(sha256);
  const roots = [hex(frontier.root())];
  for (const leaf of CT_LEAVES) {
    frontier.append(leafHash(leaf, sha256));
    roots.push(hex(frontier.root()));
  }
  expect(roots).toEqual(CT_ROOTS);
});

test('every size up to 130 has the root of the recursive definition, also after a round trip', () => {
  const leaves: Uint8Array[] = [];
  let frontier = MerkleFrontier.empty(sha256);
  for (let size = 0; size <= 130; size++) {
    expect(frontier.size).toBe(size);
    expect(hex(frontier.root())).toBe(hex(naiveRoot(leaves)));
    const decoded = MerkleFrontier.decode(frontier.encode(), sha256);
    if (decoded === null) throw new Error('not decoded');
    frontier = decoded;
    const leaf = randomBytes(size % 7);
    leaves.push(leaf);
    frontier.append(leafHash(leaf, sha256));
  }
});

test('a clone goes on alone: a dropped overlay leaves the tree as it was', () => {
  const frontier = MerkleFrontier.empty(sha256);
  for (const leaf of CT_LEAVES.slice(0, 5)) frontier.append(leafHash(leaf, sha256));
  const overlay = frontier.clone();
  for (const leaf of CT_LEAVES.slice(5)) overlay.append(leafHash(leaf, sha256));
  expect(hex(frontier.root())).toBe(CT_ROOTS[5]);
  expect(hex(overlay.root())).toBe(CT_ROOTS[8]);
});

test('hashing a leaf as text equals hashing its bytes', () => {
  const leaf = '{"kind":"decision","label":"Grüße 🎉"}';
  expect(createHash('sha256').update(leafHashText(leaf)).digest('hex')).toBe(
    hex(leafHash(Buffer.from(leaf), sha256)),
  );
});

test('a size above 2^32 survives the round trip', () => {
  const bytes = new Uint8Array(8 + 2 * 32);
  new DataView(bytes.buffer).setUint32(0, 3);
  const frontier = MerkleFrontier.decode(bytes, sha256);
  expect(frontier?.size).toBe(3 * 2 ** 32);
  frontier?.append(new Uint8Array(32));
  expect(frontier?.encode().length).toBe(8 + 3 * 32);
});

test.each([
  ['nothing', new Uint8Array(0)],
  ['a missing root', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1)],
  ['a root too many', new Uint8Array(8 + 32)],
  ['a size above 2^53', new Uint8Array(8 + 64 * 32).fill(255)],
])('%s is not a frontier', (_name, bytes) => {
  expect(MerkleFrontier.decode(bytes, sha256)).toBeNull();
});
