// Charges several limits as one set: either every limit admits and all are charged, or none is
// (CONTRACT.md, Limits). Must never leave one counter charged for a call that another refused.
import { chargeLimit, clampTat } from './gcra.ts';
import type { ChargeTerms, LimitCharge, LimitVerdict } from './limit.ts';

/** Stored TAT of a charge's counter in microseconds; 0 when there is none. */
export type TatReader = (charge: LimitCharge) => number;

export interface ChargeSetResult {
  /** Which kind of limit refused first in the order of precedence: base before named. */
  readonly refusedBy: 'none' | 'base' | 'named';
  /** One for each charge, in order. After a refusal they tell the state without this call. */
  readonly verdicts: readonly LimitVerdict[];
  /**
   * The TAT to store for each charge, in order. After a refusal these are the states that were read,
   * lowered where a definition changed. Where charges share a counter the last one counts.
   */
  readonly tatsUs: readonly number[];
}

/** Charges all or none. Charges of the same counter are charged one after the other. */
export function chargeSet(
  charges: readonly LimitCharge[],
  nowUs: number,
  readTat: TatReader,
): ChargeSetResult {
  const tatsUs: number[] = [];
  const verdicts: LimitVerdict[] = [];
  let refusedBy: ChargeSetResult['refusedBy'] = 'none';
  for (const charge of charges) {
    const { terms } = charge;
    const tatUs = earlierTat(charges, tatsUs, charge) ?? readTat(charge);
    const result = chargeLimit(terms, tatUs, nowUs);
    if (result.state === 'admitted') {
      tatsUs.push(result.tatUs);
      verdicts.push(verdictOf(terms, result.remaining, result.resetAfterUs, 0, false));
      continue;
    }
    if (terms.base) refusedBy = 'base';
    else if (refusedBy === 'none') refusedBy = 'named';
    tatsUs.push(tatUs);
  }
  return refusedBy === 'none'
    ? { refusedBy, verdicts, tatsUs }
    : refuseAll(charges, nowUs, readTat, refusedBy);
}

/** The refused set: every limit as it stands, and what each would have said alone. */
function refuseAll(
  charges: readonly LimitCharge[],
  nowUs: number,
  readTat: TatReader,
  refusedBy: ChargeSetResult['refusedBy'],
): ChargeSetResult {
  const tatsUs: number[] = [];
  const charged: number[] = [];
  const verdicts: LimitVerdict[] = [];
  for (const charge of charges) {
    const { terms } = charge;
    const spanUs = terms.burst * terms.emissionIntervalUs;
    const storedUs = clampTat(readTat(charge), nowUs, spanUs);
    const tatUs = earlierTat(charges, charged, charge) ?? storedUs;
    const result = chargeLimit(terms, tatUs, nowUs);
    charged.push(result.state === 'admitted' ? result.tatUs : tatUs);
    tatsUs.push(storedUs);
    const resetAfterUs = Math.max(0, storedUs - nowUs);
    const remaining = Math.floor((spanUs - resetAfterUs) / terms.emissionIntervalUs);
    // A cost that can never pass has no exact time to name; a full refill is the least misleading one.
    const retryAfterUs =
      result.state === 'denied' ? result.retryAfterUs : result.state === 'impossible' ? spanUs : 0;
    verdicts.push(verdictOf(terms, remaining, resetAfterUs, retryAfterUs, result.state !== 'admitted'));
  }
  return { refusedBy, verdicts, tatsUs };
}

/** The TAT that an earlier charge of this set left on the same counter, or null. */
function earlierTat(
  charges: readonly LimitCharge[],
  tatsUs: readonly number[],
  charge: LimitCharge,
): number | null {
  for (let place = tatsUs.length - 1; place >= 0; place--) {
    if (charges[place]?.counterId === charge.counterId) return tatsUs[place] ?? null;
  }
  return null;
}

function verdictOf(
  terms: ChargeTerms,
  remaining: number,
  resetAfterUs: number,
  retryAfterUs: number,
  refused: boolean,
): LimitVerdict {
  return {
    name: terms.name,
    subject: terms.subject,
    limit: terms.burst,
    remaining,
    resetAfterUs,
    retryAfterUs,
    refused,
  };
}
