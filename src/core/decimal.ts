// Decimal digits of whole numbers too large for V8's small integers, such as times in microseconds. V8 writes
// those by a slow path and keeps every text in a table of its own, where the collector finds it again.

const TWO_POW_31 = 2 ** 31;
const MILLION = 1_000_000;
const THOUSAND = 1_000;

/** `000` to `999`. */
const THREE_DIGITS = Array.from({ length: THOUSAND }, (_, value) => String(value).padStart(3, '0'));

/** The digits of a safe integer. */
export function writeDecimal(value: number): string {
  if (value < TWO_POW_31) return String(value);
  const millions = Math.floor(value / MILLION);
  return `${millions}${writeSixDigits(value - millions * MILLION)}`;
}

/** A whole number from 0 to 999,999 with zeros in front. */
export function writeSixDigits(value: number): string {
  const thousands = Math.floor(value / THOUSAND);
  return `${THREE_DIGITS[thousands]}${THREE_DIGITS[value - thousands * THOUSAND]}`;
}
