// A builtin is banned for cause: compiled and interpreted it gives different answers, so that what `opa test`
// proves would not be what the sidecar decides.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../../test/support/policy/policy-directory.ts';
import { compileRego, ONE_PLAN, ROOMY } from '../../../test/support/rego-module.ts';
import { PolicyInstance } from '../engine/instance.ts';
import { compileModule } from '../engine/prepare.ts';
import { banReason } from './builtin-rules.ts';
import { findOpa } from './opa-binary.ts';
import { runOpa } from './run-opa.ts';

/** Calls; an undefined one gives an empty list. */
const CALLS: Readonly<Record<string, string>> = {
  lower: 'lower("\u2c2f")',
  upper: 'upper("\u2c5f")',
  'glob.match': 'glob.match("?b?", ["."], "\u00e4b\u00e4")',
  'json.marshal': 'json.marshal("a&b")',
  'json.unmarshal': 'json.unmarshal("[1,]")',
  'json.is_valid': 'json.is_valid("[1,]")',
  'base64.decode': 'base64.decode("YQ")',
  'base64.is_valid': 'base64.is_valid("+1")',
  'base64url.decode': 'base64url.decode("Y!Q=")',
};
const NAMES = Object.keys(CALLS);
const MEMBERS = NAMES.map((name) => `\t"${name}": [answer | answer := ${CALLS[name]}],\n`).join('');
const REGO = `package postern\n\nimport rego.v1\n\ndecision := {\n${MEMBERS}}\n`;

type Answers = Readonly<Record<string, unknown>>;

async function compiled(): Promise<Answers> {
  const found = await compileModule(await compileRego(REGO));
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  const evaluation = new PolicyInstance({ module: found.module, data: ONE_PLAN, limits: ROOMY }).evaluate(
    '{}',
  );
  if (!evaluation.ok) throw new Error(evaluation.problem);
  return JSON.parse(evaluation.output);
}

async function interpreted(): Promise<Answers> {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'policy.rego'), REGO);
  const args = ['eval', '--format', 'json', '--data', 'policy.rego', 'data.postern.decision'];
  const { stdout } = await runOpa((await findOpa()).path, args, { cwd: directory });
  return JSON.parse(stdout).result[0].expressions[0].value;
}

test('each of these builtins answers otherwise when it is compiled, and is banned', async () => {
  const [inWasm, inOpa] = [await compiled(), await interpreted()];
  expect(Object.keys(inWasm).sort()).toEqual(NAMES.toSorted());
  for (const name of NAMES) {
    expect(inWasm[name], name).not.toEqual(inOpa[name]);
    expect(banReason(name), name).toMatch(/in WASM.* OPA.*; /);
  }
});
