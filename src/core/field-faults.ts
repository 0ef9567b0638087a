// Collects what is wrong with a request, so that all faults are told at once. Problems say what is
// allowed and never repeat the value.
import { type FieldFault, PosternError } from './error.ts';

/** Faults of one message. The list stays null while there are none, which is nearly always. */
export class FieldFaults {
  /** Put before every field's name, e.g. `items[3].`. */
  readonly #prefix: string;
  #faults: FieldFault[] | null = null;

  constructor(prefix = '') {
    this.#prefix = prefix;
  }

  add(field: string, problem: string): void {
    this.#faults ??= [];
    this.#faults.push({ field: this.#prefix + field, problem });
  }

  /** The error that names them all, or null when there are none. */
  error(): PosternError | null {
    if (this.#faults === null) return null;
    return new PosternError('request_malformed', 'The request is malformed.', { faults: this.#faults });
  }

  /** Throws the error, if there is one. */
  throwIfAny(): void {
    const error = this.error();
    if (error !== null) throw error;
  }
}
