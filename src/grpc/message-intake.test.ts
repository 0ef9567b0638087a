// Messages come out as they went in, however they were cut, and their memory is counted and given back.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frame } from '../../test/support/grpc-raw-call.ts';
import type { PosternError } from '../core/error.ts';
import { ArrivalAccount, ArrivalBudget } from './arrival-budget.ts';
import { discardMessage, MessageIntake } from './message-intake.ts';

const MESSAGE_BYTES_MAX = 200_000;

function openIntake() {
  const budget = new ArrivalBudget(MESSAGE_BYTES_MAX);
  const errors: PosternError[] = [];
  const intake = new MessageIntake(new ArrivalAccount(budget.ofListener('decision_tcp')), {
    refuse: (error) => void errors.push(error),
  });
  return { budget, intake, errors };
}

/** What grpc-js hands to a handler: the message behind its head. */
const isFreed = (framed: Buffer | undefined) =>
  framed?.buffer instanceof ArrayBuffer && framed.buffer.detached;
const bodyOf = (framed: Buffer) => framed.subarray(5);

test('however its bytes are cut, every message comes out whole and in order', () => {
  const sizes = fc.array(fc.oneof(fc.nat(40), fc.nat({ max: MESSAGE_BYTES_MAX })), { maxLength: 4 });
  const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 150_000 })), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(sizes, cuts, (lengths, pieces) => {
      const { budget, intake, errors } = openIntake();
      const sent = lengths.map((length, place) => frame(Buffer.alloc(length, place + 1)));
      const bytes = Buffer.concat(sent);
      const taken: Buffer[] = [];
      // After a few short pieces the rest comes in long ones: the last of `pieces`, again and again.
      const last = Math.max(...pieces);
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const length = pieces[turn] ?? last * (turn + 1);
        for (const message of intake.write(bytes.subarray(at, at + length))) {
          taken.push(Buffer.from(message));
          discardMessage(bodyOf(message));
        }
        at += length;
      }
      expect(taken.map((message) => message.toString('hex'))).toEqual(
        sent.map((message) => message.toString('hex')),
      );
      expect(errors).toEqual([]);
      expect(budget.bytes).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('a message that arrives holds no more than twice what has arrived of it', () => {
  const { budget, intake } = openIntake();
  const bytes = frame(Buffer.alloc(MESSAGE_BYTES_MAX));
  for (let at = 0; at + 1_000 < bytes.length; at += 1_000) {
    expect(intake.write(bytes.subarray(at, at + 1_000))).toEqual([]);
    expect(budget.bytes).toBeLessThanOrEqual(Math.max(4_101, 2 * (at + 1_000)));
  }
  intake.close();
  expect(budget.bytes).toBe(0);
});

test('the memory of a message that was decoded is given back, and of one whose call is over', () => {
  const { budget, intake } = openIntake();
  const [decoded, waiting] = intake.write(
    Buffer.concat([5_000, 6_000].map((size) => frame(Buffer.alloc(size)))),
  );
  expect(budget.bytes).toBe(11_010);
  discardMessage(bodyOf(decoded ?? Buffer.alloc(0)));
  expect(budget.bytes).toBe(6_005);
  expect([decoded, waiting].map(isFreed)).toEqual([true, false]);
  intake.close();
  expect(budget.bytes).toBe(0);
  expect([decoded, waiting].map(isFreed)).toEqual([true, true]);
});

test('a piece that waits is counted until it is written, and no other is released for it', () => {
  const { budget, intake } = openIntake();
  const bytes = frame(Buffer.alloc(20_000));
  intake.addPiece(12_000);
  expect(budget.bytes).toBe(12_000 + budget.objectCost);
  intake.write(bytes.subarray(0, 12_000));
  intake.write(bytes.subarray(12_000, 15_000));
  expect(budget.bytes).toBe(bytes.length);
});

test('many small messages that one piece brought are counted until the last is delivered', () => {
  const { budget, intake } = openIntake();
  expect(intake.write(Buffer.alloc(5 * 100))).toHaveLength(100);
  expect(budget.bytes).toBe(100 * budget.objectCost);
  for (let message = 0; message < 99; message += 1) intake.deliver();
  expect(budget.bytes).toBe(100 * budget.objectCost);
  intake.deliver();
  expect(budget.bytes).toBe(0);
});

test.each([
  ['too large', Buffer.from([0, 0, 3, 13, 65]), 'The message is larger than allowed.'],
  ['marked as compressed', Buffer.from([1, 0, 0, 0, 1, 9]), 'The message says that it is compressed.'],
])('a message that is %s ends the call at its head, and nothing more is read', (_what, head, text) => {
  const { intake, errors } = openIntake();
  expect(intake.write(Buffer.concat([frame(Buffer.alloc(3)), head]))).toEqual([]);
  expect(intake.write(frame(Buffer.alloc(3)))).toEqual([]);
  expect(errors).toMatchObject([{ code: 'request_malformed', message: text }]);
});
