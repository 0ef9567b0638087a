// The few words of memory that all threads share: the registry's epoch, the policy's generation, the
// ledger's clock, heartbeats, and one slot for each evaluator. One writer for each word, many readers.
// It never holds a secret: a slot holds the head of the decision being evaluated, no credential.
import { assert } from '../core/assert.ts';

const WORD_BYTES = 4;
const FLOAT_BYTES = 8;

/** 32-bit words. */
const EPOCH = 0;
const GENERATION = 1;
const CLOCK_SEQUENCE = 2;
const JUMP_PENDING = 3;
const WRITABLE = 4;
const LEDGER_HEARTBEAT = 5;
const HEADER_WORDS = 8;

/** 64-bit floats. */
const CLOCK_NOW_US = 0;
const CLOCK_MONO_US = 1;
const LOG_SIZE = 2;
const HEADER_FLOATS = 4;

/** Words of a slot: heartbeat, length of the head, then padding. Floats of a slot: start of the evaluation. */
const SLOT_WORDS = 4;
const SLOT_FLOATS = 2;

/** Bytes that hold the head of the decision being evaluated: above every cap of its fields together. */
export const SLOT_HEAD_BYTES_MAX = 8_192;

/** The ledger's clock as last published. */
export interface PublishedClock {
  readonly nowUs: number;
  readonly monoUs: number;
}

/** A slot as the watchdog sees it. */
export interface EvaluationInSlot {
  /** When the evaluation began, on the monotonic clock in microseconds. */
  readonly startedMonoUs: number;
}

/** Layout and access. Construct once with a number of evaluators, elsewhere from the buffer. */
export class ControlBlock {
  readonly buffer: SharedArrayBuffer;
  readonly evaluators: number;
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #bytes: Uint8Array;
  readonly #slotWords: number;
  readonly #slotFloats: number;
  readonly #slotBytes: number;

  private constructor(buffer: SharedArrayBuffer, evaluators: number) {
    const floats = HEADER_FLOATS + evaluators * SLOT_FLOATS;
    const words = HEADER_WORDS + evaluators * SLOT_WORDS;
    const floatBytes = floats * FLOAT_BYTES;
    const wordBytes = words * WORD_BYTES;
    assert(
      buffer.byteLength === floatBytes + wordBytes + evaluators * SLOT_HEAD_BYTES_MAX,
      'control block of another size',
    );
    this.buffer = buffer;
    this.evaluators = evaluators;
    this.#floats = new Float64Array(buffer, 0, floats);
    this.#words = new Int32Array(buffer, floatBytes, words);
    this.#bytes = new Uint8Array(buffer, floatBytes + wordBytes);
    this.#slotWords = HEADER_WORDS;
    this.#slotFloats = HEADER_FLOATS;
    this.#slotBytes = 0;
  }

  /** A new block, all zero, for this many evaluators. */
  static create(evaluators: number): ControlBlock {
    const bytes =
      (HEADER_FLOATS + evaluators * SLOT_FLOATS) * FLOAT_BYTES +
      (HEADER_WORDS + evaluators * SLOT_WORDS) * WORD_BYTES +
      evaluators * SLOT_HEAD_BYTES_MAX;
    return new ControlBlock(new SharedArrayBuffer(bytes), evaluators);
  }

  /** The same block on another thread. */
  static open(buffer: SharedArrayBuffer, evaluators: number): ControlBlock {
    return new ControlBlock(buffer, evaluators);
  }

  /** Registry epoch. Read it before the row; it rises after the commit of a change, before its answer. */
  epoch(): number {
    return Atomics.load(this.#words, EPOCH);
  }

  /** The ledger only. */
  raiseEpoch(): void {
    Atomics.add(this.#words, EPOCH, 1);
  }

  /** Generation of the active policy; 0: none yet. */
  generation(): number {
    return Atomics.load(this.#words, GENERATION);
  }

  /** The ledger only, right after it committed the activation. */
  publishGeneration(generation: number): void {
    Atomics.store(this.#words, GENERATION, generation);
  }

  /** The ledger only. Readers retry while the sequence is odd or moved, so they see both or neither. */
  publishClock(clock: PublishedClock): void {
    Atomics.add(this.#words, CLOCK_SEQUENCE, 1);
    this.#floats[CLOCK_NOW_US] = clock.nowUs;
    this.#floats[CLOCK_MONO_US] = clock.monoUs;
    Atomics.add(this.#words, CLOCK_SEQUENCE, 1);
  }

  /** The ledger's time now, given the monotonic clock of the process. 0 until the ledger has opened. */
  nowUs(monoUs: number): number {
    for (;;) {
      const before = Atomics.load(this.#words, CLOCK_SEQUENCE);
      const nowUs = this.#floats[CLOCK_NOW_US] ?? 0;
      const baseMonoUs = this.#floats[CLOCK_MONO_US] ?? 0;
      if ((before & 1) === 0 && Atomics.load(this.#words, CLOCK_SEQUENCE) === before) {
        return nowUs === 0 ? 0 : Math.trunc(nowUs + Math.max(0, monoUs - baseMonoUs));
      }
    }
  }

  jumpPending(): boolean {
    return Atomics.load(this.#words, JUMP_PENDING) === 1;
  }

  publishJumpPending(pending: boolean): void {
    Atomics.store(this.#words, JUMP_PENDING, pending ? 1 : 0);
  }

  writable(): boolean {
    return Atomics.load(this.#words, WRITABLE) === 1;
  }

  publishWritable(writable: boolean): void {
    Atomics.store(this.#words, WRITABLE, writable ? 1 : 0);
  }

  /** Records committed. Readers of the log wake up on it. */
  logSize(): number {
    return this.#floats[LOG_SIZE] ?? 0;
  }

  publishLogSize(size: number): void {
    this.#floats[LOG_SIZE] = size;
  }

  /** Counts turns of the ledger's loop; the liveness probe sees that it moves. */
  beatLedger(): void {
    Atomics.add(this.#words, LEDGER_HEARTBEAT, 1);
  }

  ledgerHeartbeat(): number {
    return Atomics.load(this.#words, LEDGER_HEARTBEAT);
  }

  beatEvaluator(number: number): void {
    Atomics.add(this.#words, this.#slotWords + number * SLOT_WORDS, 1);
  }

  evaluatorHeartbeat(number: number): number {
    return Atomics.load(this.#words, this.#slotWords + number * SLOT_WORDS);
  }

  /**
   * Enters an evaluation into the evaluator's slot: the bytes are the encoded head, written through
   * `headBytes`; then its start, which the watchdog looks at.
   */
  enterEvaluation(number: number, headBytes: number, startedMonoUs: number): void {
    assert(headBytes > 0, 'an evaluation that could not be settled');
    assert(headBytes <= SLOT_HEAD_BYTES_MAX, 'head of a decision above the slot');
    Atomics.store(this.#words, this.#slotWords + number * SLOT_WORDS + 1, headBytes);
    this.#floats[this.#slotFloats + number * SLOT_FLOATS] = startedMonoUs;
  }

  /** Clears the slot: the evaluation ended by itself. */
  leaveEvaluation(number: number): void {
    this.#floats[this.#slotFloats + number * SLOT_FLOATS] = 0;
  }

  /** What the slot holds, or null when nothing is being evaluated. */
  evaluation(number: number): EvaluationInSlot | null {
    const startedMonoUs = this.#floats[this.#slotFloats + number * SLOT_FLOATS] ?? 0;
    return startedMonoUs === 0 ? null : { startedMonoUs };
  }

  /** The slot's bytes, to be written or read by its owner (or by the watchdog once the owner ended). */
  slotBytes(number: number): Uint8Array {
    const start = this.#slotBytes + number * SLOT_HEAD_BYTES_MAX;
    return this.#bytes.subarray(start, start + SLOT_HEAD_BYTES_MAX);
  }

  /** How many of the slot's bytes are in use. */
  slotLength(number: number): number {
    return Atomics.load(this.#words, this.#slotWords + number * SLOT_WORDS + 1);
  }
}
