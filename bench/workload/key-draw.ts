// Which key makes a call: all alike, or a few partners most of the time (Zipf with exponent 1).
import { seededRandom } from './seeded-random.ts';

export type Draw = 'uniform' | 'zipf';

/** A function that draws indexes in [0, count). */
export function createDraw(draw: Draw, count: number, seed: number): () => number {
  const random = seededRandom(seed);
  if (draw === 'uniform') return () => Math.floor(random() * count);
  const weights = cumulativeWeights(count);
  const total = weights[count - 1] ?? 0;
  return () => firstAbove(weights, random() * total);
}

/** Sums of 1/1 + 1/2 + … + 1/k. */
function cumulativeWeights(count: number): Float64Array {
  const weights = new Float64Array(count);
  let sum = 0;
  for (let index = 0; index < count; index += 1) {
    sum += 1 / (index + 1);
    weights[index] = sum;
  }
  return weights;
}

function firstAbove(weights: Float64Array, value: number): number {
  let low = 0;
  let high = weights.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((weights[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
