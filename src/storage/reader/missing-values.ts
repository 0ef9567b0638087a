// Finds commitments whose value is gone without a record that says so. Erasing writes an `erased` record;
// whoever only deletes the value beside a leaf would take evidence away unseen, as the tree stays whole.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDamage } from '../sql-error.ts';
import { isObject, parseRecord } from './leaf-terms.ts';
import type { LogSource } from './log-source.ts';

/** A record that lacks values, and the fields that they belong to. */
export interface LackingRecord {
  readonly index: number;
  readonly fields: readonly string[];
}

/** Canonical JSON has no space in it, and inside of a text its quotes would be escaped. */
const COMMITMENTS = '"commitments":{"';
const ERASED = '"kind":"erased"';

const LEAVES_PER_READ = 512;

/** Fields that the leaf commits to and the private part does not hold. */
export function missingFields(privatePart: string, leaf: string): readonly string[] {
  const start = leaf.indexOf(COMMITMENTS);
  if (start === -1) return [];
  const opening = start + COMMITMENTS.length - 2;
  const commitments = parseRecord(leaf.slice(opening, leaf.indexOf('}', opening) + 1)) ?? {};
  const kept = privatePart === '' ? {} : (parseRecord(privatePart) ?? {});
  return Object.keys(commitments).filter((field) => !Object.hasOwn(kept, field));
}

/** The fields that `erased` records name, by record. */
export class ErasedValues {
  readonly #indexes = new Map<string, Set<number>>();

  /** Reads the log for them, which is worth it only when a value is missing. Others get turns. */
  static async read(log: LogSource, size: number, signal: AbortSignal): Promise<ErasedValues> {
    const erased = new ErasedValues();
    for (let from = 0; from < size && !signal.aborted; from += LEAVES_PER_READ) {
      if (!erased.#addAll(log, from, Math.min(size, from + LEAVES_PER_READ))) break;
      await nextTurn();
    }
    return erased;
  }

  /** The record without the fields that were erased; null when none is left. */
  unexplained({ index, fields }: LackingRecord): LackingRecord | null {
    const rest = fields.filter((field) => this.#indexes.get(field)?.has(index) !== true);
    return rest.length === 0 ? null : { index, fields: rest };
  }

  /** False where the file is damaged: verifying names that, or the value that is missing for it. */
  #addAll(log: LogSource, from: number, below: number): boolean {
    try {
      for (const { index, leaf } of log.leaves(from, below)) {
        if (leaf.includes(ERASED)) this.#add(index, leaf);
      }
      return true;
    } catch (error) {
      if (!isDamage(error)) throw error;
      return false;
    }
  }

  /** Only what stood before it can have been erased by it. */
  #add(at: number, leaf: string): void {
    const record = parseRecord(leaf);
    if (!isObject(record) || record['kind'] !== 'erased') return;
    const { fields, indexes } = record;
    if (!Array.isArray(fields) || !Array.isArray(indexes)) return;
    const before = indexes.map(Number).filter((index) => index < at);
    for (const field of fields.map(String)) {
      const named = this.#indexes.get(field) ?? new Set();
      for (const index of before) named.add(index);
      this.#indexes.set(field, named);
    }
  }
}
