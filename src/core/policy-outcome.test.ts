// The policy's answer: what is accepted whole, and that everything else is refused. Random garbage is in
// test/property/policy-outcome.test.ts.
import { expect, test } from 'vitest';
import { parsePolicyOutcome } from './policy-outcome.ts';

const LIMIT = { name: 'writes', subject: 'company', count: 120, period_ms: 60_000, burst: 60 };
const ALLOWED = {
  allow: true,
  reason: 'allowed',
  code: '',
  cost: 5,
  limits: [LIMIT, { ...LIMIT, subject: 'key', cost: 2 }],
  obligations: [{ name: 'mask_fields', parameters: { fields: ['iban'], depth: 1.5 } }],
  labels: { sensitivity: 'high' },
};

function parse(answer: unknown) {
  return parsePolicyOutcome(JSON.stringify(answer));
}

test('a well-shaped answer is read whole; a limit without a cost costs as much as the decision', () => {
  const limit = { name: 'writes', subject: 'company', emissionIntervalUs: 500_000, burst: 60, base: false };
  expect(parse(ALLOWED)).toEqual({
    ok: true,
    outcome: {
      ...ALLOWED,
      limits: [
        { ...limit, cost: 5 },
        { ...limit, subject: 'key', cost: 2 },
      ],
    },
  });
  const denied = { ...ALLOWED, allow: false, reason: 'policy_denied', code: 'plan.blocked-1', limits: [] };
  expect(parse(denied)).toEqual({ ok: true, outcome: denied });
});

test('a null, a missing and an unknown member are refused everywhere', () => {
  for (const name of Object.keys(ALLOWED)) {
    expect(parse({ ...ALLOWED, [name]: null }).ok).toBe(false);
    expect(parse({ ...ALLOWED, [name]: undefined }).ok).toBe(false);
    expect(parse({ ...ALLOWED, [name]: undefined, other: 1 }).ok).toBe(false);
  }
  for (const name of Object.keys(LIMIT)) {
    expect(parse({ ...ALLOWED, limits: [{ ...LIMIT, [name]: null }] }).ok).toBe(false);
    expect(parse({ ...ALLOWED, limits: [{ ...LIMIT, [name]: undefined, cost: 1 }] }).ok).toBe(false);
  }
  expect(parse({ ...ALLOWED, other: 1 }).ok).toBe(false);
  expect(parse({ ...ALLOWED, limits: [{ ...LIMIT, counter: 'key_2' }] }).ok).toBe(false);
  expect(parse({ ...ALLOWED, limits: [{ ...LIMIT, cost: null }] }).ok).toBe(false);
});

test.each([
  ['nothing', ''],
  ['half an answer', JSON.stringify(ALLOWED).slice(0, 40)],
  ['undefined', '[]'],
  ['a set of results', `[{"result":${JSON.stringify(ALLOWED)}}]`],
  ['true', 'true'],
  ['null', 'null'],
  ['a prototype', '{"__proto__":{"allow":true,"reason":"allowed"}}'],
  ['a label named __proto__', JSON.stringify(ALLOWED).replace('"sensitivity"', '"__proto__"')],
  ['a cost beyond any number', JSON.stringify(ALLOWED).replace('"cost":5', '"cost":1e999')],
  ['an answer that is too long', `${JSON.stringify(ALLOWED)}${' '.repeat(70_000)}`],
])('%s is refused', (_name, output) => {
  expect(parsePolicyOutcome(output).ok).toBe(false);
});

test.each([
  ['allow without the reason allowed', { reason: 'policy_denied' }],
  ['the reason allowed without allow', { allow: false }],
  ['allow as a text', { allow: 'true' }],
  ['a reason of the core', { allow: false, reason: 'key_revoked' }],
  ['a limit’s reason', { allow: false, reason: 'base_limit_exceeded' }],
  ['a code with a space', { code: 'a b' }],
  ['a code with a line break at its end', { code: 'a\n' }],
  ['a code of 65 characters', { code: 'a'.repeat(65) }],
  ['cost 0', { cost: 0 }],
  ['a fraction of cost', { cost: 1.5 }],
  ['a cost above the cap', { cost: 1_000_001 }],
  ['a cost as a text', { cost: '1' }],
  ['a decision’s cost above a burst', { cost: 61 }],
  ['17 limits', { limits: Array.from({ length: 17 }, (_, n) => ({ ...LIMIT, name: `l${n}` })) }],
  ['two limits of one name and subject', { limits: [LIMIT, { ...LIMIT, count: 1 }] }],
  ['a limit’s name with a separator', { limits: [{ ...LIMIT, name: 'a|b' }] }],
  ['an unknown subject', { limits: [{ ...LIMIT, subject: 'host' }] }],
  ['count 0', { limits: [{ ...LIMIT, count: 0 }] }],
  ['a negative period', { limits: [{ ...LIMIT, period_ms: -1 }] }],
  [
    'a burst that stands for centuries',
    { limits: [{ ...LIMIT, count: 1, period_ms: 31_622_400_000, burst: 90 }] },
  ],
  ['a limit’s cost above its burst', { limits: [{ ...LIMIT, cost: 61 }] }],
  ['limits as an object', { limits: { 0: LIMIT } }],
  ['17 obligations', { obligations: Array.from({ length: 17 }, () => ALLOWED.obligations[0]) }],
  ['an obligation without a name', { obligations: [{ name: '', parameters: {} }] }],
  ['parameters as a list', { obligations: [{ name: 'mask', parameters: [] }] }],
  ['parameters that are too long', { obligations: [{ name: 'mask', parameters: { a: 'x'.repeat(5_000) } }] }],
  ['a lone surrogate in parameters', { obligations: [{ name: 'mask', parameters: { a: ['\ud800'] } }] }],
  ['17 labels', { labels: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`l${n}`, ''])) }],
  ['a label that is a number', { labels: { a: 1 } }],
  ['a label of 129 characters', { labels: { a: 'x'.repeat(129) } }],
  ['a lone surrogate in a label', { labels: { a: '\udc00' } }],
])('%s is refused', (_name, change) => {
  const result = parse({ ...ALLOWED, ...change });
  expect(result.ok).toBe(false);
});

test('parameters nested beyond the cap are refused', () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });
  const answer = (depth: number) => ({
    ...ALLOWED,
    obligations: [{ name: 'mask', parameters: nested(depth) }],
  });
  expect(parse(answer(8)).ok).toBe(true);
  expect(parse(answer(9)).ok).toBe(false);
});

test('a problem names the place and never the value', () => {
  const secret = 'What the host sent';
  const result = parse({ ...ALLOWED, limits: [LIMIT, { ...LIMIT, name: secret }] });
  if (result.ok) throw new Error('accepted');
  expect(result.problem).toBe('limits[1].name is not a name');
});

test('a key that a policy takes into a label is not in what is recorded', () => {
  const key = `pst_live_${'A1'.repeat(21)}b_123456`;
  const result = parse({ ...ALLOWED, labels: { agent: `client/1 ${key}` } });
  expect(result).toMatchObject({ ok: true, outcome: { labels: { agent: 'client/1 [redacted]' } } });
});
