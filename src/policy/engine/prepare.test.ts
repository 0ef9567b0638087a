// What is never let in: modules that are none of ours, data that does not fit, policies that allow garbage.
import { readFileSync } from 'node:fs';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { type CraftedModule, craftModule } from '../../../test/support/crafted-module.ts';
import { compileRego, ONE_PLAN, ROOMY } from '../../../test/support/rego-module.ts';
import type { InputLeaf } from '../../core/input-leaves.ts';
import { webAssembly } from '../webassembly-api.ts';
import { compileModule, type PreparedEvaluator, prepareEvaluator } from './prepare.ts';

interface Candidate {
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly data?: string;
  readonly limits?: typeof ROOMY;
  readonly reads?: readonly InputLeaf[];
}

async function prepare(candidate: Candidate): Promise<PreparedEvaluator> {
  const { wasm, data = ONE_PLAN, limits = ROOMY, reads = null } = candidate;
  const compiled = await compileModule(wasm);
  if (!compiled.ok) return compiled;
  const parts = { module: compiled.module, data, revision: 'r1', generation: 1, limits };
  return prepareEvaluator({ ...parts, reads, rememberedMax: 8 });
}

async function problemsOf(candidate: Candidate): Promise<readonly string[]> {
  const prepared = await prepare(candidate);
  return prepared.ok ? [] : prepared.problems.map(({ file, message }) => `${file}: ${message}`);
}

const ofRego = async (rules: string, entrypoint?: string) => ({
  wasm: await compileRego(`package postern\n\nimport rego.v1\n\n${rules}\n`, entrypoint),
});
const crafted = (module: CraftedModule) => ({ wasm: craftModule(module) });

test('the default bundle is let in, and denies what it does not know', async () => {
  const read = (name: string) => readFileSync(new URL(`../../../policies/bundle/${name}`, import.meta.url));
  const prepared = await prepare({
    wasm: new Uint8Array(read('policy.wasm')),
    data: read('data.json').toString('utf8'),
  });
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
  const evaluation = prepared.evaluator.evaluate('{}');
  expect(evaluation.ok && JSON.parse(evaluation.output)).toMatchObject({ allow: false });
});

test('a module that is right in everything is let in', async () => {
  expect(await problemsOf(crafted({}))).toEqual([]);
  expect(await problemsOf(crafted({ abi: [1, 4] }))).toEqual([]);
});

describe('a module is refused', () => {
  test('when it is no WebAssembly', async () => {
    const problems = ['policy.wasm: The file is not a WebAssembly module.'];
    expect(await problemsOf({ wasm: new Uint8Array([1, 2, 3]) })).toEqual(problems);
    expect(await problemsOf({ wasm: craftModule().slice(0, -5) })).toEqual(problems);
  });

  test.each<[string, CraftedModule]>([
    ['an older minor version', { abi: [1, 2] }],
    ['a later major version', { abi: [2, 0] }],
    ['a major version of zero', { abi: [0, 3] }],
  ])('when its ABI is %s', async (_name, module) => {
    const [major, minor] = module.abi ?? [];
    expect(await problemsOf(crafted(module))).toEqual([
      `policy.wasm: The module has the ABI ${major}.${minor}; 1.3 or a later 1.x is needed.`,
    ]);
  });

  test.each(['opa_json_parse', 'eval', 'builtins', 'opa_wasm_abi_version'])(
    'when it does not export %s',
    async (name) => {
      expect(await problemsOf(crafted({ without: [name] }))).toEqual([
        `policy.wasm: The module does not export ${name}: it is no OPA policy.`,
      ]);
    },
  );

  test('when it imports anything else', async () => {
    expect(await problemsOf(crafted({ imports: ['wasi_snapshot_preview1', 'fd_write'] }))).toEqual([
      'policy.wasm: The module imports wasi_snapshot_preview1.fd_write, which is not offered.',
    ]);
    expect(await problemsOf(crafted({ imports: ['env', 'memory'] }))).toEqual([
      'policy.wasm: The module imports env.memory, which is not offered.',
    ]);
  });

  test('when it has no entrypoint postern/decision', async () => {
    const candidate = await ofRego('other := {"allow": false}', 'postern/other');
    expect(await problemsOf(candidate)).toEqual([
      'policy.wasm: The module has no entrypoint postern/decision.',
    ]);
    expect(await problemsOf(crafted({ entrypoints: '{"postern/decision":"0"}' }))).toHaveLength(1);
  });

  test('when a rule needs a builtin of the host, also one that seldom runs', async () => {
    const candidate = await ofRego(`decision := {"allow": false, "code": code}

default code := ""

code := sprintf("%d", [input.n]) if input.seldom

code := yaml.marshal(input.n) if input.never`);
    expect(await problemsOf(candidate)).toEqual([
      'policy.wasm: The module needs builtins that are not offered: sprintf, yaml.marshal.',
    ]);
  });

  test('when it needs more memory than it may have', async () => {
    const problems = ['policy.wasm: The module does not start within its memory.'];
    expect(await problemsOf(crafted({ pages: 300 }))).toEqual(problems);
  });

  test('when it says nonsense of itself', async () => {
    for (const [module, problem] of [
      [{ entrypoints: '{"postern/decision"' }, 'does not say its entrypoints: the answer is not JSON'],
      [{ builtins: '{' }, 'does not say its builtins: the answer is not JSON'],
      [{ fault: { at: 'entrypoints', is: 'trap' } }, 'does not say its entrypoints: it failed'],
      [{ fault: { at: 'start', is: 'trap' } }, 'does not start'],
    ] as const) {
      expect(await problemsOf(crafted(module))).toEqual([`policy.wasm: The module ${problem}.`]);
    }
  });

  test('when it needs more builtins than anybody wants to read of', async () => {
    const builtins = JSON.stringify(Object.fromEntries([['\n'.repeat(400), 0]]));
    const [problem = ''] = await problemsOf(crafted({ builtins }));
    expect(problem).toMatch(/^policy\.wasm: The module needs builtins that are not offered: \?{200}\.$/);
  });
});

describe('data is refused', () => {
  test('when it is not JSON, not Unicode, or has no plans', async () => {
    const wasm = craftModule();
    expect(await problemsOf({ wasm, data: '{' })).toEqual(['data.json: The data is not JSON.']);
    expect(await problemsOf({ wasm, data: '{"a":"\ud800"}' })).toEqual([
      'data.json: The data is not well-formed Unicode.',
    ]);
    expect(await problemsOf({ wasm, data: '{}' })).toEqual(['data.json: plans: must be an object']);
  });

  test('when a named limit of a plan could only ever fail', async () => {
    const plan = { ...JSON.parse(ONE_PLAN).plans.standard };
    plan.limits = { polling: { subject: 'key', count: 1, period_ms: 31_622_400_000, burst: 1_000_000 } };
    const data = JSON.stringify({ plans: { standard: plan } });
    expect(await problemsOf({ wasm: craftModule(), data })).toEqual([
      expect.stringMatching(
        /^data\.json: plans\.standard\.limits\.polling: a full burst at this rate stands for/,
      ),
    ]);
  });

  test('when it would leave no room, so that each evaluation would cost an instance', async () => {
    const { wasm } = await ofRego('decision := {"allow": false}');
    const names = Array.from({ length: 20_000 }, (_, at) => `name ${at}`);
    const data = JSON.stringify({ ...JSON.parse(ONE_PLAN), names });
    const limits = { ...ROOMY, memoryRecycleBytes: 1 << 20 };
    expect(await problemsOf({ wasm, data, limits })).toEqual([
      expect.stringMatching(
        /^data\.json: Module and data take \d+ bytes of memory .* 1048576 are allowed\.$/,
      ),
    ]);
    const tight = { ...limits, memoryBytesMax: 1 << 20 };
    expect(await problemsOf({ wasm, data, limits: tight })).toEqual([
      expect.stringMatching(/^data\.json: The data cannot be loaded: aborted: /),
    ]);
    expect(await problemsOf({ wasm, data, limits: ROOMY })).toEqual([]);
  });
});

describe('a policy is refused', () => {
  test.each([
    ['always', 'decision := {"allow": true}'],
    [
      'what is missing',
      'decision := {"allow": input.key.status != "revoked"} if input.key.status\n\nelse := {"allow": true}',
    ],
    ['when the input says so', 'decision := {"allow": input.allow}'],
    ['what is no object', 'decision := {"allow": true} if not is_object(input)'],
    ['by a bare true', 'decision := true'],
    ['by a text', 'decision := {"allow": "false"}'],
  ])('when it allows %s', async (_name, rules) => {
    const problems = await problemsOf(await ofRego(rules));
    expect(problems[0]).toMatch(/^policy\.wasm: The policy allows the input /);
  });

  test('when it fails on nothing, or on an ordinary question', async () => {
    const conflict = (condition: string) => `decision := {"allow": false}

decision := {"allow": "never"} if ${condition}`;
    expect(await problemsOf(await ofRego(conflict('not input.request')))).toEqual([
      expect.stringMatching(/^policy\.wasm: The policy fails on an empty input: aborted: /),
    ]);
    expect(await problemsOf(await ofRego(conflict('input.request.id')))).toEqual([
      expect.stringMatching(/^policy\.wasm: The policy fails on an ordinary input: aborted: /),
    ]);
  });
});

test('a policy that is undefined for nothing is let in: undefined is a deny', async () => {
  expect(
    await problemsOf(await ofRego('decision := {"allow": true} if input.company.id == "cmp_zephyr"')),
  ).toEqual([]);
});

test('a module can be compiled once and posted to each thread', async () => {
  const compiled = await compileModule(craftModule());
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const { port1, port2 } = new MessageChannel();
  port1.postMessage({
    module: compiled.module,
    data: ONE_PLAN,
    revision: 'r1',
    generation: 1,
    limits: ROOMY,
  });
  const prepared = prepareEvaluator(receiveMessageOnPort(port2)?.message);
  port1.close();
  expect(prepared.ok && prepared.evaluator.evaluate('{}')).toEqual({ ok: true, output: '{"allow":false}' });
});

test('a module that was posted to another thread is checked again', () => {
  const wasm = craftModule({ imports: ['env', 'opa_builtin5'] });
  const module = new webAssembly.Module(wasm);
  const prepared = prepareEvaluator({ module, data: ONE_PLAN, revision: 'r', generation: 1, limits: ROOMY });
  expect(prepared).toEqual({
    ok: false,
    problems: [
      { file: 'policy.wasm', line: 0, message: 'The module imports env.opa_builtin5, which is not offered.' },
    ],
  });
});

describe('what a policy is said to read', () => {
  const byScope =
    'default decision := {"allow": false}\n\ndecision := {"allow": true} if "payments:read" in input.key.scopes';

  test('must be all that its answer depends on', async () => {
    const candidate = await ofRego(byScope);
    expect(await problemsOf({ ...candidate, reads: ['key.scopes'] })).toEqual([]);
    for (const reads of [[], ['key.id', 'request.operation']] as const) {
      expect(await problemsOf({ ...candidate, reads })).toEqual([
        '.manifest: The policy reads more of its input than `metadata.postern.reads` says: build the bundle anew.',
      ]);
    }
  });

  test.for([
    ['is not known', undefined, ROOMY],
    ['differs with every check', ['key.scopes', 'request.id'], ROOMY],
    ['could be cut short by a cap', ['key.scopes'], { ...ROOMY, inputBytesMax: 32_768 }],
  ] as const)('is not remembered when it %s', async ([, reads, limits]) => {
    const prepared = await prepare({
      ...(await ofRego(byScope)),
      limits,
      ...(reads === undefined ? {} : { reads }),
    });
    expect(prepared.ok && prepared.evaluator.remembered).toBeNull();
  });
});
