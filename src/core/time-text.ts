// RFC 3339 text of a time, for the policy's input. Always UTC with six digits, so that texts sort as times.
import { writeSixDigits } from './decimal.ts';

const MICROS_PER_SECOND = 1_000_000;

let lastSecond = -1;
let lastText = '';

/** `2030-01-01T00:00:00.000000Z` for microseconds since the Unix epoch, which must not be negative. */
export function formatTime(timeUs: number): string {
  const micros = timeUs % MICROS_PER_SECOND;
  const second = (timeUs - micros) / MICROS_PER_SECOND;
  // Thousands of checks share a second; remembering its text changes no answer.
  if (second !== lastSecond) {
    lastText = new Date(second * 1_000).toISOString().slice(0, 19);
    lastSecond = second;
  }
  return `${lastText}.${writeSixDigits(micros)}Z`;
}
