// A sidecar in this process: starts its threads in order, and ends them in the order that loses nothing.
// A failed start ends what was started before it.
import { dirname } from 'node:path';
import type { Config } from '../config.ts';
import { PosternError } from '../core/error.ts';
import { wallUs } from '../ops/clock.ts';
import type { Log } from '../ops/log.ts';
import { Metrics } from '../ops/metrics.ts';
import { makePrivateDirectory, UnsafeDirectory } from '../ops/private-directory.ts';
import { ControlBlock } from '../pdp/control-block.ts';
import { holdDataDirectory } from '../storage/data-directory.ts';
import type { LedgerEvent } from '../storage/ledger-options.ts';
import { openAdmin } from './admin.ts';
import { openDataDirectory } from './data-secrets.ts';
import { ENTRY } from './entry.ts';
import { EvaluatorPool } from './evaluator-pool.ts';
import { guardEvaluations, settleSlot } from './guard-evaluations.ts';
import { ledgerEventLine } from './ledger-event-line.ts';
import { startLedger } from './ledger-host.ts';
import { metricsSources, openOps } from './ops-server.ts';
import { evaluatorOptions, ledgerStart } from './options.ts';
import { createPolicies, startPolicies } from './policies.ts';
import { startReader } from './reader-host.ts';
import { requireAddresses } from './require-addresses.ts';
import { notReadyBecause, type SidecarParts } from './sidecar-parts.ts';
import { Teardown } from './teardown.ts';
import { watchDescriptors } from './watch-descriptors.ts';
import { beginThreads } from './young-generation.ts';

export interface SidecarOptions {
  readonly config: Config;
  readonly version: string;
  readonly log: Log;
  /** Nothing can be recorded any more; the process must end. */
  readonly onFatal: (problem: string) => void;
}

/** A sidecar that answers. */
export interface Sidecar {
  /** `unix:/…` and `host:port`. */
  readonly decisionAddresses: readonly string[];
  /** `unix:/…`. */
  readonly admin: string;
  /** `host:port`; null: off. */
  readonly ops: string | null;
  /** Ends it; what was accepted is answered, within the grace period. */
  stop(): Promise<void>;
}

/** How often readiness is told to health checks over gRPC. */
const HEALTH_MS = 250;

/** @throws PosternError, ListenRefused: a sentence for the operator. */
export async function startSidecar(options: SidecarOptions): Promise<Sidecar> {
  const teardown = new Teardown();
  try {
    return await compose(options, teardown);
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function compose(options: SidecarOptions, teardown: Teardown): Promise<Sidecar> {
  const { config } = options;
  const held = holdDataDirectory(config.data.directory);
  teardown.add(() => held.release());
  makeSocketDirectories(config);
  await requireAddresses(config);
  const pepper = openDataDirectory(config.data.directory);
  const parts = await startThreads(options, pepper, teardown);
  await startPolicies(parts.policies, { ...parts, writer: parts.ledger.client }, teardown);
  const admin = await openAdmin(parts, pepper, teardown);
  const ops = await openOps(parts, teardown);
  await parts.pool.listen();
  const health = setInterval(() => {
    const isReady = notReadyBecause(parts).length === 0;
    parts.pool.setServing(isReady);
    admin.setServing(isReady);
  }, HEALTH_MS);
  teardown.add(() => clearInterval(health));
  teardown.add(watchDescriptors(options.log));
  parts.pool.setServing(true);
  admin.setServing(true);
  return {
    decisionAddresses: parts.pool.addresses(),
    admin: `unix:${config.listeners.admin.socket}`,
    ops,
    stop: () => teardown.run(),
  };
}

/** Threads in the order in which they need each other. */
async function startThreads(
  options: SidecarOptions,
  pepper: Uint8Array,
  teardown: Teardown,
): Promise<SidecarParts> {
  const { config, log, version } = options;
  const startedAtUs = wallUs();
  const control = ControlBlock.create(config.evaluators.count);
  const metrics = new Metrics(metricsSources(() => parts));
  teardown.add(() => metrics.close());
  beginThreads('ledger');
  const ledger = await startLedger({
    entry: ENTRY,
    start: ledgerStart({ config, control, pepper, version }),
    onEvent: (event) => hearLedger(event, options, metrics),
    onLost: (problem) => options.onFatal(`the ledger ended: ${problem}`),
  });
  teardown.add(() => ledger.stop());
  beginThreads('other');
  const reader = await startReader({
    entry: ENTRY,
    start: { control: control.buffer, evaluators: control.evaluators, dataDirectory: config.data.directory },
    onProblem: (problem) => log.write('warn', 'audit_reader_problem', { problem }),
  });
  teardown.add(() => reader.stop());
  const pool = new EvaluatorPool({
    entry: ENTRY,
    count: config.evaluators.count,
    options: evaluatorOptions(config),
    control,
    tcp: config.listeners.decision.tcp,
    socketPath: config.listeners.decision.socket,
    memoryMbMax: config.evaluators.memoryMbMax,
    pepper,
    connectLedger: () => ledger.client.connect(),
    startingPolicies: () => policies.startingPolicies(),
    onCounts: (_evaluator, counts) => {
      metrics.addDecisions(counts.decisions);
      metrics.addErrors(counts.errors);
      metrics.addPolicyAnswers(counts.answers);
      metrics.addPolicyFailures(counts.policyFailures);
      metrics.addPolicyOverruled(counts.policyOverruled);
      metrics.addRowMacMismatches(counts.rowMacMismatches);
    },
    onLog: (level, event, facts) => log.write(level, event, facts),
    onLost: (evaluator, why) => {
      metrics.evaluatorRestarted(why);
      log.write('error', 'evaluator_lost', { evaluator, why });
    },
    settle: (evaluator) => settleSlot(parts, evaluator),
  });
  const policies = createPolicies({ config, log, metrics, control, pool, writer: ledger.client });
  const parts = { config, version, startedAtUs, log, metrics, control, ledger, reader, pool, policies };
  // Ended after the pool: an evaluation that does not end is ended also while the others drain.
  teardown.add(guardEvaluations(parts));
  teardown.add(() => pool.stop(config.grpc.graceMs));
  beginThreads('evaluator');
  await pool.start();
  return parts;
}

function hearLedger(heard: LedgerEvent, options: SidecarOptions, metrics: Metrics): void {
  if (heard.kind === 'row_damaged') metrics.addRowMacMismatches(1);
  const { level, event, facts } = ledgerEventLine(heard);
  options.log.write(level, event, facts);
  if (heard.kind === 'damaged') options.onFatal('the ledger is damaged');
}

/** The directory of a default decision socket is ours; one that the operator chose is taken as it is. */
function makeSocketDirectories(config: Config): void {
  const { admin, decision } = config.listeners;
  const adminDirectory = dirname(admin.socket);
  const decisionDirectory = decision.socket === null ? '' : dirname(decision.socket);
  try {
    if (dirname(adminDirectory) === decisionDirectory) makePrivateDirectory(decisionDirectory);
    makePrivateDirectory(adminDirectory);
  } catch (cause) {
    const problem = cause instanceof UnsafeDirectory ? cause.message : `${adminDirectory} cannot be made`;
    throw new PosternError('storage_unavailable', `The admin socket would not be private: ${problem}.`, {
      cause,
    });
  }
}
