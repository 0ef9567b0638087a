// What a slot of the control block takes.
import { expect, test } from 'vitest';
import { ControlBlock, SLOT_HEAD_BYTES_MAX } from './control-block.ts';

test.each([0, SLOT_HEAD_BYTES_MAX + 1])('an evaluation with a head of %i bytes never starts', (headBytes) => {
  const control = ControlBlock.create(1);
  expect(() => control.enterEvaluation(0, headBytes, 1_000)).toThrow(/evaluation|slot/);
  expect(control.evaluation(0)).toBeNull();
});
