// Ends an evaluation that takes too long. WASM has no fuel yet, so the only way is to end its thread;
// the watchdog only tells when, from the slots of the control block, and never decides anything else.
import type { ControlBlock } from '../pdp/control-block.ts';

export interface WatchdogParts {
  readonly control: ControlBlock;
  /** Milliseconds an evaluation may take. */
  readonly evaluationMsMax: number;
  readonly monoUs: () => number;
  /** Called once for each evaluation that is over its time. */
  readonly onOverrun: (evaluator: number) => void;
}

/**
 * Looks at every slot four times within the limit. An overrun is believed when two looks see the same
 * evaluation beyond it: after a pause of the whole process (a suspended machine, a stopped container)
 * the first look would blame an evaluation that has not run at all. Returns how to stop it.
 */
export function startWatchdog(parts: WatchdogParts): () => void {
  const { control, evaluationMsMax } = parts;
  const suspected = new Float64Array(control.evaluators);
  const reported = new Float64Array(control.evaluators);
  const look = () => {
    const nowMonoUs = parts.monoUs();
    for (let number = 0; number < control.evaluators; number += 1) {
      const slot = control.evaluation(number);
      if (slot === null || slot.startedMonoUs === reported[number]) continue;
      if (nowMonoUs - slot.startedMonoUs <= evaluationMsMax * 1_000) continue;
      if (suspected[number] !== slot.startedMonoUs) {
        suspected[number] = slot.startedMonoUs;
        continue;
      }
      reported[number] = slot.startedMonoUs;
      parts.onOverrun(number);
    }
  };
  const timer = setInterval(look, Math.max(1, Math.floor(evaluationMsMax / 4)));
  timer.unref();
  return () => clearInterval(timer);
}
