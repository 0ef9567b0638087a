// The little statistics that a comparison needs. Medians and order statistics only: times on shared machines
// are far from normal.

/** Value below which this share of the values lies. `sorted` ascends; NaN when it is empty. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = Math.ceil(share * sorted.length) - 1;
  return sorted[Math.min(Math.max(place, 0), sorted.length - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  if (sorted.length % 2 === 1) return upper;
  return (upper + (sorted[sorted.length / 2 - 1] ?? Number.NaN)) / 2;
}

/** A median with the interval that holds the true one. */
export interface MedianInterval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Probability that it does, from 0 to 1. */
  readonly confidence: number;
}

const CONFIDENCE_MIN = 0.95;

/**
 * Median and the narrowest symmetric pair of order statistics that covers the true median with at least
 * 95 %, whatever the distribution (sign test; e.g. Conover, Practical Nonparametric Statistics, 3.2). Fewer
 * than six values cannot reach that: the interval is then all of them, and `confidence` says how much it is.
 */
export function medianInterval(values: readonly number[]): MedianInterval {
  const sorted = values.toSorted((a, b) => a - b);
  let cut = 0;
  while (cut + 1 < sorted.length / 2 && coverage(sorted.length, cut + 1) >= CONFIDENCE_MIN) cut += 1;
  return {
    median: median(sorted),
    low: sorted[cut] ?? Number.NaN,
    high: sorted[sorted.length - 1 - cut] ?? Number.NaN,
    confidence: coverage(sorted.length, cut),
  };
}

/** Probability that the median lies between the values left when `cut` are left out at each end. */
function coverage(count: number, cut: number): number {
  let tail = 0;
  let ways = 1;
  for (let below = 0; below <= cut; below += 1) {
    tail += ways * 0.5 ** count;
    ways = (ways * (count - below)) / (below + 1);
  }
  return Math.max(0, 1 - 2 * tail);
}
