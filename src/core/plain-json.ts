// Whether a JSON value is one that every reader takes the same: well-formed texts that no decoder
// repaired, finite numbers, bounded depth. Anything else must not reach the policy or a host.
import { isWellFormed } from './text-rules.ts';

/** Checks a value whose objects and lists nest at most `levels` deep. */
export function isPlainJson(value: unknown, levels: number): boolean {
  if (typeof value === 'string') return isWellFormed(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'boolean' || value === null) return true;
  if (typeof value !== 'object' || levels === 0) return false;
  for (const [name, member] of Object.entries(value)) {
    if (!isWellFormed(name) || !isPlainJson(member, levels - 1)) return false;
  }
  return true;
}
