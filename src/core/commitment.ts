// Commitments: how a value that may be personal stands in the audit log without being readable there.
// Salt and value are kept aside and can be erased; the log stays whole (docs/audit-record.md).
import { assert } from './assert.ts';
import { quoteText } from './canonical-json.ts';

/** SHA-256 over a text's UTF-8 bytes, as 64 lower-case hexadecimal characters. */
export type Sha256Hex = (text: string) => string;

/** 128 random bits as 32 lower-case hexadecimal characters. */
const SALT_PATTERN = /^[0-9a-f]{32}$/;

/**
 * SHA-256(salt ‖ canonical JSON of the value), where the salt is hashed as its 32 hexadecimal characters,
 * exactly as it stands beside the value. So it can be checked with any tool:
 * `printf '%s%s' "$salt" "$value_json" | sha256sum`.
 */
export function commitment(salt: string, valueJson: string, sha256Hex: Sha256Hex): string {
  assert(SALT_PATTERN.test(salt), 'salt is not 128 bits in hexadecimal');
  return sha256Hex(salt + valueJson);
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
  sha256Hex: Sha256Hex,
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
    commitments += `${comma}"${field}":"${commitment(fieldSalt, valueJson, sha256Hex)}"`;
    kept += `${comma}"${field}":{"salt":"${fieldSalt}","value":${valueJson}}`;
  }
  return commitments === '' ? NOTHING : { commitments: `{${commitments}}`, private: `{${kept}}` };
}
