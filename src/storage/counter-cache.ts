// Counters as they were committed last, in a table that never grows: one that does is copied again and
// again when there are more companies than places. It may forget, but it never tells an old state.
import { assert } from '../core/assert.ts';
import { ownText } from './own-text.ts';

/** Places that a counter can stand in, so that few displace each other. */
const WAYS = 4;

/** FNV-1a. */
const HASH_BASIS = 0x811c9dc5;
const HASH_PRIME = 0x01000193;

/** Some 80 bytes for each of `places`, a power of two, once it is taken; more where ids are long. */
export class CounterCache {
  readonly #places: number;
  readonly #ids: (string | undefined)[];
  readonly #hashes: Int32Array;
  readonly #tatsUs: Float64Array;
  #nextWay = 0;

  constructor(places: number) {
    assert(places >= WAYS && Number.isInteger(Math.log2(places)), 'cache of another size');
    this.#places = places;
    this.#ids = new Array<string | undefined>(places).fill(undefined);
    this.#hashes = new Int32Array(places);
    this.#tatsUs = new Float64Array(places);
  }

  get(counterId: string): number | undefined {
    const place = this.#find(counterId, hashOf(counterId));
    return place === -1 ? undefined : this.#tatsUs[place];
  }

  set(counterId: string, tatUs: number): void {
    const hash = hashOf(counterId);
    let place = this.#find(counterId, hash);
    if (place === -1) {
      place = this.#displace(hash);
      // Ids are slices of messages, which must not be kept.
      this.#ids[place] = ownText(counterId);
      this.#hashes[place] = hash;
    }
    this.#tatsUs[place] = tatUs;
  }

  #find(counterId: string, hash: number): number {
    const first = this.#firstPlace(hash);
    for (let place = first; place < first + WAYS; place += 1) {
      if (this.#hashes[place] === hash && this.#ids[place] === counterId) return place;
    }
    return -1;
  }

  /** The multiplication leaves most of what tells ids apart in the upper bits. */
  #firstPlace(hash: number): number {
    return (((hash ^ (hash >>> 15)) * WAYS) & (this.#places - 1)) >>> 0;
  }

  #displace(hash: number): number {
    const first = this.#firstPlace(hash);
    for (let place = first; place < first + WAYS; place += 1) {
      if (this.#ids[place] === undefined) return place;
    }
    this.#nextWay = (this.#nextWay + 1) % WAYS;
    return first + this.#nextWay;
  }
}

function hashOf(text: string): number {
  let hash = HASH_BASIS;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), HASH_PRIME);
  return hash;
}
