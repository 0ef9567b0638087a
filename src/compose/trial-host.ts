// Tries a policy on a thread of its own, which it ends in time: the first that ever runs a module's code.
// Never on the main thread, whose calls, signals and watchdog a module without end would stop.
import { Worker } from 'node:worker_threads';
import type { InputLeaf } from '../core/input-leaves.ts';
import type { PolicyProblem } from '../pdp/admin-port.ts';
import type { EngineLimits } from '../policy/engine/instance.ts';
import type { WasmModule } from '../policy/webassembly-api.ts';

/** What crosses to a thread that is to evaluate it. */
export interface CandidatePayload {
  readonly module: WasmModule;
  /** JSON text of the bundle's data. */
  readonly data: string;
  /** What the policy reads of its input; null when the bundle does not say. */
  readonly reads: readonly InputLeaf[] | null;
}

/** Handed to the thread that tries a candidate. */
export interface TrialStart {
  readonly role: 'trial';
  readonly payload: CandidatePayload;
  readonly revision: string;
  /** Bounds its memory, as it will be bounded when it decides. */
  readonly limits: EngineLimits;
}

/** Milliseconds that a candidate may take to load and answer its self-tests. */
const TRIAL_MS_MAX = 5_000;
/** Of the thread's own heap, besides the memory of the module. */
const HEAP_MB_MAX = 64;

export interface TrialOptions {
  readonly entry: URL;
  /** false: the process may end meanwhile, and the trial with it, unanswered. */
  readonly keepsProcess: boolean;
}

/** Loads a candidate and lets it answer its self-tests. Resolves with what was wrong, if anything. */
export function tryCandidate(
  candidate: Omit<TrialStart, 'role'>,
  { entry, keepsProcess }: TrialOptions,
): Promise<readonly PolicyProblem[]> {
  const start: TrialStart = { role: 'trial', ...candidate };
  return new Promise((resolve) => {
    const worker = new Worker(entry, {
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
    });
    const end = (problems: readonly PolicyProblem[]) => {
      clearTimeout(timer);
      worker.removeAllListeners();
      worker.terminate().then(() => resolve(problems));
    };
    const refuse = (message: string) => end([{ file: 'policy.wasm', line: 0, message }]);
    const timer = setTimeout(
      () => refuse(`Loading the module and its self-tests did not end within ${TRIAL_MS_MAX} ms.`),
      TRIAL_MS_MAX,
    );
    worker.once('message', (problems: readonly PolicyProblem[]) => end(problems));
    worker.once('error', (error) => refuse(`The trial failed: ${error.message}`));
    worker.once('exit', () => refuse('The trial ended without an answer.'));
    // Last: to listen to a thread keeps the process again.
    if (!keepsProcess) {
      worker.unref();
      timer.unref();
    }
  });
}
