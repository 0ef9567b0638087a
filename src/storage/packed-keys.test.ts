// The ring may forget, but it never tells another key's row, and never one from before it was cleared.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { campaignRuns } from '../../test/support/campaign.ts';
import { COMPANY_STATUSES, KEY_STATUSES } from '../core/registry.ts';
import type { FoundKey } from '../pdp/evaluation-port.ts';
import { RowMemo, settleSubjectOf } from '../pdp/row-memo.ts';
import type { ReadRow } from './packed-key.ts';
import { PackedKeys } from './packed-keys.ts';
import { subjectText } from './settle-codec.ts';

/** Some ninety records. */
const RING_BYTES = 16_384;

const SCOPES = [['payments:*', 'accounts:read'], ['banks:*'], []];

const lookupOf = (key: number) => createHash('sha256').update(`key ${key}`).digest('hex');

function foundKey(keySeq: number, change: Partial<FoundKey['key']> = {}): FoundKey {
  return {
    keySeq,
    key: {
      keyId: `key_${keySeq}`,
      companyId: `cmp_${keySeq % 10}`,
      status: KEY_STATUSES[keySeq % 3] ?? 'active',
      environment: keySeq % 2 === 0 ? 'live' : 'test',
      scopes: SCOPES[keySeq % SCOPES.length] ?? [],
      networks: keySeq % 2 === 0 ? [] : ['192.0.2.0/24'],
      createdAtUs: 1_767_225_600_000_000 + keySeq,
      notBeforeUs: null,
      expiresAtUs: keySeq % 3 === 0 ? null : 1_800_000_000_000_001,
      lastUsedAtUs: keySeq % 5 === 0 ? null : 0,
      version: 7,
      ...change,
    },
    company: {
      companyId: `cmp_${keySeq % 10}`,
      status: COMPANY_STATUSES[keySeq % 3] ?? 'active',
      plan: keySeq % 4 === 0 ? 'premium' : 'standard',
      version: 3,
    },
    memo: new RowMemo(),
  };
}

/** Verified at another time than its last use was read. */
function readRow(found: FoundKey, readAtUs: number): ReadRow {
  return { found, readAtUs, verifiedAtUs: readAtUs - 7 };
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const), key: fc.nat({ max: 120 }) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('find' as const), key: fc.nat({ max: 120 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), key: fc.constant(0) }) },
);

test('whatever happens, a hit is the row that was added last since the ring was cleared', () => {
  const law = fc.property(fc.array(step, { minLength: 200, maxLength: 600 }), (steps) => {
    const packed = new PackedKeys(RING_BYTES);
    const latest = new Map<number, ReadRow>();
    for (const [use, { kind, key }] of steps.entries()) {
      if (kind === 'clear') {
        packed.clear();
        latest.clear();
      } else if (kind === 'add') {
        const found = foundKey(key, { keyId: `key_${'x'.repeat(use % 120)}`, version: use });
        expect(packed.add(lookupOf(key), readRow(found, use), use)).toBe(true);
        latest.set(key, readRow(found, use));
        expect(packed.find(lookupOf(key), use)).toMatchObject(readRow(found, use));
      } else {
        const hit = packed.find(lookupOf(key), use);
        if (hit !== null) expect(hit).toMatchObject({ ...latest.get(key) });
      }
    }
  });
  fc.assert(law, campaignRuns(30));
});

test('a row comes back as it was, whatever its texts', () => {
  const packed = new PackedKeys(RING_BYTES);
  for (let key = 0; key < 30; key += 1) {
    packed.add(lookupOf(key), readRow(foundKey(key), 1_000), key);
    const found = foundKey(key);
    // What the ledger is told of it comes back as well.
    subjectText(settleSubjectOf(found));
    expect(packed.find(lookupOf(key), key)).toEqual({ ...readRow(found, 1_000), isHot: false });
  }
});

test('a lookup hash that differs in its last digit only finds nothing', () => {
  const packed = new PackedKeys(RING_BYTES);
  const lookup = `${'ab'.repeat(31)}00`;
  packed.add(lookup, readRow(foundKey(1), 1), 1);
  expect(packed.find(`${'ab'.repeat(31)}01`, 2)).toBeNull();
  expect(packed.find(lookup, 2)).not.toBeNull();
});

test('what is used stays while other rows go around the ring', () => {
  const packed = new PackedKeys(RING_BYTES);
  packed.add(lookupOf(0), readRow(foundKey(0), 1), 0);
  packed.add(lookupOf(1), readRow(foundKey(1), 1), 0);
  for (let key = 2; key < 400; key += 1) {
    packed.add(lookupOf(key), readRow(foundKey(key), 1), key);
    expect(packed.find(lookupOf(0), key)?.found.keySeq).toBe(0);
  }
  expect(packed.find(lookupOf(1), 400)).toBeNull();
});

test('a key is hot that was used soon again, twice in a row', () => {
  const packed = new PackedKeys(RING_BYTES);
  const isHotAt = (use: number) => packed.find(lookupOf(1), use)?.isHot;
  packed.add(lookupOf(1), readRow(foundKey(1), 1), 2 ** 32 - 10);
  expect([isHotAt(2 ** 32 + 100), isHotAt(2 ** 32 + 5_000), isHotAt(2 ** 32 + 5_001)]).toEqual([
    false,
    false,
    false,
  ]);
  expect(isHotAt(2 ** 32 + 6_000)).toBe(true);
});

test('rows that cannot be packed whole are not kept', () => {
  const packed = new PackedKeys(RING_BYTES);
  const changes = [
    { keyId: 'x'.repeat(300) },
    { keyId: 'k\u00e9y' },
    { companyId: 'cmp_other' },
    { scopes: ['s'.repeat(1_100)] },
    { networks: Array.from({ length: 80 }, () => '192.0.2.0/24 and more') },
  ];
  for (const change of changes) {
    expect(packed.add(lookupOf(1), readRow(foundKey(1, change), 1), 1)).toBe(false);
  }
  expect(packed.find(lookupOf(1), 2)).toBeNull();
});

test('more lists and plans than are kept make room by forgetting, and never come back as another row’s', () => {
  const packed = new PackedKeys(2 ** 21);
  let hits = 0;
  for (let key = 0; key < 10_000; key += 1) {
    const found = foundKey(key, { scopes: [`scope:${key}`], networks: [] });
    expect(packed.add(lookupOf(key), readRow(found, 1), key)).toBe(true);
    const earlier = Math.trunc(key / 2);
    const hit = packed.find(lookupOf(earlier), key);
    if (hit === null) continue;
    hits += 1;
    const expected = foundKey(earlier, { scopes: [`scope:${earlier}`], networks: [] });
    expect({ ...hit.found, memo: null }).toEqual({ ...expected, memo: null });
  }
  expect(hits).toBeGreaterThan(1_000);
});
