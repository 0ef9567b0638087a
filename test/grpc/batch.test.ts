/**
 * BatchCheck: answers by index, faults by item, failures by call.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { itemErrorOf } from '../../src/client/call-error.ts';
import { structOf } from '../../src/client/struct.ts';
import { PosternError } from '../../src/core/error.ts';
import { allowedAnswer, openTestServer, type TestServer } from '../support/grpc-server.ts';

let at: TestServer;

beforeEach(async () => {
  at = await openTestServer();
});

afterEach(() => at.close());

const item = (requestId: string) => ({ requestId, operation: 'payments.create' });

async function check(items: readonly object[]) {
  const { results } = await at.client.authorization.batchCheck({ apiKey: 'pst_live_x', items: [...items] });
  return results.map(({ response, error }) => {
    if (response) return `${response.requestId}: ${response.reason}`;
    const { code, faults } = itemErrorOf(error ?? { code: 0, message: '', details: [] });
    return `${code}: ${faults.map(({ field }) => field).join(' ')}`;
  });
}

test('a batch is one call of the checker and its answers keep the order of the items', async () => {
  at.checker.decide = (each) => ({
    ...allowedAnswer(each),
    reason: each.requestId === 'b' ? 'base_limit_exceeded' : 'allowed',
  });
  expect(await check(['a', 'b', 'c'].map(item))).toEqual([
    'a: REASON_ALLOWED',
    'b: REASON_BASE_LIMIT_EXCEEDED',
    'c: REASON_ALLOWED',
  ]);
  expect(at.checker.calls.map(({ call }) => call.items.length)).toEqual([3]);
});

test('a faulty item is an error in its own place and the others are decided', async () => {
  const results = await check([
    item('a'),
    { ...item(''), cost: 2_000_000 },
    item('b'),
    item('a'),
    { ...item('c'), idempotencyKey: 'k' },
    { ...item('d'), context: structOf({ a: Number.NaN }) },
    item('e'),
  ]);
  expect(results).toEqual([
    'a: REASON_ALLOWED',
    'request_malformed: items[1].request_id items[1].cost',
    'b: REASON_ALLOWED',
    'request_malformed: items[3].request_id',
    'not_yet_built: items[4].idempotency_key',
    'request_malformed: items[5].context',
    'e: REASON_ALLOWED',
  ]);
  expect(at.checker.calls[0]?.call.items.map(({ requestId }) => requestId)).toEqual(['a', 'b', 'e']);
});

test('answers go by index even when the checker’s answers look alike', async () => {
  let number = 0;
  at.checker.decide = () => {
    number += 1;
    return allowedAnswer({ requestId: `n${number}` });
  };
  expect(await check([item('a'), item(''), item('b')])).toEqual([
    'n1: REASON_ALLOWED',
    'request_malformed: items[1].request_id',
    'n2: REASON_ALLOWED',
  ]);
});

test('a batch of faulty items only does not reach the checker', async () => {
  expect(await check([item('')])).toEqual(['request_malformed: items[0].request_id']);
  expect(at.checker.calls).toEqual([]);
});

test('a hundred items pass, none and a hundred and one do not', async () => {
  expect(await check(Array.from({ length: 100 }, (_, at) => item(`r${at}`)))).toHaveLength(100);
  await expect(check([])).rejects.toMatchObject({ code: 'request_malformed', faults: [{ field: 'items' }] });
  const many = Array.from({ length: 101 }, (_, at) => item(`r${at}`));
  await expect(check(many)).rejects.toMatchObject({ faults: [{ field: 'items' }] });
});

test('a failure of the storage fails the whole call', async () => {
  at.checker.decide = () => {
    throw new PosternError('storage_unavailable', 'Cannot write.');
  };
  await expect(check([item('a'), item('')])).rejects.toMatchObject({ code: 'storage_unavailable' });
});

test.each([1, 3])(
  'a checker that answers %i of two items is an internal error, never a shifted answer',
  async (count) => {
    at.checker.check = async () => Array.from({ length: count }, () => allowedAnswer({ requestId: 'a' }));
    await expect(check([item('a'), item('b')])).rejects.toMatchObject({ code: 'internal' });
  },
);

test('a credential of a later part refuses the whole call', async () => {
  const call = at.client.authorization.batchCheck({ grant: 'g', items: [item('a')] });
  await expect(call).rejects.toMatchObject({ code: 'not_yet_built', faults: [{ field: 'grant' }] });
});
