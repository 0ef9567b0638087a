// What an evaluator thread needs of the configuration: plain values, so that they cross threads. The
// configuration itself stays on the main thread.
import type { Environment } from '../core/registry.ts';

/** The part of the configuration that decides how an evaluator answers. */
export interface EvaluatorOptions {
  readonly environment: Environment;
  readonly dataDirectory: string;
  readonly keyPrefix: string;
  readonly keyPatterns: readonly string[];
  readonly ipv6PrefixBits: number;
  /** Calls that may wait for the ledger, for each evaluator. */
  readonly queueMax: number;
  /** Items in one message to the ledger. */
  readonly groupMax: number;
  readonly policy: {
    readonly inputBytesMax: number;
    readonly memoryBytesMax: number;
    readonly memoryRecycleBytes: number;
  };
  readonly rememberedAnswersMax: number;
  readonly grpc: {
    readonly reflection: boolean;
    readonly messageBytesMax: number;
    readonly concurrentStreamsMax: number;
    readonly connectionsMax: number;
    readonly connectionIdleMs: number;
    readonly connectionAgeMsMax: number;
    readonly defaultDeadlineMs: number;
    readonly graceMs: number;
  };
}
