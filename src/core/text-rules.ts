// What texts may hold, checked after decoding. A decoder replaces what was not UTF-8 by U+FFFD, so
// that distinct ids collapse: a text with it is ill-formed here. Linear in the text, without backtracking.

const REPLACEMENT = '\ufffd';

/** Letters, digits, `.`, `_`, `:` and `-`. */
const OPERATION_PATTERN = /^[A-Za-z0-9._:-]+$/;
const PLAN_PATTERN = /^[a-z][a-z0-9_-]{0,63}$/;
/** At least two parts. */
const OPERATION_SCOPE_PATTERN = /^[a-z0-9_.-]+(?::[a-z0-9_.-]+)+$/;
/** The last part may be `*`. A bare `*` is no scope (policies/postern/permissions.rego). */
const KEY_SCOPE_PATTERN = /^[a-z0-9_.-]+(?::[a-z0-9_.-]+)*:(?:[a-z0-9_.-]+|\*)$/;
const RESOURCE_TYPE_PATTERN = /^[A-Za-z0-9._-]+$/;
const PRINTABLE_ASCII_PATTERN = /^[\x20-\x7e]*$/;
/** Control, format, private and surrogate characters, line and paragraph separators, U+FFFD. */
const UNPRINTABLE_PATTERN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\ufffd]/u;
const UNPRINTABLE_ALL = new RegExp(UNPRINTABLE_PATTERN, 'gu');

/** At most this many characters are looked at for each that may be kept. */
const CLEAN_LOOKAHEAD = 4;

/** Whether every character is printable ASCII, space included. */
export function isPrintableAscii(text: string): boolean {
  return PRINTABLE_ASCII_PATTERN.test(text);
}

export function isOperationName(text: string): boolean {
  return OPERATION_PATTERN.test(text);
}

export function isPlanName(text: string): boolean {
  return PLAN_PATTERN.test(text);
}

/** What an operation may need: a scope of a key without the wildcard. */
export function isOperationScope(text: string): boolean {
  return OPERATION_SCOPE_PATTERN.test(text);
}

/** What a key may hold: `payments:create`, `payments:*`. */
export function isKeyScope(text: string): boolean {
  return KEY_SCOPE_PATTERN.test(text);
}

export function isResourceType(text: string): boolean {
  return RESOURCE_TYPE_PATTERN.test(text);
}

/** Whether the text is well-formed, was not repaired by a decoder, and shows every character. */
export function isPrintable(text: string): boolean {
  return PRINTABLE_ASCII_PATTERN.test(text) || !UNPRINTABLE_PATTERN.test(text);
}

/** Whether the text is well-formed and was not repaired by a decoder. */
export function isWellFormed(text: string): boolean {
  return text.isWellFormed() && !text.includes(REPLACEMENT);
}

/** Length in UTF-8 bytes of a well-formed text. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let place = 0; place < text.length; place++) {
    const unit = text.charCodeAt(place);
    if (unit < 0x80) continue;
    // Each half of a pair counts 2, the pair 4.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

/** The text without unprintable characters, cut at `charsMax`, never inside a surrogate pair. */
export function cleanText(text: string, charsMax: number): string {
  if (text.length <= charsMax && isPrintable(text)) return text;
  const cleaned = text.slice(0, charsMax * CLEAN_LOOKAHEAD).replace(UNPRINTABLE_ALL, '');
  if (cleaned.length <= charsMax) return cleaned;
  const last = cleaned.charCodeAt(charsMax - 1);
  return cleaned.slice(0, last >= 0xd800 && last <= 0xdbff ? charsMax - 1 : charsMax);
}
