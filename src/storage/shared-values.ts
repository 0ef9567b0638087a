// Values that many rows share, by a small number: what stands in a packed row instead of them. Bounded; when it
// is full it begins anew, and so must whoever keeps its numbers.

/** Numbers from 0 on, in the order in which values came. Objects are told apart by identity. */
export class SharedValues<T> {
  readonly #max: number;
  readonly #values: T[] = [];
  readonly #numbers = new Map<T, number>();

  constructor(max: number) {
    this.#max = max;
  }

  get isFull(): boolean {
    return this.#values.length >= this.#max;
  }

  numberOf(value: T): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    const number = this.#values.push(value) - 1;
    this.#numbers.set(value, number);
    return number;
  }

  valueOf(number: number): T | undefined {
    return this.#values[number];
  }

  clear(): void {
    this.#values.length = 0;
    this.#numbers.clear();
  }
}
