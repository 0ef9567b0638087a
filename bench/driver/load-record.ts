// Counts what came back within the measured window, and nothing before or after it.
import { percentile } from '../report/statistics.ts';
import type { LoadResult } from './job.ts';
import { cpuSeconds } from './proc-usage.ts';

interface Mark {
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly driverCpuSeconds: number;
}

function markOf(pid: number): Mark {
  return {
    atMs: performance.now(),
    cpuSeconds: cpuSeconds(pid),
    driverCpuSeconds: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
  };
}

export class LoadRecord {
  readonly #pid: number;
  #latenciesMs = new Float64Array(65_536);
  #calls = 0;
  #right = 0;
  #allCalls = 0;
  #wrongEver = 0;
  #firstWrong = '';
  #begin: Mark | null = null;
  #end: Mark | null = null;

  constructor(pid: number) {
    this.#pid = pid;
  }

  get isMeasuring(): boolean {
    return this.#begin !== null && this.#end === null;
  }

  begin(): void {
    this.#begin = markOf(this.#pid);
  }

  end(): void {
    this.#end = markOf(this.#pid);
  }

  /** A wrong answer counts whenever it came: a warm-up that is refused says that the run is worth nothing. */
  add(rightDecisions: number, latencyMs: number, callId: string): void {
    this.#allCalls += 1;
    if (rightDecisions === 0) this.#addWrong(callId);
    if (!this.isMeasuring) return;
    if (this.#calls === this.#latenciesMs.length) this.#grow();
    this.#latenciesMs[this.#calls] = latencyMs;
    this.#calls += 1;
    this.#right += rightDecisions;
  }

  result(): LoadResult {
    const begin = this.#begin;
    const end = this.#end;
    if (begin === null || end === null) throw new Error('the run was not measured');
    const sorted = this.#latenciesMs.slice(0, this.#calls).sort();
    return {
      calls: this.#calls,
      rightDecisions: this.#right,
      allCalls: this.#allCalls,
      wrongCalls: this.#wrongEver,
      firstWrong: this.#firstWrong,
      seconds: (end.atMs - begin.atMs) / 1_000,
      cpuSeconds: end.cpuSeconds - begin.cpuSeconds,
      driverCpuSeconds: end.driverCpuSeconds - begin.driverCpuSeconds,
      latency: {
        p50: percentile(sorted, 0.5),
        p99: percentile(sorted, 0.99),
        p999: percentile(sorted, 0.999),
        max: percentile(sorted, 1),
      },
    };
  }

  #addWrong(callId: string): void {
    if (this.#wrongEver === 0) this.#firstWrong = callId;
    this.#wrongEver += 1;
  }

  #grow(): void {
    const grown = new Float64Array(this.#latenciesMs.length * 2);
    grown.set(this.#latenciesMs);
    this.#latenciesMs = grown;
  }
}
