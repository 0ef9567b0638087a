// Small buffers are slices of slabs that Node shares out among all who ask, and one slice keeps its whole slab:
// whatever may be held for long has memory of its own, or what is counted of it says little about what is held.

/**
 * A slab, in bytes: what a slice that is kept after all keeps with it, such as an answer that its caller does not
 * take for five seconds. Node 24 has 65,536; with 8,192 a check costs a microsecond more.
 */
const SLAB_BYTES = 16_384;

/** For this thread, from the next slab on. */
export function keepSlabsSmall(): void {
  Buffer.poolSize = SLAB_BYTES;
}

/** The same bytes where nothing else is. */
export function inOwnMemory(bytes: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
