// What a policy reads decides which checks share an answer: no leaf of the input may be missing here.
import { expect, test } from 'vitest';
import { fleetingOf, INPUT_LEAVES, leavesBelow, parseLeaves } from './input-leaves.ts';
import { encodeCompanyPart, encodeKeyPart, encodePolicyInput } from './policy-input.ts';

/** Members that are the same for every check of a process. */
const CONSTANT = ['environment', 'signals', 'key.labels', 'company.labels'];

/** Leaves whose values are objects or lists of their own. */
const WHOLE = ['request.resource.attributes', 'request.context'];

function leavesOf(value: unknown, path: string): string[] {
  const isInner = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isInner || WHOLE.includes(path) || CONSTANT.includes(path)) return [path];
  return Object.entries(value).flatMap(([name, member]) =>
    leavesOf(member, path === '' ? name : `${path}.${name}`),
  );
}

test('every member of the input is a leaf, or always the same', () => {
  const company = {
    companyId: 'c',
    status: 'active',
    plan: 'p',
    version: 1,
  } as const;
  const key = {
    keyId: 'k',
    companyId: 'c',
    status: 'active',
    environment: 'live',
    version: 1,
  } as const;
  const times = { createdAtUs: 1, notBeforeUs: 2, expiresAtUs: 3, lastUsedAtUs: 4 };
  const input = encodePolicyInput({
    item: {
      requestId: 'r',
      correlationId: '',
      operation: 'o',
      resource: { type: 't', id: 'i', companyId: 'c', attributes: '{"a":{"b":1}}' },
      claimedCompanyIds: ['c'],
      cost: 1,
      context: '{"a":1}',
      faults: { resourceMalformed: false, claimMalformed: false },
    },
    source: { ip: '192.0.2.1', userAgent: 'u' },
    keyPart: encodeKeyPart({ ...key, ...times, scopes: ['a:b'], networks: [] }),
    companyPart: encodeCompanyPart(company),
    environment: 'live',
    nowUs: 5,
  });
  expect(leavesOf(JSON.parse(input), '').sort()).toEqual([...INPUT_LEAVES, ...CONSTANT].sort());
});

test.each([
  [['request', 'operation'], ['request.operation']],
  [
    ['request', 'source'],
    ['request.source.ip', 'request.source.user_agent'],
  ],
  [['request', 'context', 'amount', 'value'], ['request.context']],
  [['company'], ['company.id', 'company.status', 'company.plan']],
  [[], INPUT_LEAVES],
  [['request', 'nothing'], []],
  [['signals'], []],
])('reading %j reads %j', (path, leaves) => {
  expect(leavesBelow(path)).toEqual(leaves);
});

test('names are leaves, or nothing is known', () => {
  expect(parseLeaves(['key.scopes', 'request.cost', 'request.cost'])).toEqual(['request.cost', 'key.scopes']);
  expect(parseLeaves([])).toEqual([]);
  expect(parseLeaves(['key.scopes', 'key.colour'])).toBeNull();
  expect(fleetingOf(['request.cost', 'request.time_us', 'key.last_used_at'])).toEqual([
    'request.time_us',
    'key.last_used_at',
  ]);
});
