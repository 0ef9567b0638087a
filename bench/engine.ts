// What one evaluation costs: our engine and the opa-wasm SDK, turn by turn on the same modules and the same
// input text. Prints a table; it decides nothing. Run: node bench/engine.ts
import { readFile } from 'node:fs/promises';
import { PolicyInstance } from '../src/policy/engine/instance.ts';
import { compileModule } from '../src/policy/engine/prepare.ts';
import { openSdkPolicy } from '../test/support/opa-sdk.ts';
import { compileRego, ONE_PLAN, ROOMY } from '../test/support/rego-module.ts';

const WARM_UP = 50_000;
const ROUND = 20_000;
const ROUNDS = 15;

const SMALL = `package postern

import rego.v1

default decision := {"allow": false, "reason": "policy_denied"}

decision := {"allow": true, "reason": "allowed"} if {
	input.company.id == input.key.company_id
	data.plans[input.company.plan]
}
`;

const SMALL_INPUT = '{"key":{"company_id":"cmp_aurora"},"company":{"id":"cmp_aurora","plan":"standard"}}';

const FULL_INPUT = JSON.stringify({
  request: {
    id: 'req-1',
    operation: 'payments.create',
    resource: null,
    claimed_company_ids: ['cmp_aurora'],
    source: { ip: '192.0.2.1', user_agent: 'bench/1' },
    cost: 1,
    context: null,
    time: '2026-01-01T00:00:00Z',
    time_us: 1_767_225_600_000_000,
  },
  key: {
    id: 'key_00000000-0000-7000-8000-000000000000',
    company_id: 'cmp_aurora',
    status: 'active',
    environment: 'live',
    scopes: ['payments:*'],
    created_at: 1_767_225_600_000_000,
    not_before: null,
    expires_at: null,
    last_used_at: null,
    networks: [],
    labels: {},
  },
  company: { id: 'cmp_aurora', status: 'active', plan: 'standard', labels: {} },
  environment: 'live',
  signals: [],
});

interface Case {
  readonly name: string;
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly data: string;
  readonly input: string;
}

function microsecondsPer(evaluate: () => unknown): number {
  const from = process.hrtime.bigint();
  for (let run = 0; run < ROUND; run += 1) evaluate();
  return Number(process.hrtime.bigint() - from) / 1_000 / ROUND;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function measure({ name, wasm, data, input }: Case): Promise<Record<string, unknown>> {
  const compiled = await compileModule(wasm);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const parts = { module: compiled.module, data, limits: ROOMY };
  const instance = new PolicyInstance(parts);
  const sdk = await openSdkPolicy(wasm, data);
  const document: unknown = JSON.parse(input);

  const ours = () => instance.evaluate(input);
  const oursWithJson = () => {
    const evaluation = instance.evaluate(JSON.stringify(document));
    return evaluation.ok ? JSON.parse(evaluation.output) : evaluation;
  };
  const theirs = () => sdk(document);
  const expected = JSON.stringify(sdk(document)[0]?.result);
  if (JSON.stringify(oursWithJson()) !== expected) throw new Error(`${name}: the two do not agree`);

  const variants = { ours, oursWithJson, theirs };
  const seen = { ours: [] as number[], oursWithJson: [] as number[], theirs: [] as number[] };
  for (const variant of Object.values(variants)) for (let run = 0; run < WARM_UP; run += 1) variant();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const key of ['ours', 'oursWithJson', 'theirs'] as const)
      seen[key].push(microsecondsPer(variants[key]));
  }
  const from = process.hrtime.bigint();
  for (let run = 0; run < 100; run += 1) new PolicyInstance(parts);
  return {
    policy: name,
    'input bytes': Buffer.byteLength(input),
    'engine µs': median(seen.ours).toFixed(2),
    'engine with JSON both ways µs': median(seen.oursWithJson).toFixed(2),
    'opa-wasm, which does JSON both ways µs': median(seen.theirs).toFixed(2),
    'new instance µs': (Number(process.hrtime.bigint() - from) / 1_000 / 100).toFixed(0),
  };
}

const cases: readonly Case[] = [
  { name: 'small', wasm: await compileRego(SMALL), data: ONE_PLAN, input: SMALL_INPUT },
  {
    name: 'default bundle',
    wasm: new Uint8Array(await readFile('policies/bundle/policy.wasm')),
    data: await readFile('policies/bundle/data.json', 'utf8'),
    input: FULL_INPUT,
  },
];
const rows: Record<string, unknown>[] = [];
for (const one of cases) rows.push(await measure(one));
console.table(rows);
