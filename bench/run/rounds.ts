// Runs the contestants of a group in turn, forwards and backwards, and gathers what each round says.
// A run with one wrong answer is worth nothing: it ends the benchmark.
import type { LoadJob, LoadResult, Workload } from '../driver/job.ts';
import { cpuSeconds, peakResidentBytes } from '../driver/proc-usage.ts';
import { median } from '../report/statistics.ts';
import { measureFsyncMs } from '../servers/bench-directory.ts';
import { pause } from '../servers/server-process.ts';
import type { Contestant, Group, GroupResult, Round, Sample } from './contestant.ts';
import { RATES_GROUP } from './groups.ts';
import { LoadGenerator } from './load-generator.ts';
import type { BenchOptions } from './options.ts';
import { untilAtRest } from './rest.ts';
import { FEW_KEYS, type ServerPool } from './server-pool.ts';

/** Part of a run's time that comes before it: connections are new, and windows must open. */
const RUN_WARM_UP_SHARE = 0.15;
/** Calls that may be outstanding when they are paced. */
const PACED_IN_FLIGHT_MAX = 512;
/** What a server says about its failure may come after it. */
const LAST_WORDS_MS = 300;
const SEED = 20_260_101;
const UNSEEN_SEED = 20_260_102;
/** More than a run asks for, so that few keys come twice. */
const UNSEEN_CALLS = 200_000;

export interface RoundsOptions {
  readonly bench: BenchOptions;
  readonly pool: ServerPool;
  /** Rates found so far; `half` is paced by those of the group `unary`. */
  readonly resultOf: (group: string) => GroupResult | undefined;
  readonly tell: (line: string) => void;
}

export class RoundRunner {
  readonly #options: RoundsOptions;
  readonly #generators = new Map<string, LoadGenerator>();
  readonly #nextCall = new Map<LoadGenerator, number>();
  readonly #warm = new Set<string>();
  #answers = 0;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  /** Answers that were looked at and right, warm-ups not counted. */
  get checkedDecisions(): number {
    return this.#answers;
  }

  async run(group: Group): Promise<GroupResult> {
    const { bench, tell } = this.#options;
    for (const contestant of group.contestants) {
      await this.#warmUp(contestant);
      await this.#generatorOf(contestant);
    }
    const rounds: Round[] = [];
    for (let round = 0; round < bench.pairs; round += 1) {
      const turns = round % 2 === 0 ? group.contestants : group.contestants.toReversed();
      const samples: Record<string, Sample> = {};
      for (const contestant of turns) samples[contestant.id] = await this.#measure(contestant, group);
      rounds.push({ samples, fsyncMs: measureFsyncMs() });
      tell(`${group.id} ${round + 1}/${bench.pairs}: ${describe(group.contestants, samples)}`);
    }
    return { id: group.id, title: group.title, rounds };
  }

  close(): void {
    for (const generator of this.#generators.values()) generator.close();
    this.#generators.clear();
  }

  async #generatorOf({ protocol, items, keys, draw }: Contestant): Promise<LoadGenerator> {
    const { manyKeys, calls } = this.#options.bench;
    const isUnseen = keys === 'unseen';
    const workload: Workload = {
      protocol,
      items,
      draw,
      seed: isUnseen ? UNSEEN_SEED : SEED,
      keys: keys === 'few' ? FEW_KEYS : manyKeys,
      calls: isUnseen ? Math.min(manyKeys, UNSEEN_CALLS) : calls,
    };
    const name = JSON.stringify(workload);
    const generator = this.#generators.get(name) ?? (await LoadGenerator.start(workload));
    this.#generators.set(name, generator);
    return generator;
  }

  /** Once for each server and its calls: what is measured is compiled code, and keys that are known. */
  async #warmUp(contestant: Contestant): Promise<void> {
    const { server, protocol, items, keys, draw } = contestant;
    const name = [server, protocol, items, keys, draw].join(' ');
    if (this.#warm.has(name) || keys === 'unseen') return;
    this.#warm.add(name);
    const generator = await this.#generatorOf(contestant);
    const measureMs = this.#options.bench.warmUpSeconds * 1_000;
    await this.#load(generator, contestant, { warmUpMs: 0, measureMs, callsPerSecond: null });
    await untilAtRest(this.#options.pool.pids);
  }

  async #measure(contestant: Contestant, group: Group): Promise<Sample> {
    const { bench, pool } = this.#options;
    const { pid } = await pool.get(contestant.server);
    const generator = await this.#generatorOf(contestant);
    const callsPerSecond = group.pace === 'half' ? this.#halfRate(contestant) : null;
    const measureMs = bench.seconds * 1_000;
    const warmUpMs = measureMs * RUN_WARM_UP_SHARE;
    const times = { warmUpMs, measureMs, callsPerSecond };
    const result = await this.#load(generator, contestant, times);
    const endedCpu = cpuSeconds(pid);
    await untilAtRest(pool.pids);
    this.#answers += result.rightDecisions;
    // What was put off is of the warm-up too.
    const share = measureMs / (measureMs + warmUpMs);
    return sampleOf(result, (cpuSeconds(pid) - endedCpu) * share, peakResidentBytes(pid));
  }

  async #load(
    generator: LoadGenerator,
    contestant: Contestant,
    times: Pick<LoadJob, 'warmUpMs' | 'measureMs' | 'callsPerSecond'>,
  ): Promise<LoadResult> {
    const { pid, address, lastWords } = await this.#options.pool.get(contestant.server);
    const { connections } = contestant;
    const inFlight = times.callsPerSecond === null ? contestant.inFlight : PACED_IN_FLIGHT_MAX;
    const firstCall = this.#nextCall.get(generator) ?? 0;
    const job = { address, pid, connections, inFlight, firstCall, ...times };
    const result = await generator.run(job).catch(async (cause: unknown) => {
      await pause(LAST_WORDS_MS);
      const problem = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${contestant.title}: ${problem}\n${lastWords()}`, { cause });
    });
    // The next run goes on where this one ended, so that all prepared calls are used.
    this.#nextCall.set(generator, firstCall + result.allCalls);
    const { wrongCalls, firstWrong } = result;
    if (wrongCalls > 0) {
      throw new Error(
        `${contestant.title}: ${wrongCalls} of ${result.allCalls} calls were answered wrongly, first ${firstWrong}`,
      );
    }
    return result;
  }

  #halfRate({ id }: Contestant): number {
    const rates = this.#options
      .resultOf(RATES_GROUP)
      ?.rounds.map(({ samples }) => samples[id]?.callsPerSecond ?? 0);
    return Math.max(1, median(rates ?? []) / 2);
  }
}

function sampleOf(result: LoadResult, deferredCpuSeconds: number, peakBytes: number): Sample {
  const { rightDecisions, calls, seconds, latency, driverCpuSeconds } = result;
  return {
    decisionsPerSecond: rightDecisions / seconds,
    decisionsPerCpuSecond: rightDecisions / (result.cpuSeconds + deferredCpuSeconds),
    callsPerSecond: calls / seconds,
    calls,
    decisions: rightDecisions,
    seconds,
    cpuSeconds: result.cpuSeconds,
    deferredCpuSeconds,
    driverCpuSeconds,
    latencyMs: latency,
    peakBytes,
  };
}

function describe(contestants: readonly Contestant[], samples: Readonly<Record<string, Sample>>): string {
  return contestants
    .map(({ id }) => {
      const sample = samples[id];
      if (sample === undefined) return id;
      return `${id} ${Math.round(sample.decisionsPerSecond)}/s p50 ${sample.latencyMs.p50.toFixed(2)}`;
    })
    .join(', ');
}
