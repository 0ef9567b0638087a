// Who is measured, how it is asked, and what one measurement says.
import type { LatencySummary, Protocol } from '../driver/job.ts';
import type { Draw } from '../workload/key-draw.ts';

export type ServerId =
  | 'echo'
  | 'postern'
  | 'postern-process'
  | 'postern-null'
  | 'postern-evaluating'
  | 'postern-two'
  | 'postern-million'
  | 'cerbos'
  | 'cerbos-audit'
  | 'cerbos-audit-file'
  | 'opa';

/** A server under one kind of load. */
export interface Contestant {
  readonly id: string;
  readonly title: string;
  readonly server: ServerId;
  readonly protocol: Protocol;
  /** Decisions of one call. */
  readonly items: number;
  /** `unseen`: of many, and each call with a key that the server has not seen yet. */
  readonly keys: 'few' | 'many' | 'unseen';
  readonly draw: Draw;
  readonly connections: number;
  readonly inFlight: number;
}

/** `half`: paced at half of the rate that the group named `rates` has found. */
export type Pace = 'closed' | 'half';

/** Contestants that are measured in turn, round by round. */
export interface Group {
  readonly id: string;
  readonly title: string;
  readonly pace: Pace;
  readonly contestants: readonly Contestant[];
}

/** One run. */
export interface Sample {
  readonly decisionsPerSecond: number;
  /** Of the server's own CPU time, with what it put off until after the run. */
  readonly decisionsPerCpuSecond: number;
  readonly callsPerSecond: number;
  readonly calls: number;
  readonly decisions: number;
  readonly seconds: number;
  /** Of the server, within the measured time. */
  readonly cpuSeconds: number;
  /** Of the server, between the end of the run and its next rest. */
  readonly deferredCpuSeconds: number;
  readonly driverCpuSeconds: number;
  readonly latencyMs: LatencySummary;
  /** Most memory of the server so far (VmHWM). */
  readonly peakBytes: number;
}

/** One sample of each contestant, by its id, taken in turn. */
export interface Round {
  readonly samples: Readonly<Record<string, Sample>>;
  /** Median of the disk's fdatasync in this round, overwriting a page of a file. */
  readonly fsyncMs: number;
}

export interface GroupResult {
  readonly id: string;
  readonly title: string;
  readonly rounds: readonly Round[];
}
