// An evaluator begins with what it needs to answer, or not at all: real threads over a real registry.
import { MessageChannel } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { LedgerWorld } from '../../test/support/ledger-world.ts';
import { temporaryDirectory } from '../../test/support/temporary-directory.ts';
import { loadConfig } from '../config.ts';
import { ControlBlock } from '../pdp/control-block.ts';
import { webAssembly } from '../policy/webassembly-api.ts';
import { ENTRY } from './entry.ts';
import { EvaluatorPool } from './evaluator-pool.ts';
import { evaluatorOptions } from './options.ts';

/** A module without anything in it. */
const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const GENERATION = 3;

/** A pool of one whose only policy, of this generation, cannot be prepared. */
async function poolWithBadPolicy(generation: number) {
  const dataDirectory = temporaryDirectory();
  new LedgerWorld(dataDirectory).open().close();
  const config = loadConfig({
    file: null,
    env: {},
    overrides: [],
    workingDirectory: dataDirectory,
  });
  const control = ControlBlock.create(1);
  control.publishGeneration(GENERATION);
  const payload = { module: await webAssembly.compile(EMPTY_MODULE), data: '{}', reads: null };
  const named = { revision: 'bad', digest: '', source: '', trust: 'unsigned', plans: [] };
  const { port1, port2 } = new MessageChannel();
  const pool = new EvaluatorPool({
    entry: ENTRY,
    count: 1,
    options: { ...evaluatorOptions(config), dataDirectory },
    control,
    tcp: null,
    socketPath: null,
    memoryMbMax: 64,
    pepper: Buffer.alloc(32, 7),
    connectLedger: () => port1,
    startingPolicies: () => [{ generation, candidate: { ...named, payload } }],
    onCounts: () => undefined,
    onLog: () => undefined,
    onLost: () => undefined,
    settle: async () => undefined,
  });
  onTestFinished(async () => {
    await pool.stop(100);
    port2.close();
  });
  return pool;
}

test('an evaluator does not start while the policy in force cannot be prepared', async () => {
  const pool = await poolWithBadPolicy(GENERATION);
  await expect(pool.start()).rejects.toThrow(/^the policy in force cannot be prepared: /);
});

test('an evaluator starts when only the policy that is to follow cannot be prepared', async () => {
  const pool = await poolWithBadPolicy(GENERATION + 1);
  await expect(pool.start()).resolves.toBeUndefined();
});
