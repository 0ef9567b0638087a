// Charges that stand in the journal and not yet in the tables of counters and uses: everything that was
// committed since the last fold. Unlike the caches it must never forget: the tables are behind it.
import type { KeyUse } from '../pdp/settle-view.ts';
import { ownText } from './own-text.ts';

/** A generation is folded when its first charge is so old: what is charged again and again is written once. */
const FOLD_AFTER_US = 5_000_000;

/** A small one is folded sooner: it costs little, and last uses are seen sooner. */
const FOLD_SMALL_AFTER_US = 1_000_000;
const SMALL_MAX = 4_096;

/** Uses, and counters, of one generation: what memory and the sorting of a full one may cost, some 10 ms. */
const FULL_AT = 16_384;

const PLACES_MIN = 1_024;

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

  get size(): number {
    return this.#usePlaces.size + this.#counterPlaces.size;
  }

  get isFull(): boolean {
    return this.#usePlaces.size >= FULL_AT || this.#counterPlaces.size >= FULL_AT;
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

  keySeqs(): Float64Array {
    return Float64Array.from(this.#usePlaces.keys()).sort();
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
  readonly keySeqs: Float64Array;
  readonly counterIds: readonly string[];
  usesDone: number;
  countersDone: number;
}

/**
 * One for each connection. At most two generations are kept: while one is folded, step by step, the other
 * takes what is charged meanwhile.
 */
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
    if (this.#current.size > 0) this.#currentSinceUs ??= monoUs;
  }

  /** The next `rowsMax` rows that are due, or null. They count only when `folded` is told. */
  nextStep(monoUs: number, rowsMax: number): FoldStep | null {
    if (this.#sealed === null && this.#isDue(monoUs)) this.#seal();
    return this.#sealed === null ? null : stepOf(this.#sealed, rowsMax);
  }

  /** The same whether or not it is due, for the end; null: nothing is left. */
  nextOfAll(rowsMax: number): FoldStep | null {
    return this.nextStep(Number.POSITIVE_INFINITY, rowsMax);
  }

  /** A step is committed. */
  folded(step: FoldStep): void {
    const sealed = this.#sealed;
    if (sealed === null) return;
    sealed.usesDone += step.uses.length;
    sealed.countersDone += step.counters.length;
    if (step.journalDoneTo !== null) this.#sealed = null;
  }

  #isDue(monoUs: number): boolean {
    if (this.#currentSinceUs === null) return false;
    const ageUs = monoUs - this.#currentSinceUs;
    const afterUs = this.#current.size <= SMALL_MAX ? FOLD_SMALL_AFTER_US : FOLD_AFTER_US;
    return ageUs >= afterUs || this.#current.isFull;
  }

  #seal(): void {
    const generation = this.#current;
    this.#sealed = {
      generation,
      journalTo: this.#journalTo,
      keySeqs: generation.keySeqs(),
      counterIds: generation.counterIds(),
      usesDone: 0,
      countersDone: 0,
    };
    this.#current = new Generation();
    this.#currentSinceUs = null;
  }
}

/** What comes next: uses first, then counters, because they are pages apart. */
function stepOf(sealed: Sealed, rowsMax: number): FoldStep {
  const { generation, keySeqs, counterIds, usesDone, countersDone } = sealed;
  const uses: [number, KeyUse][] = [];
  for (const keySeq of keySeqs.subarray(usesDone, usesDone + rowsMax)) {
    uses.push([keySeq, generation.use(keySeq) ?? { tatUs: 0, lastUsedUs: 0 }]);
  }
  const countersTo = countersDone + rowsMax - uses.length;
  const counters: [string, number][] = [];
  for (const counterId of counterIds.slice(countersDone, countersTo)) {
    counters.push([counterId, generation.counterTatUs(counterId) ?? 0]);
  }
  const isLast = usesDone + uses.length === keySeqs.length && countersTo >= counterIds.length;
  return { uses, counters, journalDoneTo: isLast ? sealed.journalTo : null };
}
