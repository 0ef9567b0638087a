// What a run leaves behind: every sample, and the figures that follow from them. The page is made from it.
import type { GroupResult } from '../run/contestant.ts';
import { type Figure, type Goals, ratioOf } from '../run/figures.ts';
import { type MedianInterval, medianInterval } from './statistics.ts';

export type Verdict = 'missed' | 'reached' | 'went for' | 'no goal';

export interface FigureResult {
  readonly id: string;
  readonly title: string;
  readonly value: MedianInterval;
  /** What the median is of: one value of each pair, start, or server. */
  readonly values: readonly number[];
  readonly goals: Goals | null;
  readonly verdict: Verdict;
}

export interface ServerResult {
  readonly id: string;
  /** Times from exec to serving. */
  readonly startsMs: readonly number[];
}

export interface BenchResults {
  readonly startedAt: string;
  readonly tookSeconds: number;
  readonly commit: string;
  /** Whether what runs differs from the commit. */
  readonly dirty: boolean;
  readonly machine: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** Decisions whose answers were looked at and right; one wrong one ends a run. */
  readonly checkedDecisions: number;
  readonly figures: readonly FigureResult[];
  readonly leftOut: readonly string[];
  readonly servers: readonly ServerResult[];
  readonly groups: readonly (GroupResult & { readonly contestants: readonly ContestantTitle[] })[];
}

export interface ContestantTitle {
  readonly id: string;
  readonly title: string;
  readonly server: string;
}

export interface Measured {
  readonly groups: readonly GroupResult[];
  readonly startsMs: ReadonlyMap<string, readonly number[]>;
}

const BYTES_OF_MB = 1_000_000;

/** Null for a figure that is a table only. Throws when what it needs was not measured. */
export function figureResult(figure: Figure, measured: Measured): FigureResult | null {
  if (figure.kind === 'table') return null;
  const values = valuesOf(figure, measured);
  if (values.length === 0) throw new Error(`nothing was measured for ${figure.id}`);
  const { id, title, goals } = figure;
  const value = medianInterval(values);
  return { id, title, value, values, goals, verdict: verdictOf(value.median, goals) };
}

function valuesOf(figure: Exclude<Figure, { kind: 'table' }>, { groups, startsMs }: Measured): number[] {
  switch (figure.kind) {
    case 'ratio':
      return roundsOf(groups, figure.group).map((round) => {
        const above = round.samples[figure.above];
        const below = round.samples[figure.below];
        return above === undefined || below === undefined
          ? Number.NaN
          : ratioOf(figure.measure, round, above, below);
      });
    case 'memory': {
      const peaks = figure.groups.flatMap((group) =>
        roundsOf(groups, group).map(({ samples }) => samples[figure.server]?.peakBytes ?? 0),
      );
      return peaks.length === 0 ? [] : [Math.max(...peaks) / BYTES_OF_MB];
    }
    case 'start':
      return (startsMs.get(figure.server) ?? []).map((ms) => ms / 1_000);
  }
}

function roundsOf(groups: readonly GroupResult[], id: string) {
  return groups.find((group) => group.id === id)?.rounds ?? [];
}

export function verdictOf(value: number, goals: Goals | null): Verdict {
  if (goals === null) return 'no goal';
  const meets = (goal: number) => (goals.better === 'higher' ? value >= goal : value <= goal);
  if (goals.goFor !== null && meets(goals.goFor)) return 'went for';
  return meets(goals.reach) ? 'reached' : 'missed';
}
