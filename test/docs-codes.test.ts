// docs/reasons.md and docs/errors.md explain every code, none that does not exist, and say of each what
// the code says: the public side, the gRPC status, the caps.
import { readFileSync } from 'node:fs';
import { status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { ERROR_CODES, PosternError } from '../src/core/error.ts';
import * as adminCaps from '../src/core/parse-admin.ts';
import { REASON_TABLE } from '../src/core/reason.ts';
import * as requestCaps from '../src/core/request.ts';
import { callStatusOf } from '../src/grpc/status.ts';

function page(name: string): string {
  return readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8');
}

/** Sections of level three by their heading, in order. */
function sections(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/^#{2,3} (?=.*$)/m).slice(1);
  const rows = parts.map((part) => [part.slice(0, part.indexOf('\n')), part] as const);
  return new Map(rows.filter(([heading]) => /^[a-z_]+$/.test(heading)));
}

/** The text behind a label of a section, to the end of its line. */
function labelled(section: string | undefined, label: string): string {
  return new RegExp(`^- \\*\\*${label}:\\*\\* (.+)$`, 'm').exec(section ?? '')?.[1] ?? '';
}

const reasons = sections(page('reasons.md'));
const errors = sections(page('errors.md'));

test('reasons.md explains every reason, in the order of precedence, and no other', () => {
  expect([...reasons.keys()]).toEqual(REASON_TABLE.map((row) => row.name));
});

test.each(REASON_TABLE)('$name: its meaning, what the partner sees and what to check', (row) => {
  const section = reasons.get(row.name);
  expect(labelled(section, 'Means').length).toBeGreaterThan(20);
  expect(labelled(section, 'Check').length).toBeGreaterThan(20);
  const seen = labelled(section, 'Partner sees');
  if (row.public === null) expect(seen).not.toMatch(/\b[45]\d\d\b/);
  else expect(seen).toMatch(new RegExp(`^${row.public.httpStatus} \`${row.public.code}\``));
});

test('errors.md explains every error code and no other', () => {
  expect([...errors.keys()].sort()).toEqual([...ERROR_CODES].sort());
});

test.each(ERROR_CODES)('%s: its gRPC status, its meaning and what to do', (code) => {
  const section = errors.get(code);
  const number = callStatusOf(new PosternError(code, 'A text.'), () => undefined).code;
  expect(labelled(section, 'Status')).toMatch(new RegExp(`^${status[number]}\\b`));
  expect(labelled(section, 'Means').length).toBeGreaterThan(20);
  expect(labelled(section, 'Do').length).toBeGreaterThan(20);
});

/** Where each cap stands in the table: the first column of its row. */
const CAP_ROWS: Readonly<Record<string, string>> = {
  REQUEST_ID_CHARS_MAX: '`request_id`, `correlation_id`',
  OPERATION_CHARS_MAX: '`operation`',
  CREDENTIAL_BYTES_MAX: '`api_key`',
  RESOURCE_TYPE_CHARS_MAX: '`resource.type`',
  RESOURCE_ID_BYTES_MAX: '`resource.id`',
  CLAIMS_MAX: '`claimed_company_ids`',
  USER_AGENT_CHARS_MAX: '`source.user_agent`',
  COST_MAX: '`cost`',
  ATTRIBUTES_BYTES_MAX: '`resource.attributes`',
  CONTEXT_BYTES_MAX: '`context`',
  STRUCT_DEPTH_MAX: 'depth of `attributes` and `context`',
  BATCH_ITEMS_MAX: '`items` of a batch',
  STREAM_IN_FLIGHT_MAX: 'checks in flight on one stream',
  OUTCOMES_MAX: '`outcomes`',
  LABEL_CHARS_MAX: '`label` (admin)',
  WHY_CHARS_MAX: '`reason` (admin)',
  SCOPES_MAX: '`scopes` (admin)',
  SCOPE_CHARS_MAX: 'one scope (admin)',
  NETWORKS_MAX: '`networks` (admin)',
  PAGE_SIZE_MAX: '`page_size` (admin)',
  PAGE_TOKEN_CHARS_MAX: '`page_token` (admin)',
};

const caps = Object.entries({ ...requestCaps, ...adminCaps }).filter(([name]) => name.endsWith('_MAX'));

test('errors.md gives every cap of the input that the parsers have', () => {
  expect(caps.map(([name]) => name).sort()).toEqual(Object.keys(CAP_ROWS).sort());
  const rows = page('errors.md')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  for (const [name, value] of caps) {
    const row = rows.find((cells) => cells[1] === CAP_ROWS[name]);
    const numbers = row?.[2]?.match(/[\d,]+/g) ?? [];
    expect(numbers, name).toContain(Number(value).toLocaleString('en-US'));
  }
});

test('what the caps of the partner lead to is a reason', () => {
  const named = [...page('errors.md').matchAll(/decision `([a-z_]+)`/g)].map((match) => match[1] ?? '');
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((name) => !reasons.has(name))).toEqual([]);
});
