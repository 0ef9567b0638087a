// What a policy reads, as its Rego says it: whatever way to the input there is, it must be seen.
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { INPUT_LEAVES, leavesBelow } from '../../core/input-leaves.ts';
import { readsOfInput } from './input-reads.ts';
import { findOpa } from './opa-binary.ts';
import type { PolicySource } from './policy-sources.ts';

async function readsOf(...modules: readonly string[]) {
  const files = modules.map((rules, place): PolicySource => {
    const text = `package postern.part${place}\n\nimport rego.v1\n\n${rules}\n`;
    return { path: `part${place}.rego`, kind: 'rego', bytes: Buffer.from(text) };
  });
  return readsOfInput({ files, revision: '', problems: [] }, await findOpa(), temporaryDirectory());
}

const REQUEST = leavesBelow(['request']);
const RESOURCE = leavesBelow(['request', 'resource']);

test.each([
  ['nothing', 'a := data.plans', []],
  ['a path', 'a := input.request.cost', ['request.cost']],
  ['a path in brackets', 'a := input["key"]["scopes"][_]', ['key.scopes']],
  ['a path below a leaf', 'a if input.request.context.amount.value > 7', ['request.context']],
  ['an import', 'import input.request as asked\n\na := asked.cost', REQUEST],
  ['a name for a part', 'a := b.cost if b := input.request', REQUEST],
  ['a part that is handed on', 'f(x) := x.plan\n\na := f(input.company)', leavesBelow(['company'])],
  [
    'a member by a variable',
    'a contains input.request.source[name] if some name',
    leavesBelow(['request', 'source']),
  ],
  [
    'a member by what is read',
    'a := input.company[input.request.operation]',
    ['request.operation', ...leavesBelow(['company'])],
  ],
  ['the whole', 'a := count(input)', INPUT_LEAVES],
  ['the whole, by walking', 'a if walk(input, [_, "x"])', INPUT_LEAVES],
  ['the whole, by a name', 'a := object.get(x, "key", null) if x := input', INPUT_LEAVES],
  ['a comprehension', 'a := {s | some s in input.key.scopes}', ['key.scopes']],
  ['a negation', 'a if not input.key.not_before', ['key.not_before']],
  ['an else', 'a := 1 if false\n\nelse := 2 if input.company.plan == "x"', ['company.plan']],
  ['a default that is replaced', 'default a := 1\n\na := input.request.cost', ['request.cost']],
  [
    'what is set aside',
    'b := input.key.id\n\na if b == "x" with input.key.id as input.company.id',
    ['key.id', 'company.id'],
  ],
  [
    'an argument’s default',
    'a := object.get(input.request, "cost", input.key.status)',
    [...REQUEST, 'key.status'],
  ],
  [
    'a resource that is there',
    'a if input.request.resource == null\n\nb if null != input.request.resource',
    [],
  ],
  ['a resource compared with another thing', 'a if input.request.resource == {}', RESOURCE],
  ['another part compared with null', 'a if input.request == null', REQUEST],
  ['a leaf compared with null', 'a if input.request.resource.id == null', ['request.resource.id']],
] as const)('%s', async (_, rules, leaves) => {
  expect(await readsOf(rules)).toEqual(leaves);
});

test('what any of the files reads is read; files that are not understood leave it unknown', async () => {
  const files = ['a := input.company.plan', 'a := input.key.id'];
  expect(await readsOf(...files)).toEqual(['key.id', 'company.plan']);
  expect(await readsOf(...files, 'a := := 1')).toBeNull();
});
