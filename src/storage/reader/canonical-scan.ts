// Checks that bytes are one canonical JSON object (RFC 8785, with the integers and texts that leaves
// hold) and finds its top-level members, in one pass without building anything: verification reads
// every record of a log. Must agree with core/canonical-json.ts; a test compares them.
import { isUtf8 } from 'node:buffer';
import { canonicalJson, type PlainValue } from '../../core/canonical-json.ts';

/** Top-level members as JSON text, for those that were asked for. */
export type TopMembers = Readonly<Record<string, string>>;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const FIRST_PRINTABLE = 0x20;
const FIRST_NON_ASCII = 0x80;
const DEPTH_MAX = 32;
/** Integers of so many digits are safe whatever they are; longer ones are left to the slow way. */
const SAFE_DIGITS = 15;
const WORDS = ['null', 'true', 'false'];

/** Thrown inside for what the fast way does not decide; never leaves this file. */
class Undecided extends Error {}

/**
 * The members of a canonical object named in `wanted`, or null when the bytes are not canonical.
 */
export function scanCanonicalObject(bytes: Uint8Array, wanted: ReadonlySet<string>): TopMembers | null {
  if (!isUtf8(bytes)) return null;
  try {
    return new Scan(bytes, wanted).object();
  } catch (error) {
    if (!(error instanceof Undecided)) throw error;
    return slowly(bytes, wanted);
  }
}

/** The same by parsing and writing again, for what is rare: escapes in names, long numbers, faults. */
function slowly(bytes: Uint8Array, wanted: ReadonlySet<string>): TopMembers | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  try {
    const value = JSON.parse(text) as PlainValue;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    if (canonicalJson(value) !== text) return null;
    const members = Object.entries(value).filter(([name]) => wanted.has(name));
    return Object.fromEntries(members.map(([name, member]) => [name, canonicalJson(member)]));
  } catch {
    return null;
  }
}

class Scan {
  readonly #bytes: Uint8Array;
  readonly #wanted: ReadonlySet<string>;
  readonly #members: Record<string, string> = {};
  #at = 0;

  constructor(bytes: Uint8Array, wanted: ReadonlySet<string>) {
    this.#bytes = bytes;
    this.#wanted = wanted;
  }

  object(): TopMembers {
    this.#object(0);
    if (this.#at !== this.#bytes.length) throw new Undecided();
    return this.#members;
  }

  #value(depth: number): void {
    const byte = this.#bytes[this.#at] ?? 0;
    if (byte === QUOTE) this.#string();
    else if (byte === OPEN_BRACE) this.#object(depth);
    else if (byte === OPEN_BRACKET) this.#list(depth);
    else if (byte === MINUS || (byte >= ZERO && byte <= NINE)) this.#integer();
    else this.#word();
  }

  #object(depth: number): void {
    if (depth > DEPTH_MAX) throw new Undecided();
    this.#expect(OPEN_BRACE);
    if (this.#took(CLOSE_BRACE)) return;
    let previous = -1;
    let previousEnd = 0;
    do {
      const name = this.#at + 1;
      this.#name();
      const nameEnd = this.#at - 1;
      if (previous >= 0 && !this.#ascends(previous, previousEnd, name, nameEnd)) throw new Undecided();
      previous = name;
      previousEnd = nameEnd;
      this.#expect(COLON);
      const start = this.#at;
      this.#value(depth + 1);
      if (depth === 0) this.#keep(name, nameEnd, start);
    } while (this.#took(COMMA));
    this.#expect(CLOSE_BRACE);
  }

  #list(depth: number): void {
    if (depth > DEPTH_MAX) throw new Undecided();
    this.#expect(OPEN_BRACKET);
    if (this.#took(CLOSE_BRACKET)) return;
    do {
      this.#value(depth + 1);
    } while (this.#took(COMMA));
    this.#expect(CLOSE_BRACKET);
  }

  /** A string without escapes: those that are allowed are left to the slow way. */
  #string(): void {
    const bytes = this.#bytes;
    this.#expect(QUOTE);
    let at = this.#at;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH || byte < FIRST_PRINTABLE) throw new Undecided();
    }
    this.#at = at;
    this.#expect(QUOTE);
  }

  /** A name in ASCII, so that the order of bytes is the order of UTF-16 code units. */
  #name(): void {
    const start = this.#at;
    this.#string();
    for (let i = start; i < this.#at; i++) {
      if ((this.#bytes[i] ?? 0) >= FIRST_NON_ASCII) throw new Undecided();
    }
  }

  #integer(): void {
    const negative = this.#took(MINUS);
    const start = this.#at;
    const first = this.#bytes[start] ?? 0;
    while (this.#isDigit()) this.#at++;
    const digits = this.#at - start;
    const isPlain = digits > 0 && digits <= SAFE_DIGITS && (first !== ZERO || (digits === 1 && !negative));
    if (!isPlain) throw new Undecided();
  }

  #word(): void {
    for (const word of WORDS) {
      if (!this.#has(word, this.#at)) continue;
      this.#at += word.length;
      return;
    }
    throw new Undecided();
  }

  #isDigit(): boolean {
    const byte = this.#bytes[this.#at] ?? 0;
    return byte >= ZERO && byte <= NINE;
  }

  #ascends(one: number, oneEnd: number, other: number, otherEnd: number): boolean {
    const length = Math.min(oneEnd - one, otherEnd - other);
    for (let i = 0; i < length; i++) {
      const difference = (this.#bytes[other + i] ?? 0) - (this.#bytes[one + i] ?? 0);
      if (difference !== 0) return difference > 0;
    }
    return otherEnd - other > oneEnd - one;
  }

  #keep(name: number, nameEnd: number, start: number): void {
    for (const wanted of this.#wanted) {
      if (wanted.length !== nameEnd - name || !this.#has(wanted, name)) continue;
      this.#members[wanted] = textOf(this.#bytes, start, this.#at);
    }
  }

  /** Whether the ASCII text stands at this place. */
  #has(text: string, at: number): boolean {
    for (let i = 0; i < text.length; i++) {
      if (this.#bytes[at + i] !== text.charCodeAt(i)) return false;
    }
    return true;
  }

  #expect(byte: number): void {
    if (this.#bytes[this.#at] !== byte) throw new Undecided();
    this.#at++;
  }

  #took(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
}
