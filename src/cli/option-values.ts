// Parsers for the values of options. Each says what is allowed; none repeats the value.
import { InvalidArgumentError } from 'commander';
import type { JsonObject } from '../core/request.ts';

/** A whole number in a closed range. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`must be a whole number from ${min} to ${max}`);
  };
}

/** Collects an option that may be given several times; commas separate, too. */
export function severalTexts(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',').filter((part) => part !== '')];
}

/** One of a list, `_` and `-` alike. */
export function oneOf<Choice extends string>(choices: readonly Choice[]): (text: string) => Choice {
  return (text) => {
    const wanted = text.toLowerCase().replaceAll('-', '_');
    const found = choices.find((choice) => choice === wanted);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`must be one of ${choices.join(', ')}`);
  };
}

/** A JSON object. */
export function jsonObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    // JSON.parse makes nothing but JSON.
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Falls through to the one message for every form of wrong.
  }
  throw new InvalidArgumentError('must be a JSON object, such as {"channel":"web"}');
}
