/**
 * Counters counted once more from the records of a log alone, by the plainest form of GCRA: what was
 * recorded is what was charged. Knows the limits of the ledger's simulation only.
 */
import type { ChargedRate } from '../../src/core/gcra.ts';
import type { ReadRecord } from './read-log.ts';

/** What the simulation writes into `check`, so that records can be replayed without anything else. */
export interface ReplayFacts {
  readonly call: number;
  readonly bucket: string;
  readonly key_id: string;
}

interface Verdict {
  readonly name: string;
  readonly subject: string;
  readonly refused: boolean;
  readonly remaining: number;
}

export class ReplayedCounters {
  /** TAT in microseconds by `<limit> <whose>`. */
  readonly tats = new Map<string, number>();
  readonly #limits: ReadonlyMap<string, ChargedRate>;
  #failedCall = -1;

  /** `limits` by name; `source_failures` is the one of failed authentications. */
  constructor(limits: ReadonlyMap<string, ChargedRate>) {
    this.#limits = limits;
  }

  /** Follows the next record. Returns what of it does not follow from those before it. */
  follow(record: ReadRecord): string[] {
    if (record.kind !== 'decision') return [];
    const facts = record['check'] as ReplayFacts;
    const verdicts = record['limits'] as readonly Verdict[];
    const nowUs = Number(record['settled_at']);
    if (verdicts.length === 0) return this.#followFailure(record, facts, nowUs);
    const isCharged = verdicts.every(({ refused }) => !refused);
    const problems = verdicts.flatMap((verdict) => this.#followVerdict(verdict, { facts, nowUs, isCharged }));
    if (isCharged === String(record['reason']).endsWith('_limit_exceeded')) {
      problems.push(`${String(record['reason'])} does not fit its limits`);
    }
    const said = (record['policy'] as { readonly reason: string }).reason;
    if (said !== 'allowed' && verdicts.some(({ name }) => name === 'named')) {
      problems.push(`${said} was charged a named limit`);
    }
    if (isCharged && record['reason'] !== said) problems.push(`${said} became ${String(record['reason'])}`);
    return problems.map((problem) => `record ${String(record['index'])}: ${problem}`);
  }

  /** A failed call pays once, however many items failed. */
  #followFailure(record: ReadRecord, { bucket, call }: ReplayFacts, nowUs: number): string[] {
    if (call === this.#failedCall) return [];
    this.#failedCall = call;
    const spareUs = this.#charge('source_failures', bucket, nowUs, true);
    return spareUs < 0 ? [`record ${String(record['index'])}: its source was over its limit`] : [];
  }

  #followVerdict(
    { name, subject, refused, remaining }: Verdict,
    { facts, nowUs, isCharged }: { facts: ReplayFacts; nowUs: number; isCharged: boolean },
  ): string[] {
    const { emissionIntervalUs, cost } = this.#definition(name);
    const leftUs = this.#charge(name, subject === 'key' ? facts.key_id : subject, nowUs, isCharged);
    const mustRefuse = leftUs < 0;
    if (refused !== mustRefuse) return [`${name} refused ${refused}, not ${mustRefuse}`];
    const spareUs = isCharged ? leftUs : leftUs + cost * emissionIntervalUs;
    const expected = Math.floor(spareUs / emissionIntervalUs);
    return remaining === expected ? [] : [`${name} has ${remaining} left, not ${expected}`];
  }

  /** What would be left after the charge, in microseconds; keeps the charge if it counts. */
  #charge(limit: string, whose: string, nowUs: number, counts: boolean): number {
    const { emissionIntervalUs, burst, cost } = this.#definition(limit);
    const counter = `${limit} ${whose}`;
    const tatUs = Math.max(this.tats.get(counter) ?? 0, nowUs) + cost * emissionIntervalUs;
    if (counts) this.tats.set(counter, tatUs);
    return nowUs + burst * emissionIntervalUs - tatUs;
  }

  #definition(limit: string): ChargedRate {
    const definition = this.#limits.get(limit);
    if (definition === undefined) throw new TypeError(`no limit ${limit}`);
    return definition;
  }
}
