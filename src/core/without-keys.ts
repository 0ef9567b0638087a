// Partners put keys where they do not belong: into a user agent, into a path that becomes a resource id or
// an operation. Such texts are kept in the log or beside it, so whatever has the shape of a key of ours is
// taken out before. Policies and comparisons must get the text as it came.

/** Any prefix, and keys that were cut short or changed: what is left of one is taken out as well. */
const LIKE_A_KEY = /[A-Za-z][A-Za-z0-9]{1,15}_(?:live|test)_[A-Za-z0-9]{20,}(?:_[A-Za-z0-9]{0,6})?/g;

/** The text with `[redacted]` in place of everything that looks like a key. */
export function withoutKeys(text: string): string {
  // Nearly every text has neither, and a look is much cheaper than the pattern.
  if (!text.includes('_live_') && !text.includes('_test_')) return text;
  return text.replaceAll(LIKE_A_KEY, '[redacted]');
}

/** A key that reaches to the end of a text, however little of it is there. */
const KEY_AT_END = /[A-Za-z][A-Za-z0-9]{1,15}_(?:live|test)_[A-Za-z0-9]*(?:_[A-Za-z0-9]{0,6})?$/;

/**
 * The beginning of a longer text, without the key that the cut may have gone through: too little may be left
 * of it to be told from a word.
 */
export function withoutCutKey(text: string): string {
  return text.replace(KEY_AT_END, '');
}
