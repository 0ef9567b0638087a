// How many bytes a server holds for callers who leave things half done: of requests that have arrived and are not
// decoded yet (half-sent ones, and whole ones that nobody could read so far), and of streams' results that are not
// taken. Above the bound the listener that holds most of them loses its largest call, of the connection that holds
// most: whoever sends much makes room for whoever sends little, and a flood on one listener for all others
// (docs/decisions/0019-bytes-that-arrive-are-bounded.md).
import { assert } from '../core/assert.ts';

/** A call that holds bytes of requests. */
export interface ArrivalHolder {
  /** What its account counts for it; the account alone changes this. */
  heldBytes: number;
  /** Ends the call as overloaded. It holds nothing any more. */
  refuse(): void;
}

/** Whole messages of the largest size that are held at once. */
const MESSAGES_MAX = 8;

/**
 * Pieces that are not read, and messages that are not delivered, use up the budget as well, however small they are:
 * each is some hundreds of bytes of the heap, whose size has nothing to do with that of messages.
 */
const OBJECTS_MAX = 32_768;

/** Whichever holds most. */
function largest<Holder extends { readonly heldBytes: number }>(holders: Iterable<Holder>): Holder {
  let most: Holder | null = null;
  for (const holder of holders) if (holder.heldBytes > (most?.heldBytes ?? 0)) most = holder;
  assert(most !== null, 'what is held is held by somebody');
  return most;
}

/** All bytes that one server holds. */
export class ArrivalBudget {
  /** Of one message; longer ones are refused at their first byte. */
  readonly messageBytesMax: number;
  /** What a piece or a message counts for by itself, in bytes. */
  readonly objectCost: number;
  readonly #bytesMax: number;
  readonly #listeners = new Map<string, ListenerArrivals>();
  #bytes = 0;

  constructor(messageBytesMax: number) {
    this.messageBytesMax = messageBytesMax;
    this.#bytesMax = messageBytesMax * MESSAGES_MAX;
    this.objectCost = Math.ceil(this.#bytesMax / OBJECTS_MAX);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The part of a listener. There are as many as the configuration has listeners. */
  ofListener(name: string): ListenerArrivals {
    const known = this.#listeners.get(name) ?? new ListenerArrivals(this);
    this.#listeners.set(name, known);
    return known;
  }

  /** For the listeners. */
  count(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Refuses calls until the rest fits. */
  makeRoom(): void {
    while (this.#bytes > this.#bytesMax) largest(this.#listeners.values()).refuseLargest();
  }
}

/** What the connections of one listener hold. */
export class ListenerArrivals {
  readonly budget: ArrivalBudget;
  /** Those that hold anything. */
  readonly #accounts = new Set<ArrivalAccount>();
  #bytes = 0;

  constructor(budget: ArrivalBudget) {
    this.budget = budget;
  }

  get heldBytes(): number {
    return this.#bytes;
  }

  /** For the accounts. */
  count(account: ArrivalAccount, bytes: number): void {
    this.#bytes += bytes;
    this.budget.count(bytes);
    if (account.heldBytes === 0) this.#accounts.delete(account);
    else this.#accounts.add(account);
  }

  /** For the budget. */
  refuseLargest(): void {
    largest(this.#accounts).refuseLargest();
  }
}

/** What the calls of one connection hold. */
export class ArrivalAccount {
  readonly #listener: ListenerArrivals;
  readonly #holders = new Set<ArrivalHolder>();
  #bytes = 0;

  constructor(listener: ListenerArrivals) {
    this.#listener = listener;
  }

  get heldBytes(): number {
    return this.#bytes;
  }

  get messageBytesMax(): number {
    return this.#listener.budget.messageBytesMax;
  }

  get objectCost(): number {
    return this.#listener.budget.objectCost;
  }

  /** Counts so many more. Returns false when there was no room and the holder itself was refused for it. */
  hold(holder: ArrivalHolder, bytes: number): boolean {
    this.#holders.add(holder);
    this.#count(holder, bytes);
    this.#listener.budget.makeRoom();
    return holder.heldBytes > 0;
  }

  /** Counts so many less, at most what the holder holds. */
  release(holder: ArrivalHolder, bytes: number): void {
    if (holder.heldBytes === 0) return;
    this.#count(holder, -Math.min(bytes, holder.heldBytes));
    if (holder.heldBytes === 0) this.#holders.delete(holder);
  }

  /** For the listener. */
  refuseLargest(): void {
    const holder = largest(this.#holders);
    this.release(holder, holder.heldBytes);
    holder.refuse();
  }

  #count(holder: ArrivalHolder, bytes: number): void {
    holder.heldBytes += bytes;
    this.#bytes += bytes;
    this.#listener.count(this, bytes);
  }
}
