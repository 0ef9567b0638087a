// The policy's answers that came before. Most policies give few different ones, and parsing costs more than
// finding the one that was parsed. It must never keep an answer that was not accepted, nor change one.
import { type ParsedOutcome, parsePolicyOutcome } from './policy-outcome.ts';

/** When so many are known all are forgotten: a policy that answers each check differently gains nothing. */
const KNOWN_MAX = 256;

/** Longer answers are parsed each time, so that what is kept is some megabytes in the worst case. */
const KNOWN_CHARS_MAX = 1_024;

/** One for each thread: what an answer's text means depends on nothing else. */
const known = new Map<string, ParsedOutcome>();

/** The same as `parsePolicyOutcome`; equal texts give the same object. */
export function knownPolicyOutcome(output: string): ParsedOutcome {
  const found = known.get(output);
  if (found !== undefined) return found;
  const parsed = parsePolicyOutcome(output);
  if (parsed.ok && output.length <= KNOWN_CHARS_MAX) {
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(output, parsed);
  }
  return parsed;
}
