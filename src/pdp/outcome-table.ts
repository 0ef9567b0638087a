// Outcomes by the hash of a question, in flat tables: however many questions there are, the collector has a few
// objects to look at. A question is known by 128 bits of SHA-256, so two of them cannot be taken for each other.
import { assert } from '../core/assert.ts';
import type { PolicyOutcome } from '../core/policy.ts';

/** SHA-256 of a well-formed text, each of the 32 bytes as one character. */
export type TextDigest = (text: string) => string;

/** Places that a question can stand in; of questions that meet there, one gives way at a time. */
const WAYS = 4;
const TAG_WORDS = 4;

/** A policy that gives more different answers starts anew each time. */
const OUTCOMES_MAX = 4_096;

export class OutcomeTable {
  readonly #digest: TextDigest;
  readonly #tags: Uint32Array;
  /** Number of the outcome in `#outcomes`, by place; 0: none. */
  readonly #numbers: Uint16Array;
  readonly #outcomes: (PolicyOutcome | undefined)[] = [undefined];
  readonly #numberOf = new Map<string, number>();
  readonly #wanted = new Uint32Array(TAG_WORDS);
  #turn = 0;

  /** Room for at least so many questions; 20 bytes each. */
  constructor(questionsMax: number, digest: TextDigest) {
    const places = 2 ** Math.ceil(Math.log2(Math.max(WAYS, questionsMax)));
    this.#digest = digest;
    this.#tags = new Uint32Array(places * TAG_WORDS);
    this.#numbers = new Uint16Array(places);
  }

  /** Leaves the question's tag for `keep`: what was looked for last is what is kept. */
  find(question: string): PolicyOutcome | undefined {
    this.#readTag(this.#digest(question));
    const place = this.#find();
    return place === -1 ? undefined : this.#outcomes[this.#numbers[place] ?? 0];
  }

  /** Keeps the outcome of the question that was looked for last. Equal answers must be of equal outcomes. */
  keep(answer: string, outcome: PolicyOutcome): void {
    const number = this.#numberOf.get(answer) ?? this.#enter(answer, outcome);
    const known = this.#find();
    const place = known === -1 ? this.#placeToGive() : known;
    this.#tags.set(this.#wanted, place * TAG_WORDS);
    this.#numbers[place] = number;
  }

  /** An empty place, or one whose question gives way. */
  #placeToGive(): number {
    const first = this.#firstPlace();
    for (let place = first; place < first + WAYS; place += 1) if (this.#numbers[place] === 0) return place;
    this.#turn = (this.#turn + 1) % WAYS;
    return first + this.#turn;
  }

  #enter(answer: string, outcome: PolicyOutcome): number {
    if (this.#outcomes.length > OUTCOMES_MAX) {
      this.#numbers.fill(0);
      this.#outcomes.length = 1;
      this.#numberOf.clear();
    }
    const number = this.#outcomes.push(outcome) - 1;
    this.#numberOf.set(answer, number);
    return number;
  }

  #readTag(digest: string): void {
    assert(digest.length >= TAG_WORDS * 4, 'digest of another length');
    for (let word = 0; word < TAG_WORDS; word += 1) {
      const at = word * 4;
      this.#wanted[word] =
        digest.charCodeAt(at) |
        (digest.charCodeAt(at + 1) << 8) |
        (digest.charCodeAt(at + 2) << 16) |
        (digest.charCodeAt(at + 3) << 24);
    }
  }

  /** The place of the question, or -1. */
  #find(): number {
    const first = this.#firstPlace();
    for (let place = first; place < first + WAYS; place += 1) {
      if (this.#numbers[place] !== 0 && this.#isWanted(place * TAG_WORDS)) return place;
    }
    return -1;
  }

  #firstPlace(): number {
    return ((this.#wanted[0] ?? 0) * WAYS) % this.#numbers.length;
  }

  #isWanted(at: number): boolean {
    for (let word = 0; word < TAG_WORDS; word += 1) {
      if (this.#tags[at + word] !== this.#wanted[word]) return false;
    }
    return true;
  }
}
