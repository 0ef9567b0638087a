// Every leaf is RFC 8785 canonical JSON: compared with an independent writer over random facts.
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, type PlainValue } from './canonical-json.ts';
import { commitAll, commitment } from './commitment.ts';
import { encodeCheckFragment, encodeDecisionLeaf, encodePolicyFragment } from './decision-leaf.ts';
import * as leaf from './leaf.ts';
import { REASON_TABLE } from './reason.ts';

const text = fc.string({ unit: 'binary' }).map((each) => each.toWellFormed());
const label = fc.string({ unit: 'grapheme' });
const natural = fc.maxSafeNat();
const reason = fc.constantFrom(...REASON_TABLE.map((row) => row.name));
const place = { logId: 'log_1', index: 7 };

function saltedHash(saltHex: string, text: string): string {
  return createHash('sha256').update(Buffer.from(saltHex, 'hex')).update(text).digest('hex');
}

function expectCanonical(json: string): Record<string, unknown> {
  const parsed: unknown = JSON.parse(json);
  expect(canonicalize(parsed)).toBe(json);
  if (typeof parsed !== 'object' || parsed === null) throw new Error('not an object');
  return { ...parsed };
}

const plain: fc.Arbitrary<PlainValue> = fc.letrec<{ value: PlainValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 5 }),
  ),
})).value;

test('canonical JSON equals what another RFC 8785 writer makes of the same value', () => {
  fc.assert(
    fc.property(plain, (value) => {
      expect(canonicalJson(value)).toBe(canonicalize(value));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['a fraction', 0.5],
  ['not a number', Number.NaN],
  ['a number above 2^53', 2 ** 53],
  ['a lone surrogate', '\ud800'],
  ['a lone surrogate in a name', { '\udc00': 1 }],
])('canonical JSON refuses %s', (_name, value) => {
  expect(() => canonicalJson(value)).toThrow();
});

test('a decision’s leaf is canonical whatever its facts are', () => {
  const verdict = fc.record({
    name: label,
    subject: fc.constantFrom('key', 'company', 'source', 'company_operation'),
    limit: natural,
    remaining: natural,
    resetAfterUs: natural,
    retryAfterUs: natural,
    refused: fc.boolean(),
  });
  const check = fc.record({
    authentication: fc.option(reason),
    claims: fc.nat(),
    commitments: fc.constantFrom('{}', '{"source_ip":"00"}'),
    companyId: fc.option(text),
    correlationId: text,
    environment: fc.constantFrom('live', 'test'),
    evaluatedAtUs: natural,
    keyId: fc.option(label),
    listener: label,
    operation: text,
    requestId: text,
    resourceType: label,
    revision: fc.option(label),
  });
  const policy = fc.record({
    code: label,
    cost: fc.option(natural),
    evaluationUs: natural,
    flags: fc.constantFrom([], ['policy_overruled' as const]),
    labels: fc.dictionary(text, text, { maxKeys: 4 }),
    obligations: fc.array(fc.record({ name: text }), { maxLength: 3 }),
    reason,
  });
  const facts = fc.record({
    check,
    policy: fc.option(policy),
    reason,
    index: natural,
    limits: fc.array(verdict),
  });
  fc.assert(
    fc.property(facts, (each) => {
      const json = encodeDecisionLeaf({
        check: encodeCheckFragment(each.check),
        decisionId: 'dec_1',
        reason: each.reason,
        index: each.index,
        limits: each.limits,
        logId: 'log_1',
        policy: each.policy === null ? '' : encodePolicyFragment(each.policy),
        settledAtUs: each.check.evaluatedAtUs,
      });
      const parsed = expectCanonical(json);
      expect(parsed['effect']).toBe(each.reason === 'allowed' ? 'allow' : 'deny');
      expect(parsed['index']).toBe(String(each.index));
    }),
    { numRuns: 1_000 },
  );
});

test('verdicts are written as they are, also when limits of one name differ in everything else', () => {
  const verdict = fc.record({
    limit: fc.nat({ max: 1 }),
    name: fc.constantFrom('one', 'two"'),
    refused: fc.boolean(),
    remaining: natural,
    resetAfterUs: natural,
    retryAfterUs: fc.nat({ max: 1 }),
    subject: fc.constantFrom('key' as const, 'company' as const),
  });
  fc.assert(
    fc.property(fc.array(verdict, { maxLength: 4 }), (limits) => {
      const facts = {
        check: '{}',
        decisionId: 'dec_1',
        index: 1,
        logId: 'log_1',
        policy: '',
        settledAtUs: 1,
      };
      const parsed = expectCanonical(encodeDecisionLeaf({ ...facts, reason: 'allowed', limits }));
      expect(parsed['limits']).toEqual(
        limits.map(({ resetAfterUs, retryAfterUs, ...rest }) => ({
          ...rest,
          reset_after_us: resetAfterUs,
          retry_after_us: retryAfterUs,
        })),
      );
    }),
  );
});

test('every other kind of leaf is canonical and names its version, kind, log and index', () => {
  const windowFacts = { windowId: 'win_1', windowKind: 'over_limit', openedAtUs: 1 } as const;
  const leaves = [
    leaf.encodeLogOpened(place, { openedAtUs: 1, software: 'postern 0.1.0' }),
    leaf.encodeWindowOpened(place, {
      ...windowFacts,
      keyId: 'key_1',
      companyId: 'cmp_aurora',
      sourceCommitment: null,
    }),
    leaf.encodeWindowClosed(place, { ...windowFacts, closedAtUs: 2, counts: [], because: 'idle' }),
    leaf.encodeOutcome(place, {
      decisionId: 'dec_1',
      decisionIndex: 3,
      status: 'success',
      httpStatus: 0,
      errorCategory: '',
      reportedAtUs: 1,
    }),
    leaf.encodeAdmin(place, {
      action: 'create_key',
      actor: { identity: 'owner', listener: 'admin_unix' },
      atUs: 1,
      result: 'done',
      companyId: 'cmp_aurora',
      keyId: 'key_1',
      requestId: 'r"1',
      details: { scopes: ['a:b'], label: 'ü' },
    }),
    leaf.encodePolicyEvent(place, {
      event: 'refused',
      revision: '',
      previous: null,
      source: 'policies',
      trust: 'unsigned',
      problems: [{ file: 'a.rego', line: 3, message: 'x' }],
      atUs: 1,
    }),
    leaf.encodeRecovered(place, { atUs: 1, cause: 'disk full', logSize: 7 }),
    leaf.encodeErased(place, { atUs: 1, indexes: [1, 2], fields: ['source_ip'] }),
  ];
  const kinds = leaves.map((json) => {
    const { v, kind, log_id, index } = expectCanonical(json);
    expect({ v, log_id, index }).toEqual({ v: 1, log_id: 'log_1', index: '7' });
    return kind;
  });
  expect([...kinds, 'decision'].sort()).toEqual([...leaf.LEAF_KINDS].sort());
});

test('a closed window sums its counts and sorts them, whatever order they came in', () => {
  const counts = [
    { keyId: 'key_2', reason: 'key_revoked', count: 2 },
    { keyId: null, reason: 'key_unknown', count: 3 },
    { keyId: 'key_2', reason: 'key_expired', count: 1 },
  ] as const;
  const facts = {
    windowId: 'win_1',
    windowKind: 'source_failures',
    openedAtUs: 1,
    closedAtUs: 2,
    because: 'stop',
  } as const;
  const json = leaf.encodeWindowClosed(place, { ...facts, counts });
  expect(leaf.encodeWindowClosed(place, { ...facts, counts: counts.toReversed() })).toBe(json);
  expect(JSON.parse(json)).toMatchObject({
    total: 6,
    counts: [{ key_id: null }, { reason: 'key_expired' }, {}],
  });
});

test('a commitment opens with its salt and value alone, and only with them', () => {
  const salts = ['0123456789abcdef0123456789abcdef', 'f'.repeat(32)];
  const values = [
    { field: 'resource_id', value: 'pay_"1"' },
    { field: 'source_ip', value: '' },
    { field: 'user_agent', value: 'curl' },
  ] as const;
  const committed = commitAll(values, () => salts.shift() ?? '', saltedHash);
  expect(JSON.parse(committed.private)).toEqual({
    resource_id: { salt: '0123456789abcdef0123456789abcdef', value: 'pay_"1"' },
    user_agent: { salt: 'f'.repeat(32), value: 'curl' },
  });
  expectCanonical(committed.private);
  expect(expectCanonical(committed.commitments)).toEqual({
    resource_id: saltedHash('0123456789abcdef0123456789abcdef', '"pay_\\"1\\""'),
    user_agent: saltedHash('f'.repeat(32), '"curl"'),
  });
  expect(commitAll([], () => '', saltedHash)).toEqual({ commitments: '{}', private: '' });
  expect(() => commitment('too short', '""', saltedHash)).toThrow();
  expect(() => commitAll(values.toReversed(), () => 'f'.repeat(32), saltedHash)).toThrow();
});
