// An answer that came before means what it meant then, and a refused one never becomes a known one.
import { expect, test } from 'vitest';
import { knownPolicyOutcome } from './known-outcomes.ts';
import { parsePolicyOutcome } from './policy-outcome.ts';

/** An answer of its own for each code. */
function answer(code: string, reason = 'allowed'): string {
  const obligations = [{ name: 'mask', parameters: { field: 'iban' } }];
  return JSON.stringify({ allow: true, reason, code, cost: 1, limits: [], obligations, labels: { a: 'b' } });
}

test('an answer is what the parser says, the first time and later', () => {
  const text = answer('once');
  const first = knownPolicyOutcome(text);
  expect(first).toEqual(parsePolicyOutcome(text));
  expect(first.ok).toBe(true);
  expect(knownPolicyOutcome(answer('once'))).toBe(first);
});

test('answers that differ in one character are told apart', () => {
  expect(knownPolicyOutcome(answer('a1'))).not.toEqual(knownPolicyOutcome(answer('a2')));
});

test('more answers than are kept are each answered as the parser says', () => {
  for (const round of [1, 2]) {
    for (let number = 0; number < 600; number++) {
      const text = answer(`code_${number}`);
      expect(knownPolicyOutcome(text), `round ${round}`).toEqual(parsePolicyOutcome(text));
    }
  }
});

test('a long answer is parsed each time', () => {
  const obligations = [{ name: 'mask', parameters: { text: 'x'.repeat(2_000) } }];
  const text = JSON.stringify({ ...JSON.parse(answer('long')), obligations });
  const first = knownPolicyOutcome(text);
  expect(first).toEqual(parsePolicyOutcome(text));
  expect(knownPolicyOutcome(text)).not.toBe(first);
});

test.for([answer('contradiction', 'scope_missing'), 'no JSON', '{}', ''])(
  'what is refused is refused again: %s',
  (text) => {
    expect(knownPolicyOutcome(text).ok).toBe(false);
    expect(knownPolicyOutcome(text)).toEqual(parsePolicyOutcome(text));
  },
);
