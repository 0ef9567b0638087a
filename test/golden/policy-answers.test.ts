// Keeps the golden cases honest: where a case says what the shipped policies answer, the compiled bundle
// answers exactly that to the input that the core writes.
import { expect, test } from 'vitest';
import { parseCheck } from '../../src/core/parse-request.ts';
import { encodeCompanyPart, encodeKeyPart, encodePolicyInput } from '../../src/core/policy-input.ts';
import { compileModule, prepareEvaluator } from '../../src/policy/engine/prepare.ts';
import { loadPolicy } from '../../src/policy/load-policy.ts';
import { type GoldenCase, goldenFiles } from '../support/golden/golden-case.ts';
import { NOW_US, rawRequest, resolvedKey } from '../support/golden/golden-facts.ts';

const LIMITS = { inputBytesMax: 65_536, memoryBytesMax: 32 << 20, memoryRecycleBytes: 16 << 20 };
const SHIPPED = goldenFiles().filter(
  ({ golden }) => golden.over_grpc === 'shipped' && golden.policy_answer !== null && isSeen(golden),
);

/** An ill-formed claim is kept from the policy, so there the answer is not what decides. */
function isSeen(golden: GoldenCase): boolean {
  const [item] = parseCheck(rawRequest(golden.request)).items;
  return item?.faults.claimMalformed === false;
}

function inputOf(golden: GoldenCase): string {
  const call = parseCheck(rawRequest(golden.request));
  const [item] = call.items;
  if (item === undefined) throw new Error('a check has one item');
  const { key, company } = resolvedKey(golden.setup);
  return encodePolicyInput({
    item,
    source: call.source,
    keyPart: encodeKeyPart(key),
    companyPart: encodeCompanyPart(company),
    environment: golden.setup.environment,
    nowUs: NOW_US,
  });
}

async function shippedPolicy() {
  const loaded = await loadPolicy('policies');
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { wasm, dataJson, revision } = loaded.bundle;
  const compiled = await compileModule(Uint8Array.from(wasm));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const data = Buffer.from(dataJson).toString();
  const parts = { module: compiled.module, data, revision, generation: 1, limits: LIMITS };
  const prepared = prepareEvaluator(parts);
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
  return prepared.evaluator;
}

const policy = await shippedPolicy();

test.each(SHIPPED)('$name: the shipped policies say so', ({ golden }) => {
  const evaluation = policy.evaluate(inputOf(golden));
  if (!evaluation.ok) throw new Error(evaluation.problem);
  expect(JSON.parse(evaluation.output)).toEqual(golden.policy_answer);
});
