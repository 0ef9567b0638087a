// Writes the log's lines to a file descriptor. A log that cannot be written must never stop what it tells of:
// nothing here waits on the main thread, throws, or holds more than a bound. Lines that find no room, or that
// the system refuses, are dropped and counted, and the count is told when writing works again.
import { write } from 'node:fs';

/** Lines held for a reader that is slow; further ones are dropped. */
const HELD_BYTES_MAX = 1_048_576;

/** A full pipe does not say when it has room. */
const RETRY_MS = 50;

export interface LineWriterOptions {
  /** A pipe must not be a blocking one: a reader that stops reading would hold a thread of the pool for ever. */
  readonly fd: number;
  /** The line that tells how many were lost, with its line feed. */
  readonly lostLine: (count: number) => string;
}

/** What is on its way. */
interface Batch {
  readonly bytes: Buffer;
  /** How many lost lines it tells of; 0: of none. */
  readonly told: number;
}

function linesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf('\n'); at !== -1; at = bytes.indexOf('\n', at + 1)) count += 1;
  return count;
}

export class LineWriter {
  readonly #options: LineWriterOptions;
  #held: string[] = [];
  #heldBytes = 0;
  #lost = 0;
  #isWriting = false;
  /** Whether what was written last lacks its end: the next line must not be glued to it. */
  #isCut = false;
  #onIdle: (() => void) | null = null;

  constructor(options: LineWriterOptions) {
    this.#options = options;
  }

  /** Takes one line with its line feed. */
  write(line: string): void {
    const bytes = Buffer.byteLength(line);
    if (this.#heldBytes + bytes > HELD_BYTES_MAX) {
      this.#lost += 1;
      return;
    }
    this.#held.push(line);
    this.#heldBytes += bytes;
    if (!this.#isWriting) this.#writeHeld();
  }

  /** Resolves when everything is written or dropped, after `waitMs` at the latest. */
  idle(waitMs: number): Promise<void> {
    if (!this.#isWriting) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #writeHeld(): void {
    const told = this.#lost;
    const lines = this.#held.join('') + (told > 0 ? this.#options.lostLine(told) : '');
    this.#held = [];
    this.#heldBytes = 0;
    this.#isWriting = true;
    this.#writeRest({ bytes: Buffer.from(this.#isCut ? `\n${lines}` : lines), told }, 0);
  }

  #writeRest(batch: Batch, from: number): void {
    write(this.#options.fd, batch.bytes, from, (error, written) => {
      if (error?.code === 'EAGAIN') {
        // Nobody may be kept waiting at the end by a reader that has stopped: `idle` bounds it.
        setTimeout(() => this.#writeRest(batch, from), RETRY_MS).unref();
        return;
      }
      if (error !== null || written === 0) {
        this.#drop(batch, from);
        return;
      }
      const next = from + written;
      this.#isCut = batch.bytes[next - 1] !== 0x0a;
      if (next < batch.bytes.length) this.#writeRest(batch, next);
      else this.#complete(batch);
    });
  }

  #complete({ told }: Batch): void {
    this.#lost -= told;
    this.#continue();
  }

  /** What was tried once is not tried again: a disk may stay full for long. */
  #drop({ bytes, told }: Batch, from: number): void {
    const isBreakLeft = from === 0 && bytes[0] === 0x0a;
    this.#lost += linesIn(bytes.subarray(from)) - (told > 0 ? 1 : 0) - (isBreakLeft ? 1 : 0);
    this.#continue();
  }

  #continue(): void {
    if (this.#held.length > 0) {
      this.#writeHeld();
      return;
    }
    this.#isWriting = false;
    this.#onIdle?.();
  }
}
