// A mistake on the command line that the parser cannot see. The message never repeats what was typed
// where a secret could stand.

/** Ends the command with exit code 2 and this message. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
