// From the one configuration to the small options of each part.
import type { Config } from '../config.ts';
import type { ControlBlock } from '../pdp/control-block.ts';
import type { EngineLimits } from '../policy/engine/instance.ts';
import type { EvaluatorOptions } from './evaluator-options.ts';
import type { LedgerStart } from './ledger.ts';

const MINUTE_MS = 60_000;
/** Connections are drained and opened anew about this often, so that clients spread over evaluators. */
const CONNECTION_AGE_MS_MAX = 30 * MINUTE_MS;

/** Bounds of a policy instance. */
export function engineLimits(config: Config): EngineLimits {
  const { inputBytesMax, memoryBytesMax } = config.policy;
  return { inputBytesMax, memoryBytesMax, memoryRecycleBytes: Math.floor(memoryBytesMax / 2) };
}

/** What an evaluator needs. */
export function evaluatorOptions(config: Config): EvaluatorOptions {
  const { reflection, messageBytesMax, concurrentStreamsMax, connectionsMax } = config.grpc;
  const { connectionIdleMs, defaultDeadlineMs, graceMs } = config.grpc;
  return {
    environment: config.environment,
    dataDirectory: config.data.directory,
    keyPrefix: config.keys.prefix,
    keyPatterns: config.keys.acceptedPatterns,
    ipv6PrefixBits: config.limits.sourceFailures.ipv6PrefixBits,
    queueMax: config.evaluators.queueMax,
    groupMax: config.ledger.groupMax,
    policy: engineLimits(config),
    rememberedAnswersMax: config.policy.rememberedAnswersMax,
    grpc: {
      reflection,
      messageBytesMax,
      concurrentStreamsMax,
      connectionsMax,
      connectionIdleMs,
      connectionAgeMsMax: CONNECTION_AGE_MS_MAX,
      defaultDeadlineMs,
      graceMs,
    },
  };
}

/** What the ledger needs. */
export function ledgerStart(parts: {
  readonly config: Config;
  readonly control: ControlBlock;
  readonly pepper: Uint8Array;
  readonly version: string;
}): Omit<LedgerStart, 'role' | 'port'> {
  const { config, control, pepper, version } = parts;
  const { count, periodMs, burst } = config.limits.sourceFailures;
  return {
    control: control.buffer,
    evaluators: control.evaluators,
    dataDirectory: config.data.directory,
    durability: config.ledger.durability,
    software: `postern ${version}`,
    pepper,
    rules: { ...config.audit, sourceFailures: { count, periodMs, burst } },
    clock: config.clock,
    groupMax: config.ledger.groupMax,
    queueMax: config.ledger.queueMax,
  };
}
