// What each thread is started with: plain values, told apart by `role`.
import type { EvaluatorStart } from './evaluator-protocol.ts';
import type { LedgerStart } from './ledger.ts';
import type { ReaderStart } from './reader.ts';
import type { TrialStart } from './trial-host.ts';

export type ThreadStart = EvaluatorStart | LedgerStart | ReaderStart | TrialStart;
