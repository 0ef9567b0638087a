/**
 * Looks for an API key in everything that a sidecar leaves behind: its text, the bytes that it stands for and
 * its plain hash, each raw and in the usual encodings, also in the middle of other bytes.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASE62_DIGITS } from '../../src/core/base62.ts';

const SECRET_PATTERN = /_([0-9A-Za-z]{43})_[0-9A-Za-z]{6}$/;
const PART_DIGITS = 24;

/** One form that must not be found. */
export interface CanaryForm {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The 32 bytes of a key's 43 digits. */
function secretBytes(digits: string): Buffer {
  let value = 0n;
  for (const digit of digits) value = value * 62n + BigInt(BASE62_DIGITS.indexOf(digit));
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}

/** Base64 of bytes that stand at any place of a longer text: what does not depend on their neighbours. */
function base64Cores(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const core = encoded.slice(before === 0 ? 0 : before + 1, -4);
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function formsOf(name: string, bytes: Buffer): CanaryForm[] {
  const hex = bytes.toString('hex');
  const texts = [hex, hex.toUpperCase(), ...base64Cores(bytes)];
  return [
    { name: `${name}, raw`, bytes },
    ...texts.map((text) => ({ name: `${name}, as ${text.slice(0, 4)}…`, bytes: Buffer.from(text) })),
  ];
}

/** Every form of a key. */
export function canaryForms(key: string): readonly CanaryForm[] {
  const digits = SECRET_PATTERN.exec(key)?.[1];
  if (digits === undefined) throw new Error('not a key');
  return [
    ...formsOf('the text', Buffer.from(key)),
    ...formsOf('the text in UTF-16', Buffer.from(key, 'utf16le')),
    // What is left of it where it was changed or cut.
    ...formsOf('the first digits', Buffer.from(digits.slice(0, PART_DIGITS))),
    ...formsOf('the last digits', Buffer.from(digits.slice(-PART_DIGITS))),
    ...formsOf('the bytes', secretBytes(digits)),
    ...formsOf('the plain hash', createHash('sha256').update(key).digest()),
  ];
}

/** Places with bytes to look through, by name. */
export type Traces = ReadonlyMap<string, Buffer>;

/** Every file below a directory. */
export function filesBelow(directory: string): Traces {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true });
  return new Map(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(directory.length + 1), readFileSync(path)];
      }),
  );
}

/** Where which forms of a key are. */
export function findCanary(key: string, traces: Traces): string[] {
  const forms = canaryForms(key);
  return [...traces].flatMap(([place, bytes]) =>
    forms.filter((form) => bytes.includes(form.bytes)).map((form) => `${form.name} in ${place}`),
  );
}
