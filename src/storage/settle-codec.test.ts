// What crosses threads arrives as it was sent.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { campaignRuns } from '../../test/support/campaign.ts';
import { type ChargeTerms, LIMIT_SUBJECTS, type LimitCharge } from '../core/limit.ts';
import { REASON_TABLE } from '../core/reason.ts';
import { SLOT_HEAD_BYTES_MAX } from '../pdp/control-block.ts';
import type { FailureCode } from '../pdp/settle-group.ts';
import type { SettleCall, SettleResult } from '../pdp/settle-port.ts';
import { decodeCalls, failedResult, joinCalls } from './ledger-messages.ts';
import { encodeCall } from './settle-codec.ts';
import { chargedBy, decodeResults, encodeResults } from './settle-result-codec.ts';
import { decodeSlot, encodeSlot } from './settle-slot.ts';

const RUNS = campaignRuns(500);

/** Ids and names as the core lets them be; JSON with anything in it. */
const id = fc.stringMatching(/^[A-Za-z0-9._:|-]{1,40}$/);
const json = fc.string({ unit: 'grapheme', maxLength: 80 }).map((text) => JSON.stringify({ text }));
const count = fc.nat({ max: 2 ** 50 });
const reason = fc.constantFrom(...REASON_TABLE.map((row) => row.name));

const terms: fc.Arbitrary<ChargeTerms> = fc.record({
  name: id,
  subject: fc.constantFrom(...LIMIT_SUBJECTS),
  emissionIntervalUs: count,
  burst: count,
  cost: count,
  base: fc.boolean(),
});
const charge: fc.Arbitrary<LimitCharge> = fc.record({ terms, counterId: id });

const call: fc.Arbitrary<SettleCall> = fc.record({
  deadlineMonoUs: count,
  epoch: fc.nat(),
  generation: fc.nat(),
  subject: fc.option(
    fc.record({
      keySeq: count,
      keyId: id,
      keyVersion: count,
      companyId: id,
      companyVersion: count,
      notBeforeUs: fc.option(count),
      expiresAtUs: fc.option(count),
    }),
  ),
  sourceBucket: id,
  base: fc.array(terms, { maxLength: 3 }),
  items: fc.array(
    fc.record({
      decisionId: id,
      reason,
      check: json,
      policy: json,
      private: json,
      named: fc.array(charge, { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

/** Why a call may have no answer. */
const FAILURE_CODES: readonly FailureCode[] = [
  'storage_unavailable',
  'storage_damaged',
  'shutting_down',
  'overloaded',
  'internal',
];

const termsOf = (charges: readonly LimitCharge[]) => charges.map((each) => each.terms);

/** A result that fits the call. */
function resultOf(each: SettleCall): fc.Arbitrary<SettleResult> {
  const verdict = (terms: ChargeTerms) =>
    fc
      .record({ remaining: count, resetAfterUs: count, refused: fc.boolean(), retryAfterUs: count })
      .map((numbers) => ({
        ...numbers,
        retryAfterUs: numbers.refused ? numbers.retryAfterUs : 0,
        name: terms.name,
        subject: terms.subject,
        limit: terms.burst,
      }));
  const items = each.items.map((item) =>
    fc.record({
      reason,
      verdicts: fc.tuple(...[...each.base, ...termsOf(item.named)].map(verdict)),
      index: fc.integer({ min: -1 }),
      leaf: json.map((text) => new TextEncoder().encode(text)),
      windowId: fc.oneof(fc.constant(''), id),
    }),
  );
  return fc.oneof(
    fc.constantFrom<SettleResult>(
      { state: 'moved' },
      { state: 'expired' },
      ...FAILURE_CODES.map(failedResult),
    ),
    fc.record({
      state: fc.constant('settled' as const),
      logId: id,
      settledAtUs: count,
      items: fc.tuple(...items),
    }),
  );
}

test('calls arrive as they were sent', () => {
  fc.assert(
    fc.property(fc.array(call, { minLength: 1, maxLength: 4 }), (calls) => {
      expect(decodeCalls(joinCalls(calls.map(encodeCall)))).toEqual(calls);
    }),
    RUNS,
  );
});

test.for(['deadlineMonoUs', 'epoch', 'generation', 'sourceBucket'] as const)(
  'a call that differs from the one before in %s alone arrives with its own',
  (member) => {
    const [sample] = fc.sample(call, { numRuns: 1, seed: 1 });
    if (sample === undefined) throw new TypeError('no sample');
    // Both hold the same objects, which are compared by identity.
    const first = { ...sample, deadlineMonoUs: 1, epoch: 1, generation: 1, sourceBucket: '192.0.2.1' };
    const second = { ...first, [member]: member === 'sourceBucket' ? '192.0.2.2' : 2 };
    expect(decodeCalls(joinCalls([first, second].map(encodeCall)))).toEqual([first, second]);
  },
);

test('a subject that was written before arrives with the limits of each call', () => {
  const [one, other] = fc.sample(call, { numRuns: 50, seed: 1 }).filter(({ base }) => base.length > 0);
  if (one === undefined || other === undefined) throw new TypeError('no samples');
  const known = { keySeq: 1, keyId: 'key_1', keyVersion: 1, companyId: 'cmp_aurora', companyVersion: 1 };
  const sent = { ...known, notBeforeUs: null, expiresAtUs: 2_000_000_000_000_000 };
  const subject = { ...sent, written: { text: '' } };
  const bases = [one.base, other.base, [], one.base, one.base];
  // Each with an epoch of its own, so that nothing is taken over from the head written last.
  const calls = bases.map((base, epoch) => ({ ...one, base, epoch, subject }));
  const arrived = decodeCalls(joinCalls(calls.map(encodeCall)));
  expect(arrived).toEqual(calls.map((each) => ({ ...each, subject: sent })));
});

test('a subject without an id is refused: it would arrive as none', () => {
  const [sample] = fc.sample(call, { numRuns: 1, seed: 1 });
  if (sample === undefined) throw new TypeError('no sample');
  const known = { keySeq: 1, keyVersion: 1, companyId: 'cmp_aurora', companyVersion: 1 };
  const subject = { ...known, keyId: '', notBeforeUs: null, expiresAtUs: null };
  expect(() => encodeCall({ ...sample, subject })).toThrow(/without an id/);
});

test('results arrive as they were sent', () => {
  const pairs = fc
    .array(call, { minLength: 1, maxLength: 3 })
    .chain((calls) => fc.tuple(fc.constant(calls), fc.tuple(...calls.map(resultOf))));
  fc.assert(
    fc.property(pairs, ([calls, results]) => {
      expect(decodeResults(encodeResults(results), calls.map(chargedBy))).toEqual(results);
    }),
    RUNS,
  );
});

test.for(FAILURE_CODES)('a call that failed with %s is told so on the other thread', (code) => {
  const [sample] = fc.sample(call, { numRuns: 1, seed: 1 });
  if (sample === undefined) throw new TypeError('no sample');
  const result = failedResult(code);
  expect(decodeResults(encodeResults([result]), [chargedBy(sample)])).toEqual([{ state: 'failed', code }]);
});

test('a call survives the slot, which is shared memory', () => {
  const slot = new Uint8Array(new SharedArrayBuffer(SLOT_HEAD_BYTES_MAX));
  fc.assert(
    fc.property(call, (each) => {
      const bytes = encodeSlot(each, slot);
      expect(bytes).toBeGreaterThan(0);
      expect(decodeSlot(slot.subarray(0, bytes))).toEqual(each);
    }),
    RUNS,
  );
});

test('a call above the slot says so instead of being cut', () => {
  const [each] = fc.sample(call, 1);
  const item = {
    decisionId: 'dec_1',
    reason: 'allowed',
    check: 'x'.repeat(9_000),
    policy: '',
    private: '',
    named: [],
  } as const;
  expect(each).toBeDefined();
  if (each === undefined) return;
  expect(encodeSlot({ ...each, items: [item] }, new Uint8Array(SLOT_HEAD_BYTES_MAX))).toBe(0);
});

test.for(['\u0001', '\u0002', '\u0003'])(
  'an id with %j is refused, so that fields cannot be forged',
  (character) => {
    const [each] = fc.sample(call, { numRuns: 1, seed: 1 });
    if (each === undefined) throw new TypeError('no sample');
    expect(() => encodeCall({ ...each, sourceBucket: `a${character}b` })).toThrow(/control character/);
    const forged: ChargeTerms = {
      name: `n${character}`,
      subject: 'key',
      emissionIntervalUs: 1,
      burst: 1,
      cost: 1,
      base: true,
    };
    expect(() => encodeCall({ ...each, base: [forged] })).toThrow(/control character/);
  },
);

test('a call with a lone surrogate is refused: its bytes would not be those that are hashed', () => {
  const [each] = fc.sample(call, { numRuns: 1, seed: 1 });
  if (each === undefined) throw new TypeError('no sample');
  expect(() => encodeCall({ ...each, sourceBucket: 'a\ud800b' })).toThrow(/lone surrogate/);
});
