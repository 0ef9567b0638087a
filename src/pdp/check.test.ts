// What waits to be drafted is drafted only for somebody who still waits for it.
import { expect, test } from 'vitest';
import type { CheckCall } from '../core/request.ts';
import { type CheckerParts, createChecker } from './check.ts';
import { DraftTurn } from './draft-turn.ts';

const CALL = { items: [{}] } as unknown as CheckCall;

/** A checker whose turns the test chooses; nothing that a draft needs is there. */
function checkerInTurns() {
  const turns: (() => void)[] = [];
  const turn = new DraftTurn({ itemsMax: 100, betweenPolls: (work) => turns.push(work) });
  const parts = { turn, monoUs: () => 1_000 } as unknown as CheckerParts;
  return { checker: createChecker(parts), nextTurn: () => turns.shift()?.() };
}

test('a call whose caller leaves before its turn is not drafted', async () => {
  const { checker, nextTurn } = checkerInTurns();
  const caller = { cancelled: false };
  const answer = checker.check(CALL, { listener: 'decision_tcp', deadlineMonoUs: 0, caller });
  caller.cancelled = true;
  nextTurn();
  await expect(answer).rejects.toMatchObject({
    code: 'deadline_exceeded',
    message: 'The caller left before the check was decided.',
  });
});

test('nor is one whose deadline has passed', async () => {
  const { checker, nextTurn } = checkerInTurns();
  const caller = { cancelled: false };
  const answer = checker.check(CALL, { listener: 'decision_tcp', deadlineMonoUs: 999, caller });
  nextTurn();
  await expect(answer).rejects.toMatchObject({
    code: 'deadline_exceeded',
    message: 'The deadline passed before the check was recorded.',
  });
});
