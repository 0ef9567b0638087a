// Our engine, the opa-wasm SDK and OPA's interpreter give the same answers: for the default bundle, and for
// a policy that leads any JSON through many builtins. With POSTERN_OPA another release compiles and answers.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findOpa } from '../../src/policy/compiler/opa-binary.ts';
import { runOpa } from '../../src/policy/compiler/run-opa.ts';
import { PolicyInstance } from '../../src/policy/engine/instance.ts';
import { compileModule } from '../../src/policy/engine/prepare.ts';
import { campaignRuns } from '../support/campaign.ts';
import { openSdkPolicy } from '../support/opa-sdk.ts';
import { DEFAULT_POLICIES } from '../support/policy/policy-directory.ts';
import { policyInputs } from '../support/policy/policy-inputs.ts';
import { compileRego, ONE_PLAN, ROOMY } from '../support/rego-module.ts';

/** OPA evaluates this many inputs in one run. */
const BATCH = 1_000;

const WIDE = `package postern

import rego.v1

decision := {
	"echo": input,
	"kinds": [type_name(value) | some value in input.values],
	"sizes": [count(value) | some value in input.values; not is_number(value); not is_boolean(value); not is_null(value)],
	"different": count({value | some value in input.values}),
	"sorted": sort(input.words),
	"lower": [lower(word) | some word in input.ascii],
	"upper": [upper(word) | some word in input.ascii],
	"joined": concat(",", input.words),
	"split": [split(word, "a") | some word in input.words],
	"trimmed": [trim_space(word) | some word in input.words],
	"found": [contains(one, other) | some one in input.words; some other in input.words],
	"starts": [startswith(word, "a") | some word in input.words],
	"sum": sum(input.numbers),
	"most": max(array.concat([0], input.numbers)),
	"rest": [rest | some number in input.numbers; rest := number % 7],
	"ordered": [[one, other] | some one in input.values; some other in input.values; one < other],
	"plan": object.get(data.plans, [input.plan, "base", "key", "count"], "none"),
} if not input.seldom

decision := "seldom" if {
	input.seldom
	every number in input.numbers { number > 0 }
}
`;

/** Well-formed text: no lone surrogates. With U+0000, U+FFFD and all beyond the first plane. */
const TEXT = fc.string({ unit: 'binary', maxLength: 12 });
const INTEGER = fc.integer({ min: -1_000_000, max: 1_000_000 });

const WIDE_INPUT = fc.record(
  {
    values: fc.array(
      fc.oneof(
        TEXT,
        INTEGER,
        fc.boolean(),
        fc.constant(null),
        fc.array(INTEGER),
        fc.dictionary(TEXT, TEXT),
        fc.json({ stringUnit: 'binary', maxDepth: 3 }).map((text) => JSON.parse(text)),
      ),
      { maxLength: 6 },
    ),
    words: fc.array(fc.oneof(TEXT, fc.string({ unit: fc.constantFrom('a', 'b', 'A', ' ', 'ä', ',') })), {
      maxLength: 5,
    }),
    // Cases of other letters differ with the Unicode version: WASM leaves U+A7C7 as it is, Go lowers it.
    ascii: fc.array(fc.string({ unit: 'binary-ascii' }), { maxLength: 3 }),
    numbers: fc.array(INTEGER, { maxLength: 6 }),
    plan: fc.constantFrom('standard', 'other', 7, null),
    seldom: fc.constantFrom(false, false, false, true),
  },
  { requiredKeys: ['seldom', 'numbers', 'ascii'] },
);

async function openInstance(
  wasm: Uint8Array<ArrayBuffer>,
  data: string,
): Promise<(input: unknown) => unknown> {
  const compiled = await compileModule(wasm);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const limits = { ...ROOMY, memoryRecycleBytes: ROOMY.memoryBytesMax };
  const instance = new PolicyInstance({ module: compiled.module, data, limits });
  return (input) => {
    const evaluation = instance.evaluate(JSON.stringify(input));
    if (evaluation.ok) return [{ result: JSON.parse(evaluation.output) }];
    return evaluation.problem === 'undefined' ? [] : evaluation.problem;
  };
}

/** OPA's answers over a Rego file and ONE_PLAN, in one run. */
async function interpreted(rego: string, inputs: readonly unknown[]): Promise<readonly unknown[]> {
  const opa = await findOpa();
  const directory = await mkdtemp(join(tmpdir(), 'postern-interpreted-'));
  try {
    await writeFile(join(directory, 'policy.rego'), rego);
    await writeFile(join(directory, 'data.json'), ONE_PLAN);
    await writeFile(join(directory, 'input'), JSON.stringify(inputs));
    const query =
      '[answers | some one in input; answers := [{"result": answer} | answer := data.postern.decision with input as one]]';
    const args = ['eval', '--format', 'json', '--import', 'rego.v1', '--input', 'input'];
    const files = ['--data', 'policy.rego', '--data', 'data.json'];
    const run = await runOpa(opa.path, [...args, ...files, query], { cwd: directory });
    if (run.status !== 0) throw new Error(`${run.stdout}${run.stderr}`);
    return JSON.parse(run.stdout).result[0].expressions[0].value;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test('the engine answers as the SDK for the default bundle', async () => {
  const wasm = new Uint8Array(await readFile(join(DEFAULT_POLICIES, 'bundle', 'policy.wasm')));
  const data = await readFile(join(DEFAULT_POLICIES, 'bundle', 'data.json'), 'utf8');
  const [ours, theirs] = [await openInstance(wasm, data), await openSdkPolicy(wasm, data)];
  const operations = Object.keys(JSON.parse(data).operations);
  let allowed = 0;
  fc.assert(
    fc.property(policyInputs(operations), (input) => {
      const answer = ours(input);
      expect(answer).toEqual(theirs(input));
      if (JSON.stringify(answer).includes('"allow":true')) allowed += 1;
    }),
    campaignRuns(10_000),
  );
  expect(allowed).toBeGreaterThan(100);
});

test('the engine, the SDK and the interpreter agree on any JSON', async () => {
  const wasm = await compileRego(WIDE);
  const [ours, theirs] = [await openInstance(wasm, ONE_PLAN), await openSdkPolicy(wasm, ONE_PLAN)];
  const { numRuns, seed } = campaignRuns(3_000);
  const seen = { defined: 0, undefined: 0 };
  for (let done = 0; done < numRuns; done += BATCH) {
    const inputs = fc.sample(WIDE_INPUT, { numRuns: BATCH, seed: seed + done });
    const expected = await interpreted(WIDE, inputs);
    expect(expected).toHaveLength(BATCH);
    inputs.forEach((input, at) => {
      const answer = ours(input);
      expect(answer, JSON.stringify(input)).toEqual(expected[at]);
      expect(theirs(input), JSON.stringify(input)).toEqual(expected[at]);
      seen[(expected[at] as unknown[]).length === 0 ? 'undefined' : 'defined'] += 1;
    });
  }
  expect(Math.min(seen.defined, seen.undefined)).toBeGreaterThan(100);
});
