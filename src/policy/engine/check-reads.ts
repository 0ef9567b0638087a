// Tries what a bundle says that its policy reads: whatever else of an input is changed, the answer must stay.
// No proof, that is the compiler's; it keeps a manifest that belongs to another policy from being believed.
import { INPUT_LEAVES, type InputLeaf } from '../../core/input-leaves.ts';
import type { Evaluation } from '../../pdp/evaluation-port.ts';
import { PolicyRefused } from './opa-abi.ts';
import { ORDINARY } from './self-test.ts';

/** Values that stand for every leaf at once that is not read. */
const OTHERS: readonly unknown[] = ['other', null, 7];

/** @throws PolicyRefused when the answer to an ordinary input depends on a leaf that is said not to be read. */
export function checkReads(
  reads: readonly InputLeaf[],
  policy: { evaluate(input: string): Evaluation },
): void {
  const expected = answerTo(policy.evaluate(ORDINARY));
  const unread = INPUT_LEAVES.filter((leaf) => !reads.includes(leaf));
  for (const other of OTHERS) {
    if (answerTo(policy.evaluate(changed(unread, other))) === expected) continue;
    throw new PolicyRefused(
      '.manifest',
      'The policy reads more of its input than `metadata.postern.reads` says: build the bundle anew.',
    );
  }
}

/** An evaluation that fails has an answer as well: that it fails. */
function answerTo(evaluation: Evaluation): string {
  return evaluation.ok ? evaluation.output : '';
}

function changed(leaves: readonly InputLeaf[], value: unknown): string {
  const input: unknown = JSON.parse(ORDINARY);
  for (const leaf of leaves) {
    const members = leaf.split('.');
    const last = members.pop() ?? '';
    let parent = input;
    for (const member of members) parent = Reflect.get(Object(parent), member);
    Reflect.set(Object(parent), last, value);
  }
  return JSON.stringify(input);
}
