// Partners put keys where they do not belong: into a user agent, into a path that becomes a resource id.
// Such texts are kept beside the log, so whatever has the shape of a key of ours is taken out before. It
// must never be asked what a policy or a comparison sees: those get the text as it came.

/** Any prefix, and keys that were cut short or changed: what is left of one is taken out as well. */
const LIKE_A_KEY = /[A-Za-z][A-Za-z0-9]{1,15}_(?:live|test)_[A-Za-z0-9]{20,}(?:_[A-Za-z0-9]{0,6})?/g;

/** The text with `[redacted]` in place of everything that looks like a key. */
export function withoutKeys(text: string): string {
  // Nearly every text has neither, and a look is much cheaper than the pattern.
  if (!text.includes('_live_') && !text.includes('_test_')) return text;
  return text.replaceAll(LIKE_A_KEY, '[redacted]');
}
