// The thread on which a policy candidate is tried. Whoever started it ends it in time.
import { parentPort } from 'node:worker_threads';
import { prepareEvaluator } from '../policy/engine/prepare.ts';
import type { TrialStart } from './trial-host.ts';

/** Loads the candidate, lets it answer its self-tests and reports what was wrong. */
export function runTrial(start: TrialStart): void {
  const { module, data, reads } = start.payload;
  const prepared = prepareEvaluator({
    module,
    data,
    reads,
    revision: start.revision,
    generation: 0,
    limits: start.limits,
  });
  parentPort?.postMessage(prepared.ok ? [] : prepared.problems);
}
