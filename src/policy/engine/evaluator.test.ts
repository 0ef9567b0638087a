// No failure may change a later answer, or stop them. One policy whose rules conflict, run out of memory or
// stay undefined when the input asks for it, as a partner's input might find a way to.
import { describe, expect, test } from 'vitest';
import { compileRego, ONE_PLAN, ROOMY } from '../../../test/support/rego-module.ts';
import { type Later, WasmEvaluator } from './evaluator.ts';
import { compileModule, prepareEvaluator } from './prepare.ts';

const REGO = `package postern

import rego.v1

decision := {"allow": allow, "plan": data.plans[input.plan].base.key.count} if allow

decision := {"allow": false} if not allow

decision := {"allow": "conflict"} if input.conflict

allow if {
	input.company == input.owner
	sum(numbers.range(1, input.work)) > 0
}
`;

const compiled = await compileModule(await compileRego(REGO));
const LIMITS = { inputBytesMax: 4_096, memoryBytesMax: 2 << 20, memoryRecycleBytes: 1 << 20 };

function prepare(later?: Later): WasmEvaluator {
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const parts = { module: compiled.module, data: ONE_PLAN, revision: 'r1', generation: 7, limits: LIMITS };
  const prepared = prepareEvaluator(later === undefined ? parts : { ...parts, later });
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
  return prepared.evaluator;
}

const question = (facts: object) =>
  JSON.stringify({ company: 'cmp_aurora', owner: 'cmp_aurora', plan: 'standard', work: 1, ...facts });

const ALLOWED = { input: question({}), expected: '{"allow":true,"plan":60}' };
const DENIED = { input: question({ owner: 'cmp_borealis' }), expected: '{"allow":false}' };

/** What must fail, each in a way of its own. */
const FAILING: readonly (readonly [string, string])[] = [
  [question({ conflict: true }), 'aborted: '],
  [question({ work: 1_000_000 }), 'aborted: opa_malloc'],
  [`{"a":${'['.repeat(4_000)}`, ''],
  [question({ plan: 'unknown' }), 'undefined'],
  [question({ plan: '\ud800' }).replace('\\ud800', '\ud800'), 'the input has a lone surrogate'],
  [question({ plan: '\udfff' }), 'the input has a lone surrogate'],
  [question({ plan: 'x'.repeat(5_000) }), 'the input is too large'],
  ['{"company":"cmp_aurora"', 'the input is not JSON'],
];

function expectGood(evaluator: WasmEvaluator): void {
  for (const { input, expected } of [ALLOWED, DENIED]) {
    expect(evaluator.evaluate(input)).toEqual({ ok: true, output: expected });
  }
}

describe('failing evaluations', () => {
  test('10,000 of them mixed with good ones: none wrong, none stuck', () => {
    let waiting: (() => void)[] = [];
    const evaluator = prepare((task) => waiting.push(task));
    for (let round = 0; round < 10_000; round += 1) {
      const [input, problem] = FAILING[round % FAILING.length] ?? ['', ''];
      const evaluation = evaluator.evaluate(input);
      expect(evaluation.ok).toBe(false);
      expect(evaluation.ok || evaluation.problem.startsWith(problem)).toBe(true);
      const { input: good, expected } = round % 2 === 0 ? ALLOWED : DENIED;
      expect(evaluator.evaluate(good)).toEqual({ ok: true, output: expected });
      // Now and then the spare comes late, and failures follow each other without one.
      if (round % 5 === 0) {
        for (const task of waiting) task();
        waiting = [];
      }
    }
    // The first two of the eight kinds use up an instance for certain.
    expect(evaluator.failures).toBeGreaterThanOrEqual(2_500);
    expect(evaluator.recycled).toBe(0);
    expectGood(evaluator);
  });

  test('more in a row than there are instances are each answered, and the next good one is right', () => {
    const evaluator = prepare(() => {});
    for (let round = 0; round < 20; round += 1) {
      expect(evaluator.evaluate(question({ conflict: true })).ok).toBe(false);
    }
    expect(evaluator.failures).toBe(20);
    expectGood(evaluator);
  });

  test('never build a spare while the check waits, as long as there is one', () => {
    const tasks: (() => void)[] = [];
    const evaluator = prepare((task) => tasks.push(task));
    evaluator.evaluate(question({ conflict: true }));
    expectGood(evaluator);
    expect(tasks).toHaveLength(1);
    tasks[0]?.();
    evaluator.evaluate(question({ conflict: true }));
    expectGood(evaluator);
    expect(tasks).toHaveLength(2);
  });

  test('say the module by its message, never the input', () => {
    const evaluator = prepare();
    const evaluation = evaluator.evaluate(question({ conflict: true, company: 'cmp_borealis' }));
    expect(evaluation.ok).toBe(false);
    expect(JSON.stringify(evaluation)).not.toContain('cmp_');
  });
});

describe('an evaluator', () => {
  test('gives up an instance whose memory has grown, after its answer, and answers on', () => {
    const evaluator = prepare();
    for (let round = 1; round <= 10; round += 1) {
      // Needs more than the mark and less than the maximum.
      expect(evaluator.evaluate(question({ work: 6_000 }))).toEqual({ ok: true, output: ALLOWED.expected });
      expect(evaluator.recycled).toBe(round);
      expectGood(evaluator);
    }
    expect(evaluator.failures).toBe(0);
  });

  test('takes no more memory for many evaluations than for one', () => {
    const evaluator = prepare();
    for (let round = 0; round < 5_000; round += 1) expectGood(evaluator);
    expect(evaluator.recycled).toBe(0);
    expect(evaluator.failures).toBe(0);
  });

  test('has the identity and the plans it was prepared with', () => {
    const evaluator = prepare();
    expect(evaluator.revision).toBe('r1');
    expect(evaluator.generation).toBe(7);
    expect([...evaluator.plans.keys()]).toEqual(['standard']);
  });

  test('answers on when no spare can be made for a while', () => {
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    const limits = { ...LIMITS };
    const parts = { module: compiled.module, data: ONE_PLAN, limits };
    const identity = { revision: 'r', generation: 1, plans: new Map(), remembered: null };
    const evaluator = new WasmEvaluator(identity, parts, () => {});
    limits.memoryBytesMax = 65_536;
    evaluator.evaluate(question({ conflict: true }));
    evaluator.evaluate(question({ conflict: true }));
    expect(evaluator.evaluate(ALLOWED.input)).toEqual({ ok: false, problem: 'no instance could be made' });
    limits.memoryBytesMax = ROOMY.memoryBytesMax;
    expectGood(evaluator);
  });
});
