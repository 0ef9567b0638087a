// One step of the demo: what is expected, what came, whether they agree. A step that throws is a
// difference, told like any other.
import { failureOf } from '../failure.ts';
import type { Output } from '../output.ts';

/** A step's result, as `--json` prints it. */
export interface StepResult {
  readonly step: string;
  readonly expect: string;
  readonly got: string;
  readonly ok: boolean;
}

/** Runs steps, prints each at once, and counts the differences. */
export class StepRecorder {
  readonly #output: Output;
  #steps = 0;
  #differences = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Starts a chapter; machines do not need it. */
  chapter(title: string): void {
    if (!this.#output.isJson) this.#output.line(`\n${this.#output.tone('strong', title)}`);
  }

  async step(step: string, expect: string, run: () => Promise<string>): Promise<void> {
    let got: string;
    try {
      got = await run();
    } catch (error) {
      const { code, message } = failureOf(error);
      got = `error ${code}: ${message}`;
    }
    this.#print({ step, expect, got, ok: got === expect });
  }

  get steps(): number {
    return this.#steps;
  }

  get differences(): number {
    return this.#differences;
  }

  #print(result: StepResult): void {
    this.#steps += 1;
    if (!result.ok) this.#differences += 1;
    if (this.#output.isJson) {
      this.#output.json(result);
      return;
    }
    const mark = result.ok ? this.#output.tone('good', '✓') : this.#output.tone('bad', '✗');
    this.#output.line(`${mark} ${result.step}`);
    if (result.ok) this.#output.line(`    ${this.#output.tone('dim', result.got)}`);
    else {
      this.#output.line(`    expected  ${result.expect}`);
      this.#output.line(`    got       ${this.#output.tone('bad', result.got)}`);
    }
  }
}
