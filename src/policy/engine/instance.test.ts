// What one instance answers, and when it is used up. Real modules: compiled Rego, and crafted ones for
// answers that no compiled policy gives.
import { describe, expect, test } from 'vitest';
import { type CraftedModule, craftModule } from '../../../test/support/crafted-module.ts';
import { compileRego, ONE_PLAN, ROOMY } from '../../../test/support/rego-module.ts';
import { PolicyInstance } from './instance.ts';
import { compileModule } from './prepare.ts';

const REGO = `package postern

import rego.v1

decision := {"echo": input.echo} if input.echo

decision := {"plan": data.plans[input.plan].base.key.count} if input.plan

decision := {"sum": sum(numbers.range(1, input.up_to))} if input.up_to

decision := true if input.bare
`;

async function open(wasm: Uint8Array<ArrayBuffer>, limits = ROOMY): Promise<PolicyInstance> {
  const compiled = await compileModule(wasm);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return new PolicyInstance({ module: compiled.module, data: ONE_PLAN, limits });
}

const crafted = (module: CraftedModule) => open(craftModule(module));
const rego = await compileRego(REGO);
/** Allows when there is no input at all: what a damaged one must not become. */
const inputless = await compileRego(`package postern

import rego.v1

decision := false if input

decision := true if not input
`);

describe('an answer', () => {
  test('is the JSON text of the decision, whatever its type', async () => {
    const instance = await open(rego);
    expect(instance.evaluate('{"echo":"x"}')).toEqual({ ok: true, output: '{"echo":"x"}' });
    expect(instance.evaluate('{"bare":true}')).toEqual({ ok: true, output: 'true' });
    expect(instance.evaluate('{"plan":"standard"}')).toEqual({ ok: true, output: '{"plan":60}' });
  });

  test('keeps every character, also those outside of ASCII and escaped ones', async () => {
    const instance = await open(rego);
    const echo = 'ä€😀\u0000\n"\\\ufffd\uffff\u2028';
    const evaluation = instance.evaluate(JSON.stringify({ echo }));
    expect(evaluation.ok && JSON.parse(evaluation.output)).toEqual({ echo });
    expect(instance.evaluate('{"echo":"\\ud83d\\ude00 \\\\ud800"}')).toEqual({
      ok: true,
      output: '{"echo":"😀 \\\\ud800"}',
    });
  });

  test('that is undefined is a failure, and the instance stays good', async () => {
    const instance = await open(rego);
    expect(instance.evaluate('{}')).toEqual({ ok: false, problem: 'undefined' });
    expect(instance.state).toBe('usable');
    expect(instance.evaluate('{"echo":1}')).toEqual({ ok: true, output: '{"echo":1}' });
  });

  test('with a member called result is still one answer', async () => {
    const instance = await open(rego);
    const echo = [{ a: 1 }, { result: 2 }];
    const evaluation = instance.evaluate(JSON.stringify({ echo }));
    expect(evaluation.ok && JSON.parse(evaluation.output)).toEqual({ echo });
  });

  test('that is larger than the memory was before is read whole', async () => {
    const instance = await open(rego, { ...ROOMY, memoryRecycleBytes: 16 << 20 });
    const echo = Array.from({ length: 3_000 }, (_, at) => `value ${at}`);
    for (let round = 0; round < 3; round += 1) {
      const evaluation = instance.evaluate(JSON.stringify({ echo }));
      expect(evaluation.ok && JSON.parse(evaluation.output)).toEqual({ echo });
      expect(instance.evaluate('{"plan":"standard"}')).toEqual({ ok: true, output: '{"plan":60}' });
    }
    expect(instance.state).toBe('usable');
  });

  test.each<[string, CraftedModule['result'], string]>([
    ['two results', '[{"result":1},{"result":2}]', 'several results'],
    ['no result set', '{"allow":true}', 'no result set'],
    ['a result of another name', '[{"x":{"allow":true}}]', 'no result set'],
    ['nothing', '', 'no result set'],
    ['bytes that are no UTF-8', Buffer.from('[{"result":"\xff"}]', 'latin1'), 'not UTF-8'],
    ['an address of zero', 0, 'aborted: the result lies outside of the memory'],
    ['an address behind the memory', 0x7fffffff, 'aborted: the result lies outside of the memory'],
    ['a negative address', -1, 'aborted: the result lies outside of the memory'],
  ])('that is %s is a failure', async (_name, result, problem) => {
    const instance = await crafted({ result: result ?? 0 });
    expect(instance.evaluate('{}')).toEqual({ ok: false, problem });
  });
});

describe('an input', () => {
  test('above the cap is refused before it is evaluated, also when only its bytes are', async () => {
    const instance = await open(rego, { ...ROOMY, inputBytesMax: 64 });
    const tooLarge = { ok: false, problem: 'the input is too large' };
    expect(instance.evaluate(JSON.stringify({ echo: 'a'.repeat(100) }))).toEqual(tooLarge);
    expect(instance.evaluate(JSON.stringify({ echo: '€'.repeat(40) }))).toEqual(tooLarge);
    const fits = JSON.stringify({ echo: 'a'.repeat(64 - '{"echo":""}'.length) });
    expect(fits).toHaveLength(64);
    expect(instance.evaluate(fits)).toEqual({ ok: true, output: fits });
    expect(instance.evaluate(fits.replace('aa', 'aaa'))).toEqual(tooLarge);
    expect(instance.state).toBe('usable');
  });

  test.each([
    ['{"echo":"\ud800"}'],
    ['{"echo":"a\udc00b"}'],
    ['{"echo":"\\ud800"}'],
    ['{"echo":"\\uD800\\u0041"}'],
    ['{"echo":"\\uDC00\\uD800"}'],
    ['{"echo":"\\\\\\udbff"}'],
  ])('with a lone surrogate is refused before it is evaluated: %j', async (input) => {
    const instance = await open(rego);
    expect(instance.evaluate(input)).toEqual({ ok: false, problem: 'the input has a lone surrogate' });
    expect(instance.state).toBe('usable');
  });

  test.each(['', ' ', '{', '{"echo":1', '{"echo":"x', '{echo:1}', '\ufeff{}', 'allow', '[1,'])(
    'that is damaged is never evaluated as if there were none: %j',
    async (input) => {
      const instance = await open(inputless);
      expect(instance.evaluate(input)).toEqual({ ok: false, problem: 'the input is not JSON' });
      expect(instance.evaluate('{"echo":1}')).toEqual({ ok: true, output: 'false' });
    },
  );

  test('nested too deeply ends the instance', async () => {
    const instance = await open(rego);
    const evaluation = instance.evaluate('['.repeat(60_000));
    expect(evaluation).toEqual({ ok: false, problem: expect.stringMatching(/^trapped: /) });
    expect(instance.state).toBe('failed');
  });
});

describe('an instance', () => {
  test('is used up by a conflict of rules, and says which', async () => {
    const instance = await open(rego);
    const evaluation = instance.evaluate('{"echo":1,"plan":"standard"}');
    expect(evaluation).toEqual({ ok: false, problem: expect.stringMatching(/^aborted: .*conflict/) });
    expect(instance.state).toBe('failed');
    expect(instance.evaluate('{"echo":1}')).toEqual({ ok: false, problem: 'the instance is used up' });
  });

  test('is ended when an evaluation needs more memory than it may have', async () => {
    const instance = await open(rego, { ...ROOMY, memoryBytesMax: 2 << 20, memoryRecycleBytes: 2 << 20 });
    const evaluation = instance.evaluate('{"up_to":1000000}');
    expect(evaluation).toEqual({ ok: false, problem: expect.stringMatching(/^(trapped|aborted): /) });
    expect(instance.state).toBe('failed');
  });

  test('is to be replaced once its memory has grown above the mark, after a right answer', async () => {
    const instance = await open(rego);
    expect(instance.evaluate('{"up_to":100}')).toEqual({ ok: true, output: '{"sum":5050}' });
    expect(instance.state).toBe('usable');
    expect(instance.evaluate('{"up_to":30000}')).toEqual({ ok: true, output: '{"sum":450015000}' });
    expect(instance.state).toBe('grown');
  });

  test('starts also when its module asks for more memory than we begin with', async () => {
    const instance = await crafted({ pages: 40 });
    expect(instance.evaluate('{}')).toEqual({ ok: true, output: '{"allow":false}' });
  });
});
