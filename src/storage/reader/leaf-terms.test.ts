// Terms are found in place by marks; no text that a leaf can hold may be mistaken for one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeCheckFragment, encodeDecisionLeaf, encodePolicyFragment } from '../../core/decision-leaf.ts';
import { encodeOutcome, encodeWindowClosed } from '../../core/leaf.ts';
import { leafTerms } from './leaf-terms.ts';

const PLACE = { logId: '0123456789abcdef0123456789abcdef', index: 5 };
const DECISION_ID = 'dec_1b671a64-40d5-491e-99b0-da01ff1f3341';

/** Terms as JSON texts. */
function termsOf(leaf: string): { terms: readonly string[]; timeUs: number } {
  const terms: string[] = [];
  const timeUs = leafTerms(leaf, (field, text, start, end) => {
    terms.push(`${field}=${text.slice(start, end)}`);
  });
  return { terms, timeUs };
}

/** Texts that look like parts of a leaf. */
const nasty = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', '\\', ',', '}', '{', 'a', ':', '=') }),
  fc.constantFrom(
    '","company_id":"cmp_other',
    '},"decision_id":"dec_x',
    '\\","reason":"allowed',
    ',"effect":"deny"',
  ),
);

test('the terms of a decision are its members, whatever texts it holds', () => {
  fc.assert(
    fc.property(nasty, nasty, nasty, fc.boolean(), (requestId, correlationId, label, isDenied) => {
      const reason = isDenied ? 'scope_missing' : 'allowed';
      const check = encodeCheckFragment({
        authentication: null,
        claims: 1,
        commitments: `{"resource_company_id":"${'ab'.repeat(32)}"}`,
        companyId: 'cmp_aurora',
        correlationId,
        environment: 'live',
        evaluatedAtUs: 4,
        keyId: null,
        listener: 'decision_tcp',
        operation: 'payments.create',
        requestId,
        resourceType: '',
        revision: null,
      });
      const policy = encodePolicyFragment({
        code: '',
        cost: 1,
        evaluationUs: 1,
        flags: [],
        labels: { company_id: label, key_id: label, reason: label, settled_at: label },
        obligations: [],
        reason,
      });
      const leaf = encodeDecisionLeaf({
        check,
        decisionId: DECISION_ID,
        reason,
        index: 5,
        limits: [],
        logId: PLACE.logId,
        policy,
        settledAtUs: 1_767_225_600_000_007,
      });
      const quoted = (text: string) => JSON.stringify(text).slice(1, -1);
      expect(termsOf(leaf)).toEqual({
        terms: [
          'company_id=cmp_aurora',
          ...(correlationId === '' ? [] : [`correlation_id=${quoted(correlationId)}`]),
          'operation=payments.create',
          `request_id=${quoted(requestId)}`,
          `decision_id=${DECISION_ID}`,
          ...(isDenied ? ['effect=deny'] : []),
          `reason=${reason}`,
        ],
        timeUs: 1_767_225_600_000_007,
      });
    }),
  );
});

test('an outcome is found by its decision, but is not the decision', () => {
  const leaf = encodeOutcome(PLACE, {
    decisionId: DECISION_ID,
    decisionIndex: 3,
    status: 'success',
    httpStatus: 201,
    errorCategory: '',
    reportedAtUs: 9,
  });
  expect(termsOf(leaf)).toEqual({ terms: ['kind=outcome', `decision_ref=${DECISION_ID}`], timeUs: 9 });
});

test('a closed window is found by each key and reason it counted, once, and by the answer that its checks got', () => {
  const leaf = encodeWindowClosed(PLACE, {
    windowId: 'win_019b76da-a800-7000-8000-000000000001',
    windowKind: 'source_failures',
    openedAtUs: 1,
    closedAtUs: 2,
    counts: [
      { keyId: null, reason: 'key_unknown', count: 3 },
      { keyId: 'key_a', reason: 'key_revoked', count: 1 },
      { keyId: 'key_a', reason: 'key_expired', count: 1 },
    ],
    because: 'idle',
  });
  expect(termsOf(leaf)).toEqual({
    terms: [
      'kind=window_closed',
      'key_id=key_a',
      'reason=key_unknown',
      'reason=key_expired',
      'reason=key_revoked',
      'reason=source_throttled',
    ],
    timeUs: 2,
  });
});

test('a damaged leaf yields fewer terms and never an error', () => {
  expect(termsOf('{"check":{"company_id":"unfinished')).toEqual({ terms: [], timeUs: 0 });
  expect(termsOf('not JSON')).toEqual({ terms: [], timeUs: 0 });
  expect(termsOf('[1]')).toEqual({ terms: [], timeUs: 0 });
  expect(termsOf('{"counts":[1,null],"kind":"x","at":"soon"}')).toEqual({ terms: ['kind=x'], timeUs: 0 });
});
