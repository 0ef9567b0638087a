// Answers on the wire: what another implementation reads, and what must never be in them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonOfStruct } from '../../test/support/grpc-raw-call.ts';
import { allowedAnswer } from '../../test/support/grpc-server.ts';
import { REASON_TABLE, type Reason } from '../core/reason.ts';
import type { CheckAnswer } from '../pdp/check-port.ts';
import { encodeBatchResponse, encodeCheckResponse, encodeStreamResponse } from './codec-answer.ts';
import { messageType } from './descriptor.ts';
import type { CheckResponse__Output } from './gen/postern/v1/CheckResponse.ts';

const type = messageType('postern.v1.CheckResponse');

function read(encoded: Buffer): CheckResponse__Output {
  const options = { longs: String, enums: String, defaults: true, arrays: true, oneofs: true };
  return type.toObject(type.decode(encoded), options) as CheckResponse__Output;
}

const REFUSED_KEY = {
  name: 'key_per_minute',
  subject: 'key',
  limit: 60,
  remaining: 0,
  resetAfterUs: 59_000_001,
  retryAfterUs: 1_000_001,
  refused: true,
} as const;
const PASSED_COMPANY = {
  name: 'company_per_hour',
  subject: 'company',
  limit: 2 ** 40,
  remaining: 2 ** 40 - 1,
  resetAfterUs: 0,
  retryAfterUs: 0,
  refused: false,
} as const;

/** An answer with everything set, entitled to it or not. */
function laden(reason: Reason): CheckAnswer {
  return {
    ...allowedAnswer({ requestId: 'req-1' }),
    reason,
    code: 'too_large',
    verdicts: [REFUSED_KEY, PASSED_COMPANY],
    obligations: [{ name: 'mask_fields', parameters: { fields: ['iban'], deep: { on: true, off: null } } }],
    index: 2 ** 40,
    leaf: Buffer.from('{"text":"Ä✓"}'),
  };
}

test('an allowed answer is read back whole', () => {
  const answer = read(encodeCheckResponse(laden('allowed')));
  expect(answer).toMatchObject({
    requestId: 'req-1',
    decisionId: 'dec_req-1',
    effect: 'EFFECT_ALLOW',
    reason: 'REASON_ALLOWED',
    code: 'too_large',
    publicError: null,
    subject: { companyId: 'cmp_aurora', keyId: 'key_1', scopes: ['payments:create'] },
    policyRevision: 'r1',
    responseHeaders: [],
    grant: null,
    idempotency: null,
  });
  expect(answer.limits).toMatchObject([
    {
      name: 'key_per_minute',
      subject: 'key',
      limit: '60',
      remaining: '0',
      resetAfter: { seconds: '59', nanos: 1_000 },
      retryAfter: { seconds: '1', nanos: 1_000 },
      refused: true,
    },
    { limit: String(2 ** 40), resetAfter: { seconds: '0', nanos: 0 }, refused: false },
  ]);
  expect(answer.auditRecord).toMatchObject({ logId: 'log_1', index: String(2 ** 40), windowId: '' });
  expect(answer.auditRecord?.leaf.toString()).toBe('{"text":"Ä✓"}');
  const parameters = answer.obligations[0]?.parameters;
  expect(parameters && jsonOfStruct(parameters)).toEqual({ fields: ['iban'], deep: { on: true, off: null } });
});

test.each(REASON_TABLE.filter(({ name }) => name !== 'allowed'))(
  '$name is a deny without subject and obligations',
  (row) => {
    const answer = read(encodeCheckResponse(laden(row.name)));
    expect(answer).toMatchObject({
      effect: 'EFFECT_DENY',
      reason: `REASON_${row.name.toUpperCase()}`,
      subject: null,
      obligations: [],
      publicError: row.public,
    });
    // Limit state would tell who is not let in that the key exists.
    expect(answer.limits.length).toBe(row.stage === 'authentication' ? 0 : 2);
  },
);

test('what may reach the partner is the same, byte for byte, for all reasons of one class', () => {
  const classes = new Map<number, Set<string>>();
  for (const row of REASON_TABLE) {
    if (row.public === null) continue;
    const { publicError, responseHeaders } = read(encodeCheckResponse({ ...laden(row.name), verdicts: [] }));
    const bodies = classes.get(row.public.httpStatus) ?? new Set();
    classes.set(row.public.httpStatus, bodies.add(JSON.stringify([publicError, responseHeaders])));
  }
  expect([...classes].map(([httpStatus, bodies]) => [httpStatus, bodies.size]).sort()).toEqual([
    [401, 1],
    [403, 1],
    [404, 1],
    [409, 1],
    [429, 1],
    [503, 1],
  ]);
});

test('a limited call is told the seconds to wait, rounded up; a throttled source is told nothing', () => {
  const headersOf = (reason: Reason) => read(encodeCheckResponse(laden(reason))).responseHeaders;
  expect(headersOf('base_limit_exceeded')).toEqual([{ name: 'retry-after', value: '2' }]);
  expect(headersOf('policy_limit_exceeded')).toEqual([{ name: 'retry-after', value: '2' }]);
  expect(headersOf('source_throttled')).toEqual([]);
  expect(headersOf('policy_denied')).toEqual([]);
});

test('a decision counted in a window names the window and nothing of a record', () => {
  const windowed = { ...laden('key_unknown'), index: -1, windowId: 'win_1' };
  expect(read(encodeCheckResponse(windowed)).auditRecord).toMatchObject({
    logId: '',
    index: '0',
    windowId: 'win_1',
  });
});

test('durations are exact to the microsecond', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (resetAfterUs) => {
      const verdicts = [{ ...PASSED_COMPANY, resetAfterUs }];
      const reset = read(encodeCheckResponse({ ...laden('allowed'), verdicts })).limits[0]?.resetAfter;
      expect(BigInt(reset?.seconds ?? -1) * 1_000_000n + BigInt(reset?.nanos ?? -1) / 1_000n).toBe(
        BigInt(resetAfterUs),
      );
    }),
  );
});

test('results of a batch and of a stream keep their order and kind', () => {
  const error = Buffer.from([0x08, 3]);
  const answer = allowedAnswer({ requestId: 'req-1' });
  const batch = messageType('postern.v1.BatchCheckResponse');
  const batched = batch.toObject(batch.decode(encodeBatchResponse([{ error }, { answer }])));
  expect(batched['results']).toMatchObject([{ error: { code: 3 } }, { response: { requestId: 'req-1' } }]);
  const stream = messageType('postern.v1.StreamCheckResponse');
  const items = [
    { id: 'a', answer },
    { id: 'b', error },
    { id: 'c', outcome: 'recorded' as const },
  ];
  expect(stream.toObject(stream.decode(encodeStreamResponse(items)))['results']).toMatchObject([
    { id: 'a', response: { requestId: 'req-1' } },
    { id: 'b', error: { code: 3 } },
    { id: 'c', outcome: { decisionId: 'c', state: 1 } },
  ]);
});

test('an answer that cannot be encoded leaves nothing behind for the next', () => {
  // Written after the record, so that something is there when it throws.
  const broken = { ...laden('allowed'), policyRevision: Object(7) as string };
  expect(() => encodeCheckResponse(broken)).toThrow(TypeError);
  expect(read(encodeCheckResponse(laden('key_unknown')))).toMatchObject({
    reason: 'REASON_KEY_UNKNOWN',
    subject: null,
  });
  const twice = [encodeCheckResponse(laden('allowed')), encodeCheckResponse(laden('allowed'))];
  expect(twice[0]?.equals(twice[1] ?? Buffer.alloc(0))).toBe(true);
});

test('answers larger than the writer’s buffer are whole, and do not overwrite one another', () => {
  const large = encodeCheckResponse({ ...laden('allowed'), leaf: Buffer.alloc(3_000_000, 'x') });
  const small = encodeCheckResponse(laden('key_unknown'));
  expect(read(large).auditRecord?.leaf.length).toBe(3_000_000);
  expect(read(small).reason).toBe('REASON_KEY_UNKNOWN');
});
