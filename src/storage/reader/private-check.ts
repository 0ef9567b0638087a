// Checks that the values kept beside a leaf are those that it commits to. A value that was erased is no
// fault; one that was changed, or that the leaf never committed to, is, and so is any text beside them.
import { canonicalJson, type PlainValue } from '../../core/canonical-json.ts';
import { commitment } from '../../core/commitment.ts';
import { saltedHash } from '../salted-hash.ts';
import { isObject, parseRecord } from './leaf-terms.ts';

/** `salt` and `value`: nothing commits to a third. */
const KEPT_MEMBERS = 2;

const SALT_PATTERN = /^[0-9a-f]{32}$/;

/** Whether the private part agrees with the leaf's commitments. Empty agrees with every leaf. */
export function agreesWithLeaf(privatePart: string, leaf: string): boolean {
  if (privatePart === '') return true;
  const kept = parseRecord(privatePart);
  const record = parseRecord(leaf);
  if (kept === null || record === null || !isCanonical(kept, privatePart)) return false;
  const holder = isObject(record['check']) ? record['check'] : record;
  const commitments = holder['commitments'];
  if (!isObject(commitments)) return false;
  return Object.entries(kept).every(([field, entry]) => hashOf(entry) === commitments[field]);
}

/** Whether a reader of the text sees what was parsed: of two members of one name only one is. */
function isCanonical(kept: object, text: string): boolean {
  try {
    return canonicalJson(kept as PlainValue) === text;
  } catch {
    return false;
  }
}

/** The commitment to one kept value, or null when it is not one. */
function hashOf(entry: unknown): string | null {
  if (!isObject(entry) || Object.keys(entry).length !== KEPT_MEMBERS) return null;
  const { salt, value } = entry;
  if (typeof salt !== 'string' || !SALT_PATTERN.test(salt) || value === undefined) return null;
  return commitment(salt, canonicalJson(value as PlainValue), saltedHash);
}
