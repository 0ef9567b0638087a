// Errors leave through one door, with one form, and carry nothing that is not ours.
import { expect, test } from 'vitest';
import { readDetails } from '../../test/support/grpc-raw-call.ts';
import { ERROR_CODES, PosternError } from '../core/error.ts';
import { messageType } from './descriptor.ts';
import { callStatusOf, itemStatusOf } from './status.ts';

const CANARY = 'pst_live_canary at /private/path';

function detailsOf(error: unknown): Buffer {
  const { metadata } = callStatusOf(error, () => {});
  const [encoded] = metadata.get('grpc-status-details-bin');
  return Buffer.isBuffer(encoded) ? encoded : Buffer.alloc(0);
}

test.each(ERROR_CODES)('%s has a status other than OK and names itself', (code) => {
  const error = new PosternError(code, 'A sentence.');
  expect(callStatusOf(error, () => {}).code).toBeGreaterThan(0);
  expect(readDetails(detailsOf(error)).reason).toBe(code.toUpperCase());
});

test('the statuses are those of the contract', () => {
  const codes = Object.fromEntries(
    ERROR_CODES.map((code) => [code, callStatusOf(new PosternError(code, 'x'), () => {}).code]),
  );
  expect(codes).toEqual({
    request_malformed: 3,
    not_yet_built: 12,
    not_found: 5,
    already_exists: 6,
    state_conflict: 9,
    policy_unavailable: 14,
    storage_unavailable: 14,
    contended: 14,
    shutting_down: 14,
    evaluator_lost: 14,
    overloaded: 8,
    deadline_exceeded: 4,
    storage_damaged: 15,
    internal: 13,
  });
});

test.each([
  new Error(CANARY),
  new PosternError('internal', CANARY),
  new PosternError('internal', CANARY, { facts: { where: CANARY }, cause: new Error(CANARY) }),
  CANARY,
  { code: 5, details: CANARY },
  undefined,
])('an error that was not meant to happen leaves as a fixed text and is reported', (thrown) => {
  const reported: unknown[] = [];
  const status = callStatusOf(thrown, (cause) => reported.push(cause));
  expect(status).toMatchObject({ code: 13, details: 'An internal error occurred.' });
  expect(reported).toEqual([thrown]);
  expect(detailsOf(thrown).includes('canary')).toBe(false);
  expect(itemStatusOf(thrown, () => {}).includes('canary')).toBe(false);
});

test('the cause of an error of ours does not leave', () => {
  const error = new PosternError('storage_unavailable', 'Cannot write.', { cause: new Error(CANARY) });
  expect(callStatusOf(error, () => {}).details).toBe('Cannot write.');
  expect(detailsOf(error).includes('canary')).toBe(false);
});

test('faults, facts and the time to retry are told', () => {
  const faults = [{ field: 'items[3].cost', problem: 'must be at most 1' }];
  const malformed = itemStatusOf(new PosternError('request_malformed', 'x', { faults }), () => {});
  expect(readDetails(malformed)).toMatchObject({ reason: 'REQUEST_MALFORMED', fields: ['items[3].cost'] });
  const overloaded = detailsOf(new PosternError('overloaded', 'x', { retryAfterMs: 1_250 }));
  const status = messageType('google.rpc.Status');
  const retry = messageType('google.rpc.RetryInfo');
  const { details } = status.toObject(status.decode(overloaded));
  const delay = retry.toObject(retry.decode(details[1].value), { longs: Number });
  expect(delay).toEqual({ retryDelay: { seconds: 1, nanos: 250_000_000 } });
  const facts = { key_id: 'key_1' };
  const exists = detailsOf(new PosternError('already_exists', 'x', { facts }));
  expect(exists.includes('key_id') && exists.includes('key_1')).toBe(true);
});
