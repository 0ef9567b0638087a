/**
 * Counts the limits of a log once more, from its records alone: the rule of GCRA in its plainest form, so
 * that a counter which was refilled (or charged twice) shows in the first verdict that it gave.
 */
import { checkOf, type LoggedRecord } from './sidecar-log.ts';

interface Verdict {
  readonly name: string;
  readonly subject: string;
  readonly limit: number;
  readonly remaining: number;
  readonly refused: boolean;
}

/** Count, period and burst of the standard plan's limits under test, with the cost that is charged. */
const DEFINITIONS: Readonly<Record<string, { intervalUs: bigint; burst: bigint; cost: bigint }>> = {
  key_per_minute: { intervalUs: 100_000n, burst: 60n, cost: 1n },
  company_per_hour: { intervalUs: 360_000n, burst: 1_000n, cost: 1n },
  polling: { intervalUs: 1_000_000n, burst: 10n, cost: 1n },
  expensive: { intervalUs: 60_000_000n, burst: 15n, cost: 5n },
  background_jobs: { intervalUs: 60_000_000n, burst: 10n, cost: 1n },
};

const later = (a: bigint, b: bigint) => (a > b ? a : b);

/** The limits of the company on the standard plan. */
export class CountedLimits {
  refused = 0;
  /** Theoretical arrival times by counter. */
  readonly #tats = new Map<string, bigint>();

  /** Verdicts that do not follow from the records before them. */
  problems(records: readonly LoggedRecord[]): string[] {
    return records.flatMap((logged) => {
      const check = checkOf(logged);
      if (logged.kind !== 'decision' || check['company_id'] !== 'cmp_borealis') return [];
      return this.#decision(logged, { key: String(check['key_id']), operation: String(check['operation']) });
    });
  }

  #decision({ index, record }: LoggedRecord, about: { key: string; operation: string }): string[] {
    const nowUs = BigInt(String(record['settled_at']));
    const verdicts = record['limits'] as readonly Verdict[];
    const isCharged = verdicts.every(({ refused }) => !refused);
    if (!isCharged) this.refused += 1;
    return verdicts.flatMap(({ name, subject, remaining, refused }) => {
      const definition = DEFINITIONS[name];
      if (definition === undefined) return [`record ${index} has a limit ${name}`];
      const { intervalUs, burst, cost } = definition;
      const counter = `${name} ${subject === 'key' ? about.key : subject} ${name === 'expensive' ? about.operation : ''}`;
      const fromUs = later(this.#tats.get(counter) ?? 0n, nowUs);
      const spareUs = nowUs + burst * intervalUs - fromUs;
      const mustRefuse = spareUs < cost * intervalUs;
      const leftUs = isCharged ? spareUs - cost * intervalUs : spareUs;
      if (isCharged) this.#tats.set(counter, fromUs + cost * intervalUs);
      const expected = Number(leftUs / intervalUs);
      if (refused !== mustRefuse) return [`record ${index}: ${name} refused ${refused}, not ${mustRefuse}`];
      return remaining === expected
        ? []
        : [`record ${index}: ${name} has ${remaining} left, not ${expected}`];
    });
  }
}
