// What a server knows about its open calls.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BookedCall, CallBook, type CallPhase } from './call-book.ts';

let book: CallBook;
let answered = 0;

beforeEach(() => {
  answered = 0;
  const bounds = { callsMax: 8, streamsMax: 8, requestMsMax: 1e6, answerMsMax: 1e6, deliveryMsMax: 1e6 };
  book = new CallBook({ ...bounds, streamIdleMs: 1e6 }, () => {
    answered += 1;
  });
});

afterEach(() => book.close());

function admitted(phase: CallPhase): BookedCall {
  const call: BookedCall = {
    next: null,
    previous: null,
    sinceMs: 0,
    phase,
    isOpen: false,
    isStream: phase === 'stream',
    expire: () => {},
  };
  expect(book.admit(call)).toBeNull();
  return call;
}

test('a call is unanswered from its last byte to the first of its answer', () => {
  const call = admitted('request');
  expect(book.unanswered).toBe(0);
  book.advance(call, 'answer');
  expect(book.unanswered).toBe(1);
  book.advance(call, 'delivery');
  expect([book.unanswered, answered]).toEqual([0, 1]);
  book.release(call);
  expect([book.unanswered, answered, book.open]).toEqual([0, 1, 0]);
});

test('a call that ends without an answer is unanswered no longer, and told once', () => {
  const call = admitted('request');
  book.advance(call, 'answer');
  book.release(call);
  book.release(call);
  book.advance(call, 'delivery');
  expect([book.unanswered, answered, book.open]).toEqual([0, 1, 0]);
});

test('streams and calls that were not read whole do not count', () => {
  const half = admitted('request');
  const stream = admitted('stream');
  expect([book.unanswered, book.open]).toEqual([0, 2]);
  book.release(half);
  book.release(stream);
  expect([book.unanswered, answered, book.open]).toEqual([0, 0, 0]);
});
