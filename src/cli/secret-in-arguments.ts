// A key must never be on the command line: every user of the machine sees it in the list of processes,
// and shells keep it in their history. So it is refused, before anything could print or use it.

/** The shape of our keys, also when cut or with another checksum. */
const LIKE_A_KEY = /[A-Za-z][A-Za-z0-9]{1,15}_(?:live|test)_[A-Za-z0-9]{20,}/;
/** Options that people try. `--key-file` is the right one. */
const KEY_OPTION = /^--?(?:key|api-key|apikey|secret|token)(?:=|$)/i;

/** What to say when an argument is or names a secret; null when none does. Never repeats it. */
export function secretInArguments(args: readonly string[]): string | null {
  if (args.some((argument) => LIKE_A_KEY.test(argument))) {
    return 'an argument looks like a key. Keys are never taken from the command line, where others can see them: use --key-file, standard input or POSTERN_KEY, and treat this key as compromised';
  }
  if (args.some((argument) => KEY_OPTION.test(argument))) {
    return 'keys are never taken from the command line, where others can see them: use --key-file, standard input or POSTERN_KEY';
  }
  return null;
}
