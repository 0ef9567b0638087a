// Random numbers that a seed repeats: for tests that choose moments and places.
import { createHash } from 'node:crypto';

/** Numbers from 0 up to 1, from the digest of seed and position. */
export function randomFrom(seed: number): () => number {
  let position = 0;
  return () => {
    position += 1;
    const digest = createHash('sha256').update(`${seed}/${position}`).digest();
    return digest.readUInt32BE(0) / 2 ** 32;
  };
}
