// A progress bar for long work, on a terminal only: in a file or a pipe it prints nothing.
import type { TextSink } from './terminal.ts';

const WIDTH = 30;

/** Redraws one line in place. */
export class ProgressBar {
  readonly #sink: TextSink;
  readonly #unit: string;
  #isShown = false;

  constructor(sink: TextSink, unit: string) {
    this.#sink = sink;
    this.#unit = unit;
  }

  show(done: number, total: number): void {
    if (this.#sink.isTTY !== true) return;
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const filled = Math.round(share * WIDTH);
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    const count = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${this.#unit}`;
    this.#sink.write(`\r\u001b[K${bar} ${Math.floor(share * 100)} %  ${count}`);
    this.#isShown = true;
  }

  /** Removes the line. */
  clear(): void {
    if (this.#isShown) this.#sink.write('\r\u001b[K');
    this.#isShown = false;
  }
}
