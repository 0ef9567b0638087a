// Tells the log once when connections can no longer be accepted because no file can be opened, and once when
// they can again. The limit is the process's, so that one look is for all of its threads.
import { descriptorProblem } from '../ops/descriptors.ts';
import type { Log } from '../ops/log.ts';

const LOOK_MS = 500;

/** Looks every so often. Returns how to end that. */
export function watchDescriptors(log: Log): () => void {
  let told: string | null = null;
  const timer = setInterval(() => {
    const problem = descriptorProblem();
    if (problem === told) return;
    told = problem;
    if (problem === null) log.write('warn', 'connections_accepted_again');
    else log.write('error', 'connections_refused', { problem });
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
