// The exit codes of every command. `check` is the reason for the three: a script must be able to tell
// a deny from a failure, and a failure must never look like an allow.

export const EXIT = {
  /** Done; for `check`: allowed. */
  done: 0,
  /** The answer is no: denied, not verified, a failing test or probe, a command that failed. */
  no: 1,
  /** The command line was wrong; for `check`: any error at all. */
  error: 2,
} as const;

export type ExitCode = number;
