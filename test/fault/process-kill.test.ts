/**
 * `kill -9` at random moments under load, over and over on one data directory: whatever was answered is in
 * the log byte for byte, the tree verifies, no counter was refilled, windows were closed. Sampled; 50 kills
 * and more under CAMPAIGN=full. SEED repeats the moments.
 */
import { expect, test } from 'vitest';
import { campaignRuns } from '../support/campaign.ts';
import { CheckLoad, type Lane, type LaneKind } from '../support/check-load.ts';
import { CountedLimits } from '../support/counted-limits.ts';
import { KilledLog } from '../support/killed-log.ts';
import { randomFrom } from '../support/random-from.ts';
import { newPlace, type RunningSidecar, startSidecar } from '../support/sidecar.ts';
import { readRecords, verifyLog } from '../support/sidecar-log.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

const SAMPLE_KILLS = 5;
/** A kill comes this long after the load began, at most. */
const LIFE_MS_MAX = 600;

interface Keys {
  /** Of a plan without limits to speak of. */
  readonly free: string;
  /** Two of a plan that refuses most of the load. */
  readonly limited: string;
  readonly spent: string;
}

async function createKeys({ admin }: RunningSidecar): Promise<Keys> {
  await createCompany(admin, 'cmp_aurora');
  await createCompany(admin, 'cmp_borealis', 'standard');
  const free = await createKey(admin, 'cmp_aurora');
  const limited = await createKey(admin, 'cmp_borealis');
  const spent = await createKey(admin, 'cmp_borealis');
  return { free: free.secret, limited: limited.secret, spent: spent.secret };
}

/** Every way to ask, over both listeners; some are denied, limited, or counted in a window. */
function lanesOver(sidecar: RunningSidecar, keys: Keys): Lane[] {
  const lane = (kind: LaneKind, operation: string, apiKey?: string): Lane => ({
    kind,
    client: kind === 'stream' ? sidecar.unixClient() : sidecar.tcpClient(),
    question: () => ({ operation, source: { ip: '192.0.2.7' }, ...(apiKey === undefined ? {} : { apiKey }) }),
  });
  return [
    { ...lane('unary', 'payments.create', keys.free), client: sidecar.host },
    lane('unary', 'payments.create', keys.free),
    lane('batch', 'payments.create', keys.free),
    lane('stream', 'payments.read', keys.free),
    lane('unary', 'exports.create', keys.limited),
    lane('batch', 'results.poll', keys.limited),
    // Faster than the key's base limit fills, so that it is used up whenever the kill comes.
    lane('batch', 'session.read', keys.spent),
    lane('unary', 'payments.create'),
    lane('batch', 'payments.create', 'no key at all'),
  ];
}

/** Puts the sidecar under load and kills it as soon as an answer comes after the moment. */
async function killUnderLoad(
  sidecar: RunningSidecar,
  lanes: readonly Lane[],
  afterMs: number,
  log: KilledLog,
) {
  let killed: Promise<void> | null = null;
  const ordered = Promise.withResolvers<void>();
  const errors = new Set<string>();
  const startMs = performance.now();
  const load = new CheckLoad({
    lanes,
    mark: () => null,
    onAnswer: (answer) => {
      log.answered(answer);
      if (killed !== null || performance.now() - startMs < afterMs) return;
      killed = sidecar.kill();
      ordered.resolve();
    },
    onError: (error) => errors.add(error.message),
  });
  // A load that ended by itself would otherwise be waited for without end.
  await Promise.race([ordered.promise, load.ended]);
  if (killed === null) throw new Error(`the load ended before the kill: ${[...errors].join('; ')}`);
  await killed;
  await load.ended;
}

test('kill -9 under load loses no answer, refills no counter and leaves a log that verifies', async () => {
  const { numRuns, seed } = campaignRuns(SAMPLE_KILLS);
  const random = randomFrom(seed);
  const log = new KilledLog();
  const limits = new CountedLimits();
  let sidecar = await startSidecar(await newPlace());
  const keys = await createKeys(sidecar);
  for (let kill = 1; kill <= numRuns; kill += 1) {
    const afterMs = Math.floor(random() * LIFE_MS_MAX);
    const context = `kill ${kill} of seed ${seed}, after ${afterMs} ms`;
    await killUnderLoad(sidecar, lanesOver(sidecar, keys), afterMs, log);
    sidecar = await startSidecar(sidecar.place);
    const records = await readRecords(sidecar.admin, log.size);
    expect(log.problemsAfterRestart(records), context).toEqual([]);
    expect(limits.problems(records), context).toEqual([]);
    const verified = await verifyLog(sidecar.admin);
    expect(verified, context).toMatchObject({ ok: true });
  }
  expect(log.answers).toBeGreaterThan(numRuns * 20);
  expect(log.windowsClosed).toBeGreaterThan(0);
  expect(limits.refused).toBeGreaterThan(numRuns);
});
