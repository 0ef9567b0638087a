// What a policy may call is inside the compiled module, and the committed list says just that.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_POLICIES } from '../../../test/support/policy/policy-directory.ts';
import { banReason, SYNTAX_BUILTINS } from './builtin-rules.ts';
import { builtinsInside, deriveCapabilities } from './derive-capabilities.ts';
import { findOpa } from './opa-binary.ts';

const opa = await findOpa({ pinned: true });

interface Committed {
  readonly builtins: readonly {
    readonly name: string;
    readonly decl: { readonly args?: unknown[]; readonly result?: unknown };
  }[];
  readonly features: readonly string[];
}

const text = readFileSync(join(DEFAULT_POLICIES, 'capabilities.json'), 'utf8');
const committed = JSON.parse(text) as Committed;
const names = committed.builtins.map((builtin) => builtin.name);

test('the committed capabilities are what the pinned OPA gives', async () => {
  expect(await deriveCapabilities(opa)).toBe(text);
});

test('no allowed builtin needs the host', async () => {
  const callable = committed.builtins.filter(({ name }) => !SYNTAX_BUILTINS.includes(name));
  const inside = await builtinsInside(opa, callable);
  expect(callable.length).toBeGreaterThan(80);
  expect(callable.filter(({ name }) => !inside.has(name))).toEqual([]);
});

test('a builtin that needs the host is told apart from one that does not', async () => {
  const decl = { args: [{}], result: {} };
  const inside = await builtinsInside(opa, [
    { name: 'lower', decl },
    { name: 'time.weekday', decl },
    { name: 'no.such.builtin', decl },
  ]);
  expect([...inside]).toEqual(['lower']);
});

test('no allowed builtin is banned', () => {
  expect(names.filter((name) => banReason(name) !== null)).toEqual([]);
  for (const name of [
    'sprintf',
    'regex.split',
    'yaml.unmarshal',
    'rand.intn',
    'http.send',
    'lower',
    'upper',
  ]) {
    expect(names).not.toContain(name);
    expect(banReason(name)).not.toBe(null);
  }
});

test('Rego v1 is allowed under the names of OPA 0.70 and of OPA 1.x', () => {
  expect(committed.features).toContain('rego_v1');
  expect(committed.features).toContain('rego_v1_import');
});
