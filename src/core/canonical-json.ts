// Canonical JSON (RFC 8785) of our own plain values: the exact text that is hashed into the audit log.
// It must never write a value that two writers could write differently: numbers are safe integers only,
// texts are well-formed UTF-16.
import { assert } from './assert.ts';
import { writeDecimal } from './decimal.ts';

/** What a record may hold. Numbers are safe integers; anything larger or fractional is a text. */
export type PlainValue =
  | null
  | boolean
  | number
  | string
  | readonly PlainValue[]
  | { readonly [name: string]: PlainValue };

/** Printable ASCII without `"` and `\`: nothing to escape, and half the time of JSON.stringify. */
const PLAIN_PATTERN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** A JSON string. RFC 8785 and JSON.stringify escape alike once the text is well-formed. */
export function quoteText(text: string): string {
  if (PLAIN_PATTERN.test(text)) return `"${text}"`;
  assert(text.isWellFormed(), 'text is not well-formed UTF-16');
  return JSON.stringify(text);
}

/** A JSON string, or `null` for null and for the empty text. */
export function quoteTextOrNull(text: string | null): string {
  return text === null || text === '' ? 'null' : quoteText(text);
}

/** A JSON number. */
export function writeInteger(value: number): string {
  assert(Number.isSafeInteger(value), 'number is not a safe integer');
  // -0 would otherwise be written as 0 by some and -0 by others.
  return value === 0 ? '0' : writeDecimal(value);
}

/** Texts as a JSON array, in their order. */
export function quoteTexts(texts: readonly string[]): string {
  if (texts.length === 0) return '[]';
  let json = '[';
  for (const text of texts) json += json === '[' ? quoteText(text) : `,${quoteText(text)}`;
  return `${json}]`;
}

/** RFC 8785 text of a plain value: members sorted by UTF-16 code units, no white space. */
export function canonicalJson(value: PlainValue): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return quoteText(value);
    case 'number':
      return writeInteger(value);
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return isList(value) ? canonicalList(value) : canonicalObject(value);
  }
}

function isList(value: object): value is readonly PlainValue[] {
  return Array.isArray(value);
}

function canonicalList(values: readonly PlainValue[]): string {
  let json = '[';
  for (const value of values) json += json === '[' ? canonicalJson(value) : `,${canonicalJson(value)}`;
  return `${json}]`;
}

function canonicalObject(value: { readonly [name: string]: PlainValue }): string {
  let json = '{';
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    // A hole is our mistake: JSON has no undefined, and leaving it out would hide it.
    assert(member !== undefined, 'member without a value');
    if (json !== '{') json += ',';
    json += `${quoteText(name)}:${canonicalJson(member)}`;
  }
  return `${json}}`;
}
