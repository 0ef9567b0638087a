// Answers are only right when they say what was expected: a peer that refuses everything must not look fast.
import { expect, test } from 'vitest';
import { authorizationMethods } from '../../src/client/contract.ts';
import { readCheckResources } from './cerbos-calls.ts';
import { readEcho } from './echo-calls.ts';
import { readRestAnswer } from './opa-calls.ts';
import { readBatchCheck, readCheck, readStreamResults } from './postern-calls.ts';
import { ALLOW, type AnswerReader, DENY, frameMessage, type PreparedCall } from './prepared-call.ts';

const expecting = (...effects: number[]): PreparedCall => ({
  id: 'req-0',
  bytes: frameMessage(Buffer.from('what was sent')),
  effects,
});

/** Reads the answer from the middle of a buffer, as it comes from a socket. */
function read(reader: AnswerReader, call: PreparedCall, answer: Buffer): number {
  const padded = Buffer.concat([Buffer.from('before'), answer, Buffer.from('after')]);
  return reader(call, padded, 6, 6 + answer.length);
}

const decision = (effect: 'EFFECT_ALLOW' | 'EFFECT_DENY') => ({
  requestId: 'req-0',
  decisionId: 'dec_1',
  effect,
});
const checkAnswer = (effect: 'EFFECT_ALLOW' | 'EFFECT_DENY') =>
  authorizationMethods.Check.responseSerialize(decision(effect));
const NOTHING = Buffer.alloc(0);

test('a check is right with the expected effect only', () => {
  expect(read(readCheck, expecting(ALLOW), checkAnswer('EFFECT_ALLOW'))).toBe(1);
  expect(read(readCheck, expecting(DENY), checkAnswer('EFFECT_DENY'))).toBe(1);
  expect(read(readCheck, expecting(ALLOW), checkAnswer('EFFECT_DENY'))).toBe(0);
  expect(read(readCheck, expecting(DENY), checkAnswer('EFFECT_ALLOW'))).toBe(0);
  expect(read(readCheck, expecting(DENY), NOTHING)).toBe(0);
});

test('a batch is right when all of its items are, in their order', () => {
  const answer = authorizationMethods.BatchCheck.responseSerialize({
    results: [{ response: decision('EFFECT_ALLOW') }, { response: decision('EFFECT_DENY') }],
  });
  expect(read(readBatchCheck, expecting(ALLOW, DENY), answer)).toBe(2);
  expect(read(readBatchCheck, expecting(DENY, ALLOW), answer)).toBe(0);
  expect(read(readBatchCheck, expecting(ALLOW), answer)).toBe(0);
  expect(read(readBatchCheck, expecting(ALLOW, DENY, DENY), answer)).toBe(0);
  expect(read(readBatchCheck, expecting(ALLOW), NOTHING)).toBe(0);
});

test('results of a stream are told with their request id, errors without an effect', () => {
  const answer = authorizationMethods.StreamCheck.responseSerialize({
    results: [
      { id: 'req-7', response: decision('EFFECT_DENY') },
      { id: 'req-8', error: { code: 8, message: 'overloaded' } },
    ],
  });
  const seen: [string, number][] = [];
  readStreamResults(answer, 0, answer.length, (requestId, effect) => seen.push([requestId, effect]));
  expect(seen).toEqual([
    ['req-7', DENY],
    ['req-8', 0],
  ]);
});

/** As Cerbos 0.51 answered: request_id, results, cerbos_call_id. */
function cerbosAnswer(effects: readonly number[]): Buffer {
  const result = (effect: number) =>
    Buffer.from(`\n\x05\n\x03p-0\x12\x07\n\x03a.b\x10${String.fromCharCode(effect)}`);
  const results = effects.map((effect) => {
    const bytes = result(effect);
    return Buffer.concat([Buffer.from([0x12, bytes.length]), bytes]);
  });
  return Buffer.concat([Buffer.from('\n\x05req-0'), ...results, Buffer.from('\x1a\x03abc')]);
}

test('of Cerbos the effect of each resource counts', () => {
  expect(read(readCheckResources, expecting(ALLOW), cerbosAnswer([ALLOW]))).toBe(1);
  expect(read(readCheckResources, expecting(ALLOW), cerbosAnswer([DENY]))).toBe(0);
  expect(read(readCheckResources, expecting(ALLOW, DENY), cerbosAnswer([ALLOW, DENY]))).toBe(2);
  expect(read(readCheckResources, expecting(ALLOW, ALLOW), cerbosAnswer([ALLOW, DENY]))).toBe(0);
  expect(read(readCheckResources, expecting(ALLOW, DENY), cerbosAnswer([ALLOW]))).toBe(0);
  expect(read(readCheckResources, expecting(ALLOW), cerbosAnswer([]))).toBe(0);
});

test('of OPA a defined result counts, an undefined one is wrong', () => {
  const allow = Buffer.from('{"result":{"allow":true,"reason":"allowed"}}');
  const deny = Buffer.from('{"result":{"allow":false,"reason":"scope_missing"}}');
  expect(read(readRestAnswer, expecting(ALLOW), allow)).toBe(1);
  expect(read(readRestAnswer, expecting(DENY), deny)).toBe(1);
  expect(read(readRestAnswer, expecting(ALLOW), deny)).toBe(0);
  expect(read(readRestAnswer, expecting(DENY), Buffer.from('{}'))).toBe(0);
});

test('an echo is right byte by byte', () => {
  expect(read(readEcho, expecting(), Buffer.from('what was sent'))).toBe(1);
  expect(read(readEcho, expecting(), Buffer.from('what was said'))).toBe(0);
  expect(read(readEcho, expecting(), NOTHING)).toBe(0);
});
