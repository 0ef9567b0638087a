// Waits for something that happens by itself (a time, a reload), with an end. Product code of the demo
// only: tests do not wait like this.
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;

/** Looks until the answer is yes; false when it was not within the time. */
export async function waitUntil(isSo: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const endMs = performance.now() + timeoutMs;
  while (performance.now() < endMs) {
    if (await isSo()) return true;
    await delay(LOOK_EVERY_MS);
  }
  return isSo();
}
