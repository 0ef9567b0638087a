// Uses of keys as they were committed last, in plain numbers: every check changes one, and an object for
// each that lives until the next would all be promoted. It may forget, but it never tells an old use.
import { assert } from '../core/assert.ts';
import type { KeyUse } from '../pdp/settle-view.ts';

/** Places that a key can stand in, so that few displace each other. */
const WAYS = 4;

/** 24 bytes for each of `places`, a power of two. */
export class KeyUseCache {
  readonly #places: number;
  /** 0: nobody's; row numbers begin at 1. */
  readonly #keySeqs: Float64Array;
  readonly #tatsUs: Float64Array;
  readonly #lastUsedUs: Float64Array;
  #nextWay = 0;

  constructor(places: number) {
    assert(places >= WAYS && Number.isInteger(Math.log2(places)), 'cache of another size');
    this.#places = places;
    this.#keySeqs = new Float64Array(places);
    this.#tatsUs = new Float64Array(places);
    this.#lastUsedUs = new Float64Array(places);
  }

  get(keySeq: number): KeyUse | undefined {
    const place = this.#find(keySeq);
    if (place === -1) return undefined;
    return { tatUs: this.#tatsUs[place] ?? 0, lastUsedUs: this.#lastUsedUs[place] ?? 0 };
  }

  set(keySeq: number, use: KeyUse): void {
    const known = this.#find(keySeq);
    const place = known === -1 ? this.#displace(keySeq) : known;
    this.#keySeqs[place] = keySeq;
    this.#tatsUs[place] = use.tatUs;
    this.#lastUsedUs[place] = use.lastUsedUs;
  }

  #find(keySeq: number): number {
    const first = this.#firstPlace(keySeq);
    for (let place = first; place < first + WAYS; place += 1) {
      if (this.#keySeqs[place] === keySeq) return place;
    }
    return -1;
  }

  /** Row numbers are given one after the other: neighbours stand in neighbouring sets. */
  #firstPlace(keySeq: number): number {
    return (keySeq * WAYS) % this.#places;
  }

  #displace(keySeq: number): number {
    const first = this.#firstPlace(keySeq);
    for (let place = first; place < first + WAYS; place += 1) {
      if (this.#keySeqs[place] === 0) return place;
    }
    this.#nextWay = (this.#nextWay + 1) % WAYS;
    return first + this.#nextWay;
  }
}
