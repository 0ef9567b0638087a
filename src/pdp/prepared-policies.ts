// The policies that one evaluator can serve: the one in force and those that may follow. Which one is in
// force is read from the control block at the start of each check, so a switch needs no message.
import type { ControlBlock } from './control-block.ts';
import type { ActivePolicy, PolicyEvaluator } from './evaluation-port.ts';

/** Keeps prepared policies by generation; forgets those before the one in force. */
export class PreparedPolicies implements ActivePolicy {
  readonly #control: ControlBlock;
  readonly #prepared = new Map<number, PolicyEvaluator>();
  #current: PolicyEvaluator | null = null;

  constructor(control: ControlBlock) {
    this.#control = control;
  }

  /** Makes a policy available. It serves once its generation is published. */
  add(policy: PolicyEvaluator): void {
    this.#prepared.set(policy.generation, policy);
  }

  /**
   * INVARIANT: never a policy of another generation than the published one. While that one is not here
   * (its message is still on the way) there is none, and the check is UNAVAILABLE.
   */
  current(): PolicyEvaluator | null {
    const generation = this.#control.generation();
    if (this.#current?.generation === generation) return this.#current;
    this.#current = this.#prepared.get(generation) ?? null;
    if (this.#current === null) return null;
    for (const earlier of this.#prepared.keys()) if (earlier < generation) this.#prepared.delete(earlier);
    return this.#current;
  }
}
