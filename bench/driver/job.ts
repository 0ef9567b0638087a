// What the benchmark asks a load generator to run, and what it hears back. Plain values: they cross processes.
import type { Draw } from '../workload/key-draw.ts';
import type { Address } from './socket-input.ts';

export type Protocol =
  | 'echo'
  | 'echo-stream'
  | 'postern-check'
  | 'postern-batch'
  | 'postern-stream'
  | 'cerbos-check'
  | 'opa-rest';

export interface Workload {
  readonly protocol: Protocol;
  readonly keys: number;
  readonly draw: Draw;
  /** Of the draw. */
  readonly seed: number;
  /** Prepared calls: they are replayed in turn. */
  readonly calls: number;
  /** Decisions of one call. */
  readonly items: number;
}

export interface LoadJob {
  readonly address: Address;
  /** Process under test, whose CPU time is read. */
  readonly pid: number;
  readonly connections: number;
  /** Calls in flight in a closed loop; calls that may be outstanding in an open one. */
  readonly inFlight: number;
  /** Calls a second, paced; null: as fast as answers come back. */
  readonly callsPerSecond: number | null;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Place of the first prepared call. */
  readonly firstCall: number;
}

/** Milliseconds. */
export interface LatencySummary {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface LoadResult {
  /** Calls that came back within the measured time. */
  readonly calls: number;
  /** All calls of the run. */
  readonly allCalls: number;
  /** Decisions whose effect was the expected one. */
  readonly rightDecisions: number;
  /** Calls that were answered wrongly, refused, or not at all. */
  readonly wrongCalls: number;
  /** Request id of the first of them, or empty. */
  readonly firstWrong: string;
  readonly seconds: number;
  /** Of the process under test. */
  readonly cpuSeconds: number;
  readonly driverCpuSeconds: number;
  readonly latency: LatencySummary;
}

export type ToDriver =
  | { readonly kind: 'prepare'; readonly workload: Workload }
  | { readonly kind: 'run'; readonly job: LoadJob };

export type FromDriver =
  | { readonly kind: 'prepared'; readonly calls: number }
  | { readonly kind: 'result'; readonly result: LoadResult }
  | { readonly kind: 'failed'; readonly problem: string };
