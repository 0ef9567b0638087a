// How much a thread allocates between two small collections. bin/postern.mjs keeps it as small as V8 begins
// with, for every thread; those that work for every check allocate so much that this would cost them dearly.
import { setFlagsFromString } from 'node:v8';

/**
 * Half of the young generation, in MB. Evaluators: 4 are 8 MB less and cost streams an eighth of their CPU and
 * batches 4 %, 1 costs all calls a fifth. The ledger's messages and records live for a group: 1 costs an eighth.
 */
const SEMI_SPACE_MB = { evaluator: 8, ledger: 2, other: 1 } as const;

/** Threads that are started from now on have one of this kind. V8 reads it when it makes a thread's heap. */
export function beginThreads(kind: keyof typeof SEMI_SPACE_MB): void {
  setFlagsFromString(`--min-semi-space-size=${SEMI_SPACE_MB[kind]}`);
}
