// The open streams of an HTTP/2 session, in a table that never copies itself while streams come and go.
// Node keeps them in a Map. A Map that is added to and deleted from replaces its own table every few
// streams, and each table holds the next one and the streams that were open then: one that has reached the
// old generation keeps half of all calls that follow alive until the next full collection
// (docs/decisions/0013-garbage-that-survives.md). It must never throw: Node calls it.
import { subscribe } from 'node:diagnostics_channel';
import { types } from 'node:util';

const SLOTS_MIN = 64;

/** Fibonacci hashing: the product's upper bits differ most for neighbours. */
const SCATTER = 0x9e3779b1;
const SCATTER_SHIFT = 8;

/**
 * Ids are positive integers, streams are objects. The whole of a map, because another version of Node may
 * ask for more of it; what it asks for with every stream is get, set and delete.
 */
export class StreamTable<Stream extends object> implements Map<number, Stream> {
  readonly [Symbol.toStringTag] = 'StreamTable';
  #ids: Float64Array;
  #streams: (Stream | undefined)[];
  #size = 0;

  constructor() {
    this.#ids = new Float64Array(SLOTS_MIN);
    this.#streams = new Array<Stream | undefined>(SLOTS_MIN).fill(undefined);
  }

  get size(): number {
    return this.#size;
  }

  get(id: number): Stream | undefined {
    return this.#streams[this.#slotOf(id)];
  }

  set(id: number, stream: Stream): this {
    const slot = this.#slotOf(id);
    if (this.#streams[slot] === undefined) this.#size += 1;
    this.#ids[slot] = id;
    this.#streams[slot] = stream;
    if (this.#size * 2 > this.#streams.length) this.#grow();
    return this;
  }

  delete(id: number): boolean {
    let free = this.#slotOf(id);
    if (this.#streams[free] === undefined) return false;
    this.#size -= 1;
    // What stood behind it moves up, or looking for it would end at the gap.
    const last = this.#streams.length - 1;
    for (let slot = (free + 1) & last; this.#streams[slot] !== undefined; slot = (slot + 1) & last) {
      const wayFromHome = (slot - this.#homeOf(this.#ids[slot] ?? 0)) & last;
      if (wayFromHome < ((slot - free) & last)) continue;
      this.#ids[free] = this.#ids[slot] ?? 0;
      this.#streams[free] = this.#streams[slot];
      free = slot;
    }
    this.#streams[free] = undefined;
    return true;
  }

  has(id: number): boolean {
    return this.get(id) !== undefined;
  }

  clear(): void {
    this.#streams.fill(undefined);
    this.#size = 0;
  }

  /** In no particular order; streams may be deleted meanwhile. */
  forEach(visit: (stream: Stream, id: number, table: this) => void): void {
    for (const [id, stream] of this) visit(stream, id, this);
  }

  /** As it is now, in no particular order. */
  *entries(): MapIterator<[number, Stream]> {
    const ids = this.#ids.slice();
    for (const [slot, stream] of this.#streams.slice().entries()) {
      if (stream !== undefined) yield [ids[slot] ?? 0, stream];
    }
  }

  *keys(): MapIterator<number> {
    for (const [id] of this) yield id;
  }

  *values(): MapIterator<Stream> {
    for (const [, stream] of this) yield stream;
  }

  [Symbol.iterator](): MapIterator<[number, Stream]> {
    return this.entries();
  }

  /** Scattered: ids that follow each other would stand in one row, and a deletion walks its row to the end. */
  #homeOf(id: number): number {
    return (Math.imul(id, SCATTER) >>> SCATTER_SHIFT) & (this.#streams.length - 1);
  }

  /** Where the id stands, or would. */
  #slotOf(id: number): number {
    const last = this.#streams.length - 1;
    let slot = this.#homeOf(id);
    while (this.#streams[slot] !== undefined && this.#ids[slot] !== id) slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    const streams = this.#streams;
    const ids = this.#ids;
    this.#ids = new Float64Array(streams.length * 2);
    this.#streams = new Array<Stream | undefined>(streams.length * 2).fill(undefined);
    this.#size = 0;
    for (const [slot, stream] of streams.entries())
      if (stream !== undefined) this.set(ids[slot] ?? 0, stream);
  }
}

interface SessionState {
  streams: Map<number, object>;
}

/** Under which symbol a session of Node's keeps its state. */
let stateSymbol: symbol | undefined;

function stateOf(session: object): SessionState | null {
  stateSymbol ??= Object.getOwnPropertySymbols(session).find(({ description }) => description === 'state');
  const state: unknown = stateSymbol === undefined ? null : Reflect.get(session, stateSymbol);
  return typeof state === 'object' && state !== null && 'streams' in state ? (state as SessionState) : null;
}

/** Gives a session its table, unless it has one, or Node keeps its streams otherwise. */
function giveStreamTable(session: object): void {
  const state = stateOf(session);
  // Node's own maps are cut off from Map's prototype; the table is none of them.
  if (state === null || !types.isMap(state.streams)) return;
  const table = new StreamTable<object>();
  state.streams.forEach((stream, id) => {
    table.set(id, stream);
  });
  state.streams = table;
}

let isSubscribed = false;

/** From now on every session of this thread's servers gets its table with its first stream. */
export function useStreamTables(): void {
  if (isSubscribed) return;
  isSubscribed = true;
  subscribe('http2.server.stream.created', (message) => {
    // What the message holds is Node's to change; whatever throws here would end the thread.
    const session: unknown = Reflect.get(Object(Reflect.get(Object(message), 'stream')), 'session');
    if (typeof session === 'object' && session !== null) giveStreamTable(session);
  });
}
