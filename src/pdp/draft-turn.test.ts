// How checks that wait are put into turns.
import { expect, test } from 'vitest';
import { DraftTurn } from './draft-turn.ts';

/** A turn whose moments the test chooses. */
function manualTurn(itemsMax = 1_000) {
  const ordered: (() => void)[] = [];
  const turn = new DraftTurn({ itemsMax, betweenPolls: (work) => ordered.push(work) });
  const ran: string[] = [];
  return {
    ran,
    ordered,
    turn,
    add: (name: string, items: number, over = false) =>
      turn.add({ run: () => ran.push(name), items, isOver: () => over }),
    addAgain: (name: string, then: string) =>
      turn.add({
        run: () => {
          ran.push(name);
          turn.add({ run: () => ran.push(then), items: 1, isOver: () => false });
        },
        items: 1,
        isOver: () => false,
      }),
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

test('calls that nobody waits for take no room in a turn', () => {
  const { add, next, ordered } = manualTurn();
  for (let gone = 0; gone < 50; gone += 1) add('-', 100, true);
  add('a', 64);
  add('b', 1);
  expect(next().replaceAll('- ', '')).toBe('a');
  expect(ordered).toHaveLength(1);
  expect(next().replaceAll('- ', '')).toBe('a b');
});

test('it is full with so many items, whoever waits for them, until they had their turn', () => {
  const { add, next, turn } = manualTurn(100);
  add('a', 60);
  expect(turn.isFull).toBe(false);
  add('gone', 60, true);
  expect(turn.isFull).toBe(true);
  next();
  expect(turn.isFull).toBe(false);
});
