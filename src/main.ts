// The process: finds out which thread this is and runs its part. No logic: what runs is composed in
// `compose/`. Imports are made when needed, so that a thread loads nothing of the others.
import { isMainThread, workerData } from 'node:worker_threads';
import type { ThreadStart } from './compose/thread-start.ts';

async function runThread(start: ThreadStart): Promise<void> {
  switch (start.role) {
    case 'evaluator': {
      const { runEvaluator } = await import('./compose/evaluator.ts');
      return runEvaluator(start);
    }
    case 'ledger': {
      const { runLedger } = await import('./compose/ledger.ts');
      return runLedger(start);
    }
    case 'reader': {
      const { runReader } = await import('./compose/reader.ts');
      return runReader(start);
    }
    case 'trial': {
      const { runTrial } = await import('./compose/trial.ts');
      return runTrial(start);
    }
  }
}

async function runCommand(): Promise<void> {
  const { runCommandLine } = await import('./compose/command-line.ts');
  process.exitCode = await runCommandLine(process.argv.slice(2));
}

await (isMainThread ? runCommand() : runThread(workerData as ThreadStart));
