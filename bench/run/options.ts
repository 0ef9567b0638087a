// The command line of the benchmark. Every option has a default that a full run takes; whoever changes one
// gets a report, but no results file and no page.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Figures to measure; null: all. */
  readonly only: readonly string[] | null;
  /** Interleaved rounds: each gives one pair of every ratio. */
  readonly pairs: number;
  /** Measured time of one run. */
  readonly seconds: number;
  /** Time that a server is loaded for before its first run, so that its code is compiled. */
  readonly warmUpSeconds: number;
  /** Keys of the large registry. The small one has 1,000. */
  readonly manyKeys: number;
  /** Prepared calls of each workload, replayed in turn. */
  readonly calls: number;
  /** Starts of a server of which the median counts. */
  readonly starts: number;
  /** Run the sidecar from src/ instead of from a build. */
  readonly fromSource: boolean;
  /** Settings of the sidecar for an experiment, by variable: POSTERN_LEDGER__GROUP_MAX and so on. */
  readonly settings: Readonly<Record<string, string>>;
  /** An OPA to compare with; null: the pinned one. */
  readonly opa: string | null;
  /** Write the results here too. */
  readonly jsonPath: string | null;
  /** Whether this is a run whose results are kept in the repository. */
  readonly isFull: boolean;
  readonly listsFigures: boolean;
  /** Make docs/benchmark.md from these results, and measure nothing. */
  readonly pageFrom: string | null;
}

const NUMBERS = {
  full: { pairs: 7, seconds: 2, warmUpSeconds: 6, manyKeys: 1_000_000, calls: 10_000, starts: 7 },
  quick: { pairs: 3, seconds: 1, warmUpSeconds: 2, manyKeys: 100_000, calls: 10_000, starts: 3 },
} as const;

export const USAGE = `npm run bench -- [options]
  --only a,b       only these figures (--list names them)
  --quick          3 pairs of 1 s, 100,000 keys for the large registry
  --pairs n        interleaved pairs (7)
  --seconds n      measured time of one run (2)
  --warm-up n      seconds of load before a server's first run (6)
  --many-keys n    keys of the large registry (1,000,000)
  --calls n        prepared calls of a workload (10,000)
  --starts n       starts of which the median counts (7)
  --source         run the sidecar from src/, not from a build
  --set NAME=value a setting of the sidecar, such as POSTERN_LEDGER__GROUP_MAX=64; may be repeated
  --opa path       the OPA to compare with ($POSTERN_BENCH_OPA, else the pinned one)
  --json path      write the results to this file too
  --page path      make docs/benchmark.md from a results file, measure nothing
  --list           names of the figures`;

function positive(text: string | undefined, fallback: number, name: string): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} needs a number above 0, not ${text}`);
  return value;
}

function parseSetting(text: string): [name: string, value: string] {
  const [, name, value] = /^(POSTERN_[A-Z_]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new Error(`--set needs POSTERN_NAME=value, not ${text}`);
  return [name, value];
}

/** Throws when an option is unknown or has no sense. */
export function parseOptions(words: readonly string[], env: NodeJS.ProcessEnv): BenchOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      pairs: { type: 'string' },
      seconds: { type: 'string' },
      'warm-up': { type: 'string' },
      'many-keys': { type: 'string' },
      calls: { type: 'string' },
      starts: { type: 'string' },
      source: { type: 'boolean', default: false },
      set: { type: 'string', multiple: true, default: [] },
      opa: { type: 'string' },
      json: { type: 'string' },
      page: { type: 'string' },
      list: { type: 'boolean', default: false },
    },
  });
  const numbers = values.quick ? NUMBERS.quick : NUMBERS.full;
  const chosen = {
    pairs: positive(values.pairs, numbers.pairs, 'pairs'),
    seconds: positive(values.seconds, numbers.seconds, 'seconds'),
    warmUpSeconds: positive(values['warm-up'], numbers.warmUpSeconds, 'warm-up'),
    manyKeys: positive(values['many-keys'], numbers.manyKeys, 'many-keys'),
    calls: positive(values.calls, numbers.calls, 'calls'),
    starts: positive(values.starts, numbers.starts, 'starts'),
  };
  const { full } = NUMBERS;
  const isRoomy =
    chosen.pairs >= full.pairs && chosen.calls >= full.calls && chosen.manyKeys >= full.manyKeys;
  const settings = Object.fromEntries(values.set.map(parseSetting));
  const isAsShipped = !values.source && values.set.length === 0;
  const named = values.opa ?? env['POSTERN_BENCH_OPA'] ?? '';
  return {
    ...chosen,
    only: values.only === undefined ? null : values.only.split(',').filter((one) => one !== ''),
    fromSource: values.source,
    settings,
    opa: named === '' ? null : resolve(named),
    jsonPath: values.json ?? null,
    isFull: isRoomy && isAsShipped && values.only === undefined,
    listsFigures: values.list,
    pageFrom: values.page ?? null,
  };
}
