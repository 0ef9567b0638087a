/**
 * The ledger under random requests, faults, crashes, restarts and clock jumps: no answer without its
 * record, no counter without a record, the tree whole, time never back, nothing that was revoked passes.
 * SEED=<number> repeats a run.
 */
import { afterAll, expect, test } from 'vitest';
import { campaignRuns } from '../support/campaign.ts';
import { LedgerSimulation } from '../support/ledger-simulation.ts';
import { LedgerWorld } from '../support/ledger-world.ts';
import { randomFrom } from '../support/random-from.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const STEPS = 250;
const { seed, numRuns } = campaignRuns(10);
const sums = { answered: 0, allowed: 0, faults: 0, crashes: 0, restarts: 0 };

test.for(Array.from({ length: numRuns }, (_, run) => [seed + run] as const))(
  'what was answered stands in the log, and counters agree with it (seed %i)',
  ([ownSeed]) => {
    const simulation = new LedgerSimulation(new LedgerWorld(temporaryDirectory()), randomFrom(ownSeed));
    for (let step = 0; step < STEPS; step++) simulation.step();
    simulation.end();
    expect(simulation.answered).toBeGreaterThan(50);
    for (const sum of ['answered', 'allowed', 'faults', 'crashes', 'restarts'] as const)
      sums[sum] += simulation[sum];
  },
);

afterAll(() => {
  const counted = Object.entries(sums).map(([name, count]) => `${count} ${name}`);
  process.stderr.write(`simulation: ${numRuns} seeds, ${numRuns * STEPS} steps, ${counted.join(', ')}\n`);
  // Never a fault or a crash in so many steps: the simulation would be none.
  for (const count of Object.values(sums)) expect(count).toBeGreaterThan(numRuns);
});
