/**
 * The ledger under random requests, faults, crashes, restarts and clock jumps: no answer without its
 * record, no counter without a record, the tree whole, time never back. SEED=<number> repeats a run.
 */
import { expect, test } from 'vitest';
import { campaignRuns } from '../support/campaign.ts';
import { LedgerSimulation } from '../support/ledger-simulation.ts';
import { LedgerWorld } from '../support/ledger-world.ts';
import { randomFrom } from '../support/random-from.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const STEPS = 250;
const { seed, numRuns } = campaignRuns(8);

test.for(Array.from({ length: numRuns }, (_, run) => [seed + run] as const))(
  'what was answered stands in the log, and counters agree with it (seed %i)',
  ([ownSeed]) => {
    const simulation = new LedgerSimulation(new LedgerWorld(temporaryDirectory()), randomFrom(ownSeed));
    for (let step = 0; step < STEPS; step++) simulation.step();
    simulation.end();
    expect(simulation.answered).toBeGreaterThan(50);
    expect(simulation.crashes).toBeGreaterThan(0);
    expect(simulation.faults).toBeGreaterThan(0);
  },
);
