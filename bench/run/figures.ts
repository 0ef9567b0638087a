// Kinds of figures that are reported. A ratio is taken within a round, between two runs of it.
import type { Round, Sample, ServerId } from './contestant.ts';

export interface Goals {
  readonly better: 'higher' | 'lower';
  readonly reach: number;
  readonly goFor: number | null;
}

interface Named {
  readonly id: string;
  readonly title: string;
  readonly goals: Goals | null;
}

/** Median over the rounds of one contestant's value divided by another's. */
export interface RatioFigure extends Named {
  readonly kind: 'ratio';
  readonly group: string;
  readonly above: string;
  readonly below: string;
  readonly measure: Measure;
}

/** Most memory that a server had after all runs of these groups, in MB. */
export interface MemoryFigure extends Named {
  readonly kind: 'memory';
  readonly server: ServerId;
  readonly groups: readonly string[];
}

/** Median time from exec to serving, in seconds. */
export interface StartFigure extends Named {
  readonly kind: 'start';
  readonly server: ServerId;
}

/** Only measured, for the tables. */
export interface TableFigure extends Named {
  readonly kind: 'table';
  readonly group: string;
  /** Null: all of the group. */
  readonly contestants: readonly string[] | null;
}

export type Figure = RatioFigure | MemoryFigure | StartFigure | TableFigure;

export type Measure = 'rate' | 'rate a CPU-second' | 'p50' | 'p50 and fsync' | 'p99';

/** What a ratio divides; the fsync is added to the one below. */
export function ratioOf(measure: Measure, round: Round, above: Sample, below: Sample): number {
  switch (measure) {
    case 'rate':
      return above.decisionsPerSecond / below.decisionsPerSecond;
    case 'rate a CPU-second':
      return above.decisionsPerCpuSecond / below.decisionsPerCpuSecond;
    case 'p50':
      return above.latencyMs.p50 / below.latencyMs.p50;
    case 'p50 and fsync':
      return above.latencyMs.p50 / (below.latencyMs.p50 + round.fsyncMs);
    case 'p99':
      return above.latencyMs.p99 / below.latencyMs.p99;
  }
}
