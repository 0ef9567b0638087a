// What is derived from the pepper, against node:crypto.
import { createHash, createHmac as createNodeHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHmac } from './hmac.ts';
import { deriveSecrets } from './secrets.ts';

test('our HMAC equals the one of node:crypto', () => {
  const keys = fc.uint8Array({ minLength: 32, maxLength: 64 });
  fc.assert(
    fc.property(keys, fc.string({ unit: 'grapheme', maxLength: 1_200 }), (key, text) => {
      const expected = createNodeHmac('sha256', key).update(text, 'utf8').digest();
      expect(createHmac(key).overText(text)).toBe(expected.toString('hex'));
      expect(Buffer.from(createHmac(key).overBytes(Buffer.from(text))).equals(expected)).toBe(true);
    }),
  );
});

test('two HMACs in turn do not disturb each other, and results are not overwritten', () => {
  const one = createHmac(Buffer.alloc(32, 1));
  const first = one.overBytes(Buffer.from('first'));
  const copy = Uint8Array.from(first);
  createHmac(Buffer.alloc(32, 2)).overBytes(Buffer.from('other'));
  one.overBytes(Buffer.from('second'));
  expect(Buffer.from(copy).equals(first)).toBe(true);
});

test('a lookup hash is HMAC-SHA-256(pepper, SHA-256(key))', () => {
  const pepper = Buffer.alloc(32, 3);
  const [lookup] = deriveSecrets(pepper).hasher.lookups('pst_live_example');
  const digest = createHash('sha256').update('pst_live_example').digest();
  const expected = createNodeHmac('sha256', pepper).update(digest).digest();
  expect(lookup).toBe(expected.toString('hex'));
});

test('the key of row MACs is derived, and says nothing about the pepper check', () => {
  const pepper = Buffer.alloc(32, 4);
  const key = new Uint8Array(hkdfSync('sha256', pepper, '', 'postern row mac v1', 32));
  const secrets = deriveSecrets(pepper);
  expect(secrets.rowMac.overText('row')).toEqual(createHmac(key).overText('row'));
  expect(Buffer.from(secrets.pepperCheck).equals(Buffer.from(key))).toBe(false);
  expect(deriveSecrets(Buffer.alloc(32, 5)).pepperCheck).not.toEqual(secrets.pepperCheck);
});
