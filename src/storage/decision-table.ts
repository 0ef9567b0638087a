// A table of recorded decisions of fixed size, without an object or a text for any of them: every decision
// is put in, and hardly one is ever asked for. What a Map of texts costs is paid by each check.
import { DECISION_GROUPS, readDecisionGroups } from './decision-id.ts';

/** Decisions of one table: some 110 KB. */
export const TABLE_DECISIONS = 4_096;

/** Twice as many slots as decisions: a search ends after a step or two. */
const SLOTS = 2 * TABLE_DECISIONS;
const WORDS = DECISION_GROUPS / 2;
const MULTIPLIER = 0x9e3779b1;

/** The id at hand, as groups and as words. */
const groups = new Uint16Array(DECISION_GROUPS);
const words = new Uint32Array(groups.buffer);

/** Where the records of decisions are. Ids must be of decisions (decision-id.ts). */
export class DecisionTable {
  /** 0: free, else a place above 0. */
  readonly #slots = new Uint16Array(SLOTS);
  readonly #ids = new Uint32Array(TABLE_DECISIONS * WORDS);
  readonly #indexes = new Float64Array(TABLE_DECISIONS);
  #used = 0;

  get isFull(): boolean {
    return this.#used === TABLE_DECISIONS;
  }

  /** Puts a decision in; one that is in already gets the new index. The table must not be full. */
  set(decisionId: string, index: number): void {
    const slot = this.#slotOf(decisionId);
    const known = this.#slots[slot] ?? 0;
    if (known !== 0) {
      this.#indexes[known - 1] = index;
      return;
    }
    const place = this.#used;
    this.#ids.set(words, place * WORDS);
    this.#indexes[place] = index;
    this.#used = place + 1;
    this.#slots[slot] = this.#used;
  }

  get(decisionId: string): number | undefined {
    const place = this.#slots[this.#slotOf(decisionId)] ?? 0;
    return place === 0 ? undefined : this.#indexes[place - 1];
  }

  /** The slot of an id, or the free one where it belongs. Leaves the id in `words`. */
  #slotOf(decisionId: string): number {
    readDecisionGroups(decisionId, groups);
    let hash = 0;
    for (let word = 0; word < WORDS; word++) hash = Math.imul(hash ^ (words[word] ?? 0), MULTIPLIER);
    let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    for (;;) {
      const place = this.#slots[slot] ?? 0;
      if (place === 0 || this.#isAt(place - 1)) return slot;
      slot = (slot + 1) & (SLOTS - 1);
    }
  }

  #isAt(place: number): boolean {
    for (let word = 0; word < WORDS; word++) {
      if (this.#ids[place * WORDS + word] !== words[word]) return false;
    }
    return true;
  }
}
