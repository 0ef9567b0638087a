// Commitments: how a value that may be personal stands in the audit log without being readable there.
// Salt and value are kept aside and can be erased; the log stays whole (docs/audit-record.md).
import { assert } from './assert.ts';
import { quoteText } from './canonical-json.ts';
import { flatObject } from './flat-object.ts';

/**
 * SHA-256 over a salt's 16 bytes, given in hexadecimal, and a text's UTF-8 bytes, as 64 lower-case
 * hexadecimal characters.
 */
export type SaltedHash = (saltHex: string, text: string) => string;

/** 128 random bits in hexadecimal. */
const SALT_CHARS = 32;

/**
 * SHA-256(salt ‖ canonical JSON of the value). The salt is its 16 bytes, not their hexadecimal digits, so
 * that any tool can check it: `(printf "$salt" | xxd -r -p; printf '%s' "$value") | sha256sum`.
 */
export function commitment(salt: string, valueJson: string, saltedHash: SaltedHash): string {
  assert(salt.length === SALT_CHARS, 'salt is not 128 bits in hexadecimal');
  return saltedHash(salt, valueJson);
}

/** Fields that a record commits to instead of naming them. */
export type CommittedField =
  | 'input'
  | 'resource_company_id'
  | 'resource_id'
  | 'source'
  | 'source_ip'
  | 'user_agent';

/** One field's value, to be committed to. */
export interface PrivateValue {
  readonly field: CommittedField;
  readonly value: string;
}

export interface Committed {
  /** Canonical JSON `{field: hash}`: the leaf's member `commitments`. */
  readonly commitments: string;
  /** Canonical JSON `{field: {salt, value}}` to keep aside, or empty when there is nothing. */
  readonly private: string;
}

const NOTHING: Committed = { commitments: '{}', private: '' };

/**
 * Commits to values. They must come sorted by field and only once each; empty values are left out.
 */
export function commitAll(
  values: readonly PrivateValue[],
  salt: () => string,
  saltedHash: SaltedHash,
): Committed {
  let commitments = '';
  let kept = '';
  let previous = '';
  for (const { field, value } of values) {
    assert(field > previous, 'fields of commitments are not sorted');
    previous = field;
    if (value === '') continue;
    const fieldSalt = salt();
    const valueJson = quoteText(value);
    const comma = commitments === '' ? '' : ',';
    commitments += `${comma}"${field}":"${commitment(fieldSalt, valueJson, saltedHash)}"`;
    kept += `${comma}"${field}":{"salt":"${fieldSalt}","value":${valueJson}}`;
  }
  if (commitments === '') return NOTHING;
  return { commitments: `{${commitments}}`, private: flatObject(`{${kept}}`) };
}
