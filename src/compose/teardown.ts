// What must be ended, in the reverse order of its start. Runs once; a step that fails does not keep the
// others from being ended.

type Step = () => Promise<void> | void;

export class Teardown {
  readonly #steps: Step[] = [];
  #running: Promise<void> | null = null;

  add(step: Step): void {
    this.#steps.push(step);
  }

  /** Ends everything. Further calls wait for the first. */
  run(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    const problems: unknown[] = [];
    for (const step of this.#steps.reverse()) {
      try {
        await step();
      } catch (error) {
        problems.push(error);
      }
    }
    if (problems.length > 0) throw new AggregateError(problems, 'not everything could be ended');
  }
}
