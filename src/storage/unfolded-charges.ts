// Charges that stand in the journal and not yet in the tables of counters and uses: everything that was
// committed since the last fold. Unlike the caches it must never forget: the tables are behind it.
import type { KeyUse } from '../pdp/settle-view.ts';
import { ownText } from './own-text.ts';

/** Charges are folded when the first of them is so old: what is charged again and again is written once. */
const FOLD_AFTER_US = 5_000_000;

/** Parts that a generation is folded in, so that no group waits long for it: one part a tick. */
const FOLD_PARTS = 16;

const PLACES_MIN = 256;

/** States that a group left behind, each of them whole: nothing is added up. */
export interface Charges {
  readonly keyUses: ReadonlyMap<number, KeyUse>;
  readonly counters: ReadonlyMap<string, number>;
}

/** What one step writes to the tables. */
export interface FoldStep {
  /** In the order of the tables, so that neighbours meet in their pages. */
  readonly uses: readonly (readonly [keySeq: number, use: KeyUse])[];
  readonly counters: readonly (readonly [counterId: string, tatUs: number])[];
  /** With this step, the journal up to here has done its duty; null: not yet. */
  readonly journalDoneTo: number | null;
}

/** States in plain numbers: objects that live until the next charge would all be promoted. */
class Generation {
  readonly #usePlaces = new Map<number, number>();
  readonly #counterPlaces = new Map<string, number>();
  #useTatsUs = new Float64Array(PLACES_MIN);
  #lastUsedUs = new Float64Array(PLACES_MIN);
  #counterTatsUs = new Float64Array(PLACES_MIN);

  get isEmpty(): boolean {
    return this.#usePlaces.size + this.#counterPlaces.size === 0;
  }

  use(keySeq: number): KeyUse | undefined {
    const place = this.#usePlaces.get(keySeq);
    if (place === undefined) return undefined;
    return { tatUs: this.#useTatsUs[place] ?? 0, lastUsedUs: this.#lastUsedUs[place] ?? 0 };
  }

  counterTatUs(counterId: string): number | undefined {
    const place = this.#counterPlaces.get(counterId);
    return place === undefined ? undefined : this.#counterTatsUs[place];
  }

  setUse(keySeq: number, use: KeyUse): void {
    let place = this.#usePlaces.get(keySeq);
    if (place === undefined) {
      place = this.#usePlaces.size;
      this.#usePlaces.set(keySeq, place);
      this.#useTatsUs = withPlace(this.#useTatsUs, place);
      this.#lastUsedUs = withPlace(this.#lastUsedUs, place);
    }
    this.#useTatsUs[place] = use.tatUs;
    this.#lastUsedUs[place] = use.lastUsedUs;
  }

  setCounter(counterId: string, tatUs: number): void {
    let place = this.#counterPlaces.get(counterId);
    if (place === undefined) {
      place = this.#counterPlaces.size;
      // Ids are slices of messages, which must not be kept.
      this.#counterPlaces.set(ownText(counterId), place);
      this.#counterTatsUs = withPlace(this.#counterTatsUs, place);
    }
    this.#counterTatsUs[place] = tatUs;
  }

  keySeqs(): readonly number[] {
    return [...Float64Array.from(this.#usePlaces.keys()).sort()];
  }

  counterIds(): readonly string[] {
    return [...this.#counterPlaces.keys()].sort();
  }
}

function withPlace(numbers: Float64Array<ArrayBuffer>, place: number): Float64Array<ArrayBuffer> {
  if (place < numbers.length) return numbers;
  const larger = new Float64Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}

/** A generation that takes no more charges, and how far it is folded. */
interface Sealed {
  readonly generation: Generation;
  /** Last row of the journal that it covers. */
  readonly journalTo: number;
  readonly keySeqs: readonly number[];
  readonly counterIds: readonly string[];
  partsDone: number;
}

/** One for each connection, filled from the journal when that is opened. */
export class UnfoldedCharges {
  #current = new Generation();
  /** When the first charge of the current generation was committed; null: it has none. */
  #currentSinceUs: number | null = null;
  #journalTo = 0;
  #sealed: Sealed | null = null;

  use(keySeq: number): KeyUse | undefined {
    return this.#current.use(keySeq) ?? this.#sealed?.generation.use(keySeq);
  }

  counterTatUs(counterId: string): number | undefined {
    return this.#current.counterTatUs(counterId) ?? this.#sealed?.generation.counterTatUs(counterId);
  }

  /** Takes over charges whose commit returned. `seq` is their row in the journal. */
  add(charges: Charges, seq: number, monoUs: number): void {
    for (const [keySeq, use] of charges.keyUses) this.#current.setUse(keySeq, use);
    for (const [counterId, tatUs] of charges.counters) this.#current.setCounter(counterId, tatUs);
    this.#journalTo = seq;
    if (!this.#current.isEmpty) this.#currentSinceUs ??= monoUs;
  }

  /** The next step that is due, or null. It counts only when `folded` was told. */
  nextStep(monoUs: number): FoldStep | null {
    const { partsDone } = this.#sealed ?? { partsDone: FOLD_PARTS };
    if (partsDone < FOLD_PARTS) return stepOf(this.#sealed, partsDone, partsDone + 1);
    const sinceUs = this.#currentSinceUs;
    if (sinceUs === null || monoUs - sinceUs < FOLD_AFTER_US) return null;
    this.#seal();
    return stepOf(this.#sealed, 0, 1);
  }

  /** Everything that is left, for the end: the older generation first, because the newer one may hold the same. */
  lastSteps(): readonly FoldStep[] {
    const steps = [];
    const { partsDone } = this.#sealed ?? { partsDone: FOLD_PARTS };
    if (partsDone < FOLD_PARTS) steps.push(stepOf(this.#sealed, partsDone, FOLD_PARTS));
    if (this.#currentSinceUs !== null) {
      this.#seal();
      steps.push(stepOf(this.#sealed, 0, FOLD_PARTS));
    }
    return steps.filter((step) => step !== null);
  }

  /** The last step of `nextStep` is committed. */
  folded(): void {
    if (this.#sealed !== null) this.#sealed.partsDone += 1;
  }

  /** What was sealed before is folded: the tables have it. */
  #seal(): void {
    const generation = this.#current;
    this.#sealed = {
      generation,
      journalTo: this.#journalTo,
      keySeqs: generation.keySeqs(),
      counterIds: generation.counterIds(),
      partsDone: 0,
    };
    this.#current = new Generation();
    this.#currentSinceUs = null;
  }
}

/** The parts from `from` to before `to`. */
function stepOf(sealed: Sealed | null, from: number, to: number): FoldStep | null {
  if (sealed === null) return null;
  const { generation, keySeqs, counterIds, journalTo } = sealed;
  const cut = <T>(all: readonly T[]) =>
    all.slice(Math.floor((all.length * from) / FOLD_PARTS), Math.floor((all.length * to) / FOLD_PARTS));
  return {
    uses: cut(keySeqs).map((keySeq) => [keySeq, generation.use(keySeq) ?? { tatUs: 0, lastUsedUs: 0 }]),
    counters: cut(counterIds).map((counterId) => [counterId, generation.counterTatUs(counterId) ?? 0]),
    journalDoneTo: to === FOLD_PARTS ? journalTo : null,
  };
}
