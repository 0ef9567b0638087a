// A full table finds each of its decisions, and nothing else.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { newDecisionId } from '../../test/support/ledger-world.ts';
import { DecisionTable, TABLE_DECISIONS } from './decision-table.ts';

/** Half of them random as recorded ones are, half of them alike in all but their last digits. */
function fullTable() {
  const table = new DecisionTable();
  const ids: string[] = [];
  while (!table.isFull) {
    const id = ids.length % 2 === 0 ? `dec_${randomUUID()}` : newDecisionId();
    table.set(id, 2 ** 40 + ids.length);
    ids.push(id);
  }
  return { table, ids };
}

test('a full table finds every decision, and none that is not in it', () => {
  const { table, ids } = fullTable();
  expect(ids).toHaveLength(TABLE_DECISIONS);
  expect(ids.map((id) => table.get(id))).toEqual(ids.map((_, at) => 2 ** 40 + at));
  expect(Array.from({ length: 1_000 }, () => table.get(`dec_${randomUUID()}`))).toEqual(
    Array.from({ length: 1_000 }, () => undefined),
  );
  expect(table.get(newDecisionId())).toBeUndefined();
});

test('ids that differ in one digit are different decisions', () => {
  const table = new DecisionTable();
  const id = 'dec_0f1e2d3c-4b5a-4697-8879-6a5b4c3d2e1f';
  const digits = [...id].flatMap((digit, at) => (at < 4 || digit === '-' ? [] : [at]));
  table.set(id, 1);
  const others = digits.map((at) => `${id.slice(0, at)}${id[at] === '9' ? 'a' : '9'}${id.slice(at + 1)}`);
  expect(others.map((other) => table.get(other))).toEqual(others.map(() => undefined));
  for (const [at, other] of others.entries()) table.set(other, 2 + at);
  expect(others.map((other) => table.get(other))).toEqual(others.map((_, at) => 2 + at));
  expect(table.get(id)).toBe(1);
});

test('a decision that is put in twice is where it was put last', () => {
  const table = new DecisionTable();
  const id = newDecisionId();
  table.set(id, 7);
  table.set(id, 8);
  expect(table.get(id)).toBe(8);
});
