// A sidecar whose ledger makes every leaf and writes none: what is left shows what the audit log costs. It is
// composed from the product's parts, here, so that nothing in src/ can be switched to it. It has no reader
// and no admin side, and never runs over a data directory that is needed afterwards.
import { openDataDirectory } from '../../../src/compose/data-secrets.ts';
import { EMBEDDED_POLICY, ENTRY } from '../../../src/compose/entry.ts';
import { EvaluatorPool } from '../../../src/compose/evaluator-pool.ts';
import { startLedger } from '../../../src/compose/ledger-host.ts';
import { engineLimits, evaluatorOptions, ledgerStart } from '../../../src/compose/options.ts';
import { loadCandidate } from '../../../src/compose/policy-loading.ts';
import type { CandidatePayload } from '../../../src/compose/trial-host.ts';
import { beginThreads } from '../../../src/compose/young-generation.ts';
import { loadConfig } from '../../../src/config.ts';
import { monoUs } from '../../../src/ops/clock.ts';
import { ControlBlock } from '../../../src/pdp/control-block.ts';
import { PolicyControl } from '../../../src/pdp/policy-control.ts';

const LEDGER_ENTRY = new URL('./null-writer-ledger.ts', import.meta.url);

const config = loadConfig({ file: null, env: process.env, overrides: [], workingDirectory: process.cwd() });
const pepper = openDataDirectory(config.data.directory);
const control = ControlBlock.create(config.evaluators.count);

function fail(problem: string): void {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

const ledger = await startLedger({
  entry: LEDGER_ENTRY,
  start: ledgerStart({ config, control, pepper, version: 'null-writer' }),
  onEvent: (event) => fail(event.kind),
  onLost: fail,
});
const pool = new EvaluatorPool({
  entry: ENTRY,
  count: config.evaluators.count,
  options: evaluatorOptions(config),
  control,
  tcp: config.listeners.decision.tcp,
  socketPath: null,
  memoryMbMax: config.evaluators.memoryMbMax,
  pepper,
  connectLedger: () => ledger.client.connect(),
  startingPolicies: () => policies.startingPolicies(),
  onCounts: () => undefined,
  onLog: (_level, event, facts) => fail(`${event} ${JSON.stringify(facts)}`),
  settle: async () => undefined,
  onLost: (evaluator) => fail(`evaluator ${evaluator} was lost`),
});
const policies: PolicyControl<CandidatePayload> = new PolicyControl<CandidatePayload>({
  source: EMBEDDED_POLICY,
  load: () => loadCandidate({ path: EMBEDDED_POLICY, entry: ENTRY, limits: engineLimits(config) }),
  prepare: (numbered) => pool.prepare(numbered),
  writer: ledger.client,
  nowUs: () => control.nowUs(monoUs()),
  onActivated: () => undefined,
  onRefused: (status) => fail(JSON.stringify(status.lastRefusal)),
});

async function stop(): Promise<void> {
  await pool.stop(config.grpc.graceMs);
  await ledger.stop();
}

beginThreads('evaluator');
await pool.start();
await policies.reload();
await pool.listen();
pool.setServing(true);
process.once('SIGTERM', () => void stop());
