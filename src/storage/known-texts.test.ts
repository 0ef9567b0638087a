// Lists that rows share must be the ones that were stored, and nobody's to change.
import { expect, test } from 'vitest';
import { knownTexts } from './known-texts.ts';

test('a list is what was stored, the first time and every other', () => {
  for (let number = 0; number < 3_000; number += 1) {
    const scopes = [`payments:${number % 1_500}`, 'Straße'];
    expect(knownTexts(JSON.stringify(scopes))).toEqual(scopes);
  }
  expect(knownTexts('[]')).toEqual([]);
});

test('a list that rows share cannot be changed', () => {
  const scopes = knownTexts('["accounts:read"]') as string[];
  expect(() => scopes.push('payments:*')).toThrow(TypeError);
  expect(knownTexts('["accounts:read"]')).toEqual(['accounts:read']);
});
