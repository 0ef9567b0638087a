// The machine's clocks. Only compose and the ledger's clock may read them; everything that decides gets
// time as an argument. Wall time may step either way: it must never be used for a deadline.

/** Wall time in microseconds since the Unix epoch, exact to the millisecond. */
export function wallUs(): number {
  return Date.now() * 1_000;
}

/** Monotonic time of the process in whole microseconds, the same on all of its threads. */
export function monoUs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000_000 + Math.trunc(nanoseconds / 1_000);
}
