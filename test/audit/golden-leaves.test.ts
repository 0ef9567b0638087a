// The exact bytes of a record of each kind, kept as files: what an auditor's own reader is tried on, and
// what shows in a review when the form of a record changes. UPDATE_GOLDEN=1 writes them anew.
import { hash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import canonicalize from 'canonicalize';
import { expect, test } from 'vitest';
import { commitAll } from '../../src/core/commitment.ts';
import { ERROR_CODES } from '../../src/core/error.ts';
import { LEAF_KINDS } from '../../src/core/leaf.ts';
import { REASON_TABLE } from '../../src/core/reason.ts';
import { PRIVATE_VALUES, saltedHashByHand, sampleLeaves } from '../support/sample-leaves.ts';

const GOLDEN = new URL('../golden/leaves/', import.meta.url);
const DOCS = new URL('../../docs/', import.meta.url);
const SCHEMA = JSON.parse(
  readFileSync(new URL('schemas/audit-record.schema.json', DOCS), 'utf8'),
) as SchemaDocument;

interface SchemaDocument {
  readonly oneOf: readonly { readonly $ref: string }[];
  readonly $defs: Readonly<
    Record<
      string,
      { readonly properties?: Readonly<Record<string, unknown>>; readonly enum?: readonly string[] }
    >
  >;
}

const isRecord = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(SCHEMA);
const leaves = sampleLeaves();

function check(leaf: string): string {
  const isValid = isRecord(JSON.parse(leaf));
  return isValid ? '' : JSON.stringify(isRecord.errors?.slice(0, 3));
}

test.each([...leaves])('the bytes of %s are the golden ones', (name, leaf) => {
  const file = new URL(`${name}.json`, GOLDEN);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, leaf);
  expect(leaf).toBe(readFileSync(file, 'utf8'));
});

test.each([...leaves])('%s is canonical JSON and fits the schema', (_, leaf) => {
  expect(canonicalize(JSON.parse(leaf))).toBe(leaf);
  expect(check(leaf)).toBe('');
});

test('there is a golden file for each kind and no other', () => {
  expect(readdirSync(GOLDEN).sort()).toEqual([...leaves.keys()].map((name) => `${name}.json`).sort());
  const kinds = new Set([...leaves.values()].map((leaf) => (JSON.parse(leaf) as { kind: string }).kind));
  expect([...kinds].sort()).toEqual([...LEAF_KINDS].sort());
});

test.each([...leaves])('%s no longer fits when a member is missing, added or of another type', (_, leaf) => {
  const record = JSON.parse(leaf) as Record<string, unknown>;
  for (const name of Object.keys(record)) {
    const { [name]: _removed, ...rest } = record;
    expect(check(JSON.stringify(rest)), `without ${name}`).not.toBe('');
    expect(check(JSON.stringify({ ...record, [name]: 1.5 })), `${name} as a fraction`).not.toBe('');
  }
  expect(check(JSON.stringify({ ...record, api_key: 'x' }))).not.toBe('');
});

test('the schema knows every kind, reason and error code, and no other', () => {
  expect(SCHEMA.oneOf.map((each) => each.$ref)).toEqual(LEAF_KINDS.map((kind) => `#/$defs/${kind}`));
  expect(SCHEMA.$defs['reason']?.enum).toEqual(REASON_TABLE.map((row) => row.name));
  expect(SCHEMA.$defs['error_code']?.enum).toEqual(ERROR_CODES);
});

test('the page describes every kind and every member that the schema knows', () => {
  const page = readFileSync(new URL('audit-record.md', DOCS), 'utf8');
  for (const kind of LEAF_KINDS) {
    const heading = page.split('\n').find((line) => line.startsWith('###') && line.includes(kind));
    expect(heading, `heading of ${kind}`).toBeDefined();
    const section = page.slice(page.indexOf(heading ?? '')).split(/\n##+ /)[0] ?? '';
    const shared = page.slice(0, page.indexOf('## Kinds'));
    const parts = kind === 'decision' ? ['decision', 'check', 'policy_answer', 'verdict', 'public'] : [kind];
    for (const part of parts) {
      for (const member of Object.keys(SCHEMA.$defs[part]?.properties ?? {})) {
        const isDescribed = new RegExp(`[\`{ ]${member}[\`,}]`).test(section + shared);
        expect(isDescribed, `${kind}: ${member}`).toBe(true);
      }
    }
  }
});

test('the commitments of the golden decision are those that the page says how to check', () => {
  const leaf = JSON.parse(leaves.get('decision') ?? '') as {
    check: { commitments: Record<string, string> };
  };
  const kept = JSON.parse(commitAll(PRIVATE_VALUES, saltOf, saltedHashByHand).private) as Record<
    string,
    { salt: string; value: string }
  >;
  expect(Object.keys(kept)).toEqual(Object.keys(leaf.check.commitments));
  for (const [field, { salt, value }] of Object.entries(kept)) {
    // (printf '%s' SALT | xxd -r -p; printf '%s' VALUE) | sha256sum
    const bytes = Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(JSON.stringify(value))]);
    expect(leaf.check.commitments[field]).toBe(hash('sha256', bytes));
  }
});

function saltOf(): string {
  return '00112233445566778899aabbccddeeff';
}
