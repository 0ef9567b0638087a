// Records of a running sidecar against the published JSON schema, as an auditor's own reader would look.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import canonicalize from 'canonicalize';

const SCHEMA = new URL('../../docs/schemas/audit-record.schema.json', import.meta.url);
const isRecord = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(SCHEMA, 'utf8')),
);

/** What is wrong with the bytes of a leaf; empty when nothing is. */
export function leafProblems(leaf: Uint8Array): string {
  const text = Buffer.from(leaf).toString('utf8');
  const record: unknown = JSON.parse(text);
  if (canonicalize(record) !== text) return `not canonical: ${text}`;
  return isRecord(record) ? '' : `${JSON.stringify(isRecord.errors?.slice(0, 2))}: ${text}`;
}
