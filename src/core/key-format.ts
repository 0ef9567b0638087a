// The text of an API key: `<prefix>_<env>_<43 base62>_<6 base62>`. The 43 digits are 32 random bytes as
// one number; the last 6 are the CRC-32 of everything before the underscore in front of them, so a typing
// error is told from an unknown key without a look-up. Neither part says anything about the owner.
import { assert } from './assert.ts';
import { encodeBase62, encodeBase62Number, isBase62 } from './base62.ts';
import { crc32 } from './crc32.ts';
import { ENVIRONMENTS, type Environment } from './registry.ts';
import { CREDENTIAL_BYTES_MAX } from './request.ts';

export const KEY_SECRET_BYTES = 32;
const SECRET_DIGITS = 43;
const CHECKSUM_DIGITS = 6;

/** Prefixes an operator may choose: short, and free of the separator. */
export const KEY_PREFIX_PATTERN = /^[a-z][a-z0-9]{1,15}$/;

/** What keys look like here. */
export interface KeyFormat {
  readonly prefix: string;
  /**
   * Other formats that are let through to the look-up, e.g. of keys issued before, from
   * `compileKeyPattern`. They run over partner bytes: write them without nested repetition.
   */
  readonly acceptedPatterns: readonly RegExp[];
}

/** Which shape a presented text has. A text of a known shape may still belong to no key. */
export type KeyShape = 'own' | 'accepted' | 'malformed';

/** A configured pattern, made to match whole texts only. Throws SyntaxError when it is not a pattern. */
export function compileKeyPattern(source: string): RegExp {
  return new RegExp(`^(?:${source})$`);
}

/** A new key's text from 32 random bytes. */
export function formatKey(prefix: string, environment: Environment, secretBytes: Uint8Array): string {
  assert(KEY_PREFIX_PATTERN.test(prefix), 'not a key prefix');
  assert(secretBytes.length === KEY_SECRET_BYTES, 'a key holds exactly 32 random bytes');
  const body = `${prefix}_${environment}_${encodeBase62(secretBytes, SECRET_DIGITS)}`;
  return `${body}_${checksum(body, body.length)}`;
}

/**
 * Judges a presented text by its shape alone. The checksum applies to our own prefix only. Its time
 * depends on the text, which the caller knows anyway, and on nothing else.
 */
export function parseKey(text: string, format: KeyFormat): KeyShape {
  // Both shapes are ASCII, so characters are bytes.
  if (text.length === 0 || text.length > CREDENTIAL_BYTES_MAX) return 'malformed';
  if (text.startsWith(`${format.prefix}_`))
    return isOwn(text, format.prefix.length + 1) ? 'own' : 'malformed';
  for (const pattern of format.acceptedPatterns) {
    if (matchesWhole(pattern, text)) return 'accepted';
  }
  return 'malformed';
}

function isOwn(text: string, environmentStart: number): boolean {
  const secretEnd = text.length - 1 - CHECKSUM_DIGITS;
  const secretStart = secretEnd - SECRET_DIGITS;
  if (secretStart - 1 <= environmentStart) return false;
  const environment = text.slice(environmentStart, secretStart - 1);
  if (!ENVIRONMENTS.some((each) => each === environment)) return false;
  if (text.charAt(secretStart - 1) !== '_' || text.charAt(secretEnd) !== '_') return false;
  if (!isBase62(text, secretStart, secretEnd)) return false;
  return text.slice(secretEnd + 1) === checksum(text, secretEnd);
}

function matchesWhole(pattern: RegExp, text: string): boolean {
  if (!isVisibleAscii(text)) return false;
  pattern.lastIndex = 0;
  const match = pattern.exec(text);
  return match !== null && match.index === 0 && match[0].length === text.length;
}

function isVisibleAscii(text: string): boolean {
  for (let place = 0; place < text.length; place++) {
    const unit = text.charCodeAt(place);
    if (unit < 0x21 || unit > 0x7e) return false;
  }
  return true;
}

function checksum(text: string, end: number): string {
  return encodeBase62Number(crc32(text, end), CHECKSUM_DIGITS);
}

/**
 * Regular expression for secret scanners, as text (RE2 and PCRE alike). Without anchors, so that it finds
 * keys inside longer text; confirm a hit with the checksum.
 */
export function keyScannerPattern(prefix: string): string {
  return `\\b${prefix}_(?:live|test)_[0-9A-Za-z]{${SECRET_DIGITS}}_[0-9A-Za-z]{${CHECKSUM_DIGITS}}\\b`;
}

/** The pattern for the default prefix, as published. */
export const KEY_SCANNER_PATTERN = keyScannerPattern('pst');
