// How checks that wait are put into turns.
import { expect, test } from 'vitest';
import { DraftTurn } from './draft-turn.ts';

/** A turn whose moments the test chooses. */
function manualTurn() {
  const ordered: (() => void)[] = [];
  const turn = new DraftTurn({ betweenPolls: (work) => ordered.push(work) });
  const ran: string[] = [];
  return {
    ran,
    ordered,
    add: (name: string, items: number) => turn.add(() => ran.push(name), items),
    addAgain: (name: string, then: string) =>
      turn.add(() => {
        ran.push(name);
        turn.add(() => ran.push(then), 1);
      }, 1),
    /** Runs the next turn. Returns everything that has run since the start. */
    next: () => {
      ordered.shift()?.();
      return ran.join(' ');
    },
  };
}

test('nothing runs inside the caller, and what came together runs together in its order', () => {
  const { add, next, ran, ordered } = manualTurn();
  add('one', 1);
  add('two', 1);
  expect(ran).toEqual([]);
  expect(ordered).toHaveLength(1);
  expect(next()).toBe('one two');
  expect(ordered).toHaveLength(0);
});

test('a turn ends with the call that fills it, and the rest gets turns of its own', () => {
  const { add, next, ordered } = manualTurn();
  for (const name of ['a', 'b', 'c']) add(name, 50);
  for (const name of ['d', 'e']) add(name, 100);
  expect(next()).toBe('a b');
  expect(next()).toBe('a b c d');
  expect(next()).toBe('a b c d e');
  expect(ordered).toHaveLength(0);
});

test('what is added during a turn runs in a later one', () => {
  const { addAgain, next, ordered } = manualTurn();
  addAgain('first', 'again');
  expect(next()).toBe('first');
  expect(ordered).toHaveLength(1);
  expect(next()).toBe('first again');
});
