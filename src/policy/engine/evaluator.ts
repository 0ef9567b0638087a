// A policy ready to evaluate: one live instance and a spare. Whatever goes wrong in an evaluation ends its
// instance and the spare takes its place, so that no failure can change a later answer or stop them.
import type { PlanLimits } from '../../core/limit.ts';
import type { Evaluation, PolicyEvaluator } from '../../pdp/evaluation-port.ts';
import type { RememberedOutcomes } from '../../pdp/remembered-outcomes.ts';
import { type InstanceParts, PolicyInstance } from './instance.ts';

export interface EvaluatorIdentity {
  readonly revision: string;
  readonly generation: number;
  readonly plans: ReadonlyMap<string, PlanLimits>;
  readonly remembered: RememberedOutcomes | null;
}

/** Runs a task soon, but not now. */
export type Later = (task: () => void) => void;

/** After the events that wait now. It does not keep a stopping process alive. */
const soon: Later = (task) => {
  setImmediate(task).unref();
};

export class WasmEvaluator implements PolicyEvaluator {
  readonly revision: string;
  readonly generation: number;
  readonly plans: ReadonlyMap<string, PlanLimits>;
  readonly remembered: RememberedOutcomes | null;
  readonly #parts: InstanceParts;
  readonly #later: Later;
  #live: PolicyInstance | null;
  #spare: PolicyInstance | null;
  #isSpareOrdered = false;
  #failures = 0;
  #recycled = 0;

  /** Throws PolicyRefused when the module or its data cannot run within the limits. */
  constructor(identity: EvaluatorIdentity, parts: InstanceParts, later: Later = soon) {
    this.revision = identity.revision;
    this.generation = identity.generation;
    this.plans = identity.plans;
    this.remembered = identity.remembered;
    this.#parts = parts;
    this.#later = later;
    this.#live = new PolicyInstance(parts);
    this.#spare = new PolicyInstance(parts);
  }

  /** Instances ended by a failed evaluation since the start. For metrics. */
  get failures(): number {
    return this.#failures;
  }

  /** Instances replaced because their memory had grown. For metrics. */
  get recycled(): number {
    return this.#recycled;
  }

  evaluate(input: string): Evaluation {
    const instance = this.#live ?? this.#spare ?? this.#build();
    if (instance === null) return { ok: false, problem: 'no instance could be made' };
    const evaluation = instance.evaluate(input);
    if (instance.state === 'usable') this.#live = instance;
    else this.#replace(instance);
    return evaluation;
  }

  #replace(ended: PolicyInstance): void {
    if (ended.state === 'failed') this.#failures += 1;
    else this.#recycled += 1;
    this.#live = this.#spare === ended ? null : this.#spare;
    this.#spare = null;
    this.#orderSpare();
  }

  #orderSpare(): void {
    if (this.#isSpareOrdered) return;
    this.#isSpareOrdered = true;
    this.#later(() => {
      this.#isSpareOrdered = false;
      this.#live ??= this.#build();
      this.#spare ??= this.#build();
    });
  }

  /** null when the machine has no memory left for one; the next evaluation tries again. */
  #build(): PolicyInstance | null {
    try {
      return new PolicyInstance(this.#parts);
    } catch {
      return null;
    }
  }
}
