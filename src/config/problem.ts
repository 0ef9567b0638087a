// One mistake in the configuration, and the error that lists all of them at once. Messages never
// repeat a value: somebody may have put a secret where it does not belong.

/** A mistake. */
export interface ConfigProblem {
  /** Dotted path of the setting, e.g. `ledger.groupMax`; empty: the file as a whole. */
  readonly path: string;
  /** Where the value came from: `postern.yaml:12`, `POSTERN_LEDGER__GROUP_MAX`, `--data`, or `default`. */
  readonly origin: string;
  /** What is wrong and what is allowed. */
  readonly message: string;
}

function renderProblem({ path, origin, message }: ConfigProblem): string {
  const place = origin === '' ? '' : ` (${origin})`;
  return path === '' ? `${message}${place}` : `${path}: ${message}${place}`;
}

/** The configuration cannot be used. `message` lists every problem, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super([`${count} in the configuration:`, ...problems.map((one) => `  ${renderProblem(one)}`)].join('\n'));
    this.problems = problems;
  }
}
