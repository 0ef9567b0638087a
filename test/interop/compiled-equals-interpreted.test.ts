// The compiled default policy, in our engine, answers as OPA's interpreter does over its source; and
// whatever comes in, an allow is for the key's own company. With POSTERN_OPA another release is compared.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadBundleDirectory } from '../../src/policy/bundle-directory.ts';
import { findOpa } from '../../src/policy/compiler/opa-binary.ts';
import { runOpa } from '../../src/policy/compiler/run-opa.ts';
import { compileModule, prepareEvaluator } from '../../src/policy/engine/prepare.ts';
import { campaignRuns } from '../support/campaign.ts';
import { copyOfPolicies, DEFAULT_POLICIES, temporaryDirectory } from '../support/policy/policy-directory.ts';
import { policyInputs } from '../support/policy/policy-inputs.ts';
import { ROOMY } from '../support/rego-module.ts';

/** OPA evaluates this many inputs in one run. */
const BATCH = 10_000;

async function openCompiled() {
  const loaded = await loadBundleDirectory(join(DEFAULT_POLICIES, 'bundle'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { wasm, dataJson, data, revision } = loaded.bundle;
  const compiled = await compileModule(wasm);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const parts = { module: compiled.module, data: dataJson, revision, generation: 1, limits: ROOMY };
  const prepared = prepareEvaluator(parts);
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
  const { evaluator } = prepared;
  const answer = (input: unknown): unknown => {
    const evaluation = evaluator.evaluate(JSON.stringify(input));
    return evaluation.ok ? (JSON.parse(evaluation.output) as unknown) : evaluation.problem;
  };
  return { answer, operations: Object.keys(data['operations'] ?? {}) };
}

/** OPA's answers over the Rego and the data, in one run. */
async function interpreted(inputs: readonly unknown[]): Promise<readonly unknown[]> {
  const opa = await findOpa();
  const place = join(temporaryDirectory(), 'inputs.json');
  writeFileSync(place, JSON.stringify(inputs));
  const query = '[answer | some one in input; answer := data.postern.decision with input as one]';
  const args = ['eval', '--format', 'json', '--import', 'rego.v1', '--input', place, '--bundle', '.', query];
  const run = await runOpa(opa.path, args, { cwd: copyOfPolicies() });
  if (run.status !== 0) throw new Error(`${run.stdout}${run.stderr}`);
  const { result } = JSON.parse(run.stdout) as { result: [{ expressions: [{ value: unknown[] }] }] };
  return result[0].expressions[0].value;
}

interface Answer {
  readonly allow: boolean;
  readonly reason: string;
}

interface Spoken {
  readonly request: {
    readonly resource?: { readonly company_id?: unknown } | null;
    readonly claimed_company_ids?: unknown;
  };
  readonly key: { readonly company_id?: unknown };
  readonly company: { readonly id?: unknown };
}

/** Holds for an allowed input: nothing in it names another company than the key's. */
function namesOwnCompanyOnly({ request, key, company }: Spoken): boolean {
  const own = key.company_id;
  const owner = request.resource?.company_id ?? '';
  const claims = Array.isArray(request.claimed_company_ids) ? request.claimed_company_ids : [];
  const named = [company.id, ...claims, ...(owner === '' ? [] : [owner])];
  return typeof own === 'string' && own !== '' && named.every((id) => id === own);
}

test('compiled and interpreted answers are the same, and an allow never names another company', async () => {
  const { answer, operations } = await openCompiled();
  const { numRuns, seed } = campaignRuns(20_000);
  const reasons = new Map<string, number>();
  for (let done = 0; done < numRuns; done += BATCH) {
    const inputs = fc.sample(policyInputs(operations), { numRuns: BATCH, seed: seed + done });
    const expected = await interpreted(inputs);
    expect(expected.length).toBe(BATCH);
    inputs.forEach((input, place) => {
      const given = answer(input);
      expect(given, JSON.stringify(input)).toEqual(expected[place]);
      const { allow, reason } = given as Answer;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      if (allow) expect(namesOwnCompanyOnly(input as Spoken), JSON.stringify(input)).toBe(true);
    });
  }
  // The sample is worth something only when every reason came up often.
  expect(reasons.size).toBe(7);
  expect(Math.min(...reasons.values())).toBeGreaterThan(100);
});
