// Admin requests and reported outcomes: every fault by its field, all at once, values never repeated.
import { expect, test } from 'vitest';
import { PosternError } from './error.ts';
import { FieldFaults } from './field-faults.ts';
import * as admin from './parse-admin.ts';
import { parseOutcome, parseOutcomes } from './parse-outcome.ts';
import { parseTime } from './parse-time.ts';

/** Of the shape of a key, and nobody's. */
const KEY = `pst_live_${'A1'.repeat(21)}b_123456`;
const DRAFT: admin.RawKeyDraft = {
  requestId: 'req-1',
  companyId: 'cmp_aurora',
  environment: 'live',
  label: 'Büro',
  scopes: ['payments:create', 'payments:batches:*'],
  networks: ['192.0.2.0/24', '2001:DB8::/32'],
  notBefore: { seconds: '1700000001', nanos: 999 },
  expiresAt: { seconds: '1800000000', nanos: 1_999 },
};
const OUTCOME = {
  decisionId: 'dec_00000000-0000-4000-8000-000000000000',
  status: 'success',
  httpStatus: 200,
  errorCategory: '',
} as const;

function fieldsOf(attempt: () => unknown): readonly string[] {
  try {
    attempt();
  } catch (error) {
    if (error instanceof PosternError) return error.faults.map((fault) => fault.field);
    throw error;
  }
  return [];
}

test('a good draft is read whole, its networks in their normal form', () => {
  expect(admin.parseKeyDraft(DRAFT)).toEqual({
    requestId: 'req-1',
    draft: {
      companyId: 'cmp_aurora',
      environment: 'live',
      label: 'Büro',
      scopes: ['payments:create', 'payments:batches:*'],
      networks: ['192.0.2.0/24', '2001:db8::/32'],
      notBeforeUs: 1_700_000_001_000_000,
      expiresAtUs: 1_800_000_000_000_001,
    },
  });
});

test.each<[string, Partial<admin.RawKeyDraft>]>([
  ['request_id', { requestId: '' }],
  ['company_id', { companyId: '' }],
  ['company_id', { companyId: 'cmp aurora' }],
  ['environment', { environment: '' }],
  ['environment', { environment: 'LIVE' }],
  ['label', { label: 'x'.repeat(129) }],
  ['label', { label: 'a\u0000' }],
  ['label', { label: `was ${KEY}` }],
  ['request_id', { requestId: KEY }],
  ['scopes', { scopes: Array.from({ length: 65 }, (_, n) => `a:${n}`) }],
  ['scopes[0]', { scopes: ['*'] }],
  ['scopes[0]', { scopes: ['payments'] }],
  ['scopes[0]', { scopes: ['payments:'] }],
  ['scopes[0]', { scopes: ['payments:*:create'] }],
  ['scopes[0]', { scopes: ['pay*:create'] }],
  ['scopes[0]', { scopes: [`a:${'b'.repeat(127)}`] }],
  ['scopes[0]', { scopes: [`${'a:'.repeat(60)}!`] }],
  ['scopes[1]', { scopes: ['a:b', 'a:b'] }],
  ['networks[1]', { networks: ['192.0.2.0/24', '192.0.2.1/24'] }],
  ['networks[1]', { networks: ['192.0.2.0/24', '::ffff:192.0.2.0/120'] }],
  ['networks', { networks: Array.from({ length: 33 }, (_, n) => `192.0.2.${n}/32`) }],
  ['expires_at', { expiresAt: { seconds: '1700000001', nanos: 0 } }],
  ['expires_at', { expiresAt: { seconds: '7258118400', nanos: 0 } }],
  ['not_before', { notBefore: { seconds: '-1', nanos: 0 } }],
  ['not_before', { notBefore: { seconds: '1', nanos: 1_000_000_000 } }],
  ['not_before', { notBefore: { seconds: 'x', nanos: 0 } }],
])('%s is at fault in %j', (field, change) => {
  expect(fieldsOf(() => admin.parseKeyDraft({ ...DRAFT, ...change }))).toEqual([field]);
});

test('all faults of a draft are told at once', () => {
  const draft = { ...DRAFT, requestId: '', environment: 'x', networks: ['x'] };
  expect(fieldsOf(() => admin.parseKeyDraft(draft))).toEqual(['request_id', 'environment', 'networks[0]']);
});

test('times are exact to the microsecond, finer digits are cut off, absent ones are null', () => {
  const faults = new FieldFaults();
  expect(parseTime({ seconds: '7258118399', nanos: 999_999_999 }, 'at', faults)).toBe(7_258_118_399_999_999);
  expect(parseTime(null, 'at', faults)).toBeNull();
  expect(faults.error()).toBeNull();
});

test('a company without a plan gets the standard one; a plan that cannot be one is at fault', () => {
  const company = { companyId: 'cmp_aurora', plan: '', label: '' };
  expect(admin.parseCompanyDraft(company).plan).toBe('standard');
  expect(fieldsOf(() => admin.parseCompanyDraft({ ...company, plan: '../x' }))).toEqual(['plan']);
  expect(fieldsOf(() => admin.parseCompanyDraft({ ...company, label: KEY }))).toEqual(['label']);
});

test('ids, reasons and pages are checked', () => {
  const keyId = 'key_017f22e2-79b0-7cc3-98c4-dc0c0c07398f';
  expect(admin.parseKeyId(keyId)).toBe(keyId);
  expect(fieldsOf(() => admin.parseKeyId('key_1'))).toEqual(['key_id']);
  expect(admin.parseCompanyId('c')).toBe('c');
  expect(fieldsOf(() => admin.parseCompanyId(''))).toEqual(['company_id']);
  expect(admin.parseWhy('')).toBe('');
  expect(fieldsOf(() => admin.parseWhy('x'.repeat(257)))).toEqual(['reason']);
  // A revocation must not be refused for what is said of it.
  expect(admin.parseWhy(`leaked: ${KEY}.`)).toBe('leaked: [redacted].');
  const faults = new FieldFaults();
  expect(admin.parsePage({ pageSize: 0, pageToken: '' }, faults)).toEqual({ pageSize: 100, pageToken: '' });
  expect(faults.error()).toBeNull();
  admin.parsePage({ pageSize: 1_001, pageToken: '\u0000' }, faults);
  expect(fieldsOf(() => faults.throwIfAny())).toEqual(['page_size', 'page_token']);
});

test('good outcomes are read; each fault is named with its place', () => {
  expect(parseOutcomes([OUTCOME])).toEqual([OUTCOME]);
  const bad = [
    { ...OUTCOME, decisionId: 'dec_1' },
    { ...OUTCOME, status: null },
    { ...OUTCOME, httpStatus: 99 },
    { ...OUTCOME, httpStatus: 600, errorCategory: 'No' },
  ];
  expect(fieldsOf(() => parseOutcomes(bad))).toEqual([
    'outcomes[0].decision_id',
    'outcomes[1].status',
    'outcomes[2].http_status',
    'outcomes[3].http_status',
    'outcomes[3].error_category',
  ]);
  expect(fieldsOf(() => parseOutcomes([]))).toEqual(['outcomes']);
  expect(fieldsOf(() => parseOutcomes(Array.from({ length: 1_001 }, () => OUTCOME)))).toEqual(['outcomes']);
});

test('one outcome of a stream is its own error', () => {
  expect(parseOutcome(OUTCOME)).toEqual(OUTCOME);
  const error = parseOutcome({ ...OUTCOME, status: null });
  expect(error).toBeInstanceOf(PosternError);
});
