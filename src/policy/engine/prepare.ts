// From a compiled module and its data to a policy that may answer, or to everything that was found wrong.
// Runs in the thread that will evaluate, which the caller bounds in time. It never throws for what is in a
// module or its data.
import { hash } from 'node:crypto';
import type { InputLeaf } from '../../core/input-leaves.ts';
import type { PolicyProblem } from '../../pdp/admin-port.ts';
import { RememberedOutcomes } from '../../pdp/remembered-outcomes.ts';
import { compileShaped } from '../module-shape.ts';
import type { WasmModule } from '../webassembly-api.ts';
import { checkReads } from './check-reads.ts';
import { type Later, WasmEvaluator } from './evaluator.ts';
import { type EngineLimits, PolicyInstance } from './instance.ts';
import { checkModuleShape, PolicyRefused } from './opa-abi.ts';
import { parsePlans } from './plans.ts';
import { selfTest } from './self-test.ts';

/** No input is longer: every part of it has a cap (docs/errors.md). */
const INPUT_BYTES_POSSIBLE = 49_152;

/** A candidate as it is posted to an evaluator: a module can be posted, an instance cannot. */
export interface EvaluatorParts {
  readonly module: WasmModule;
  /** JSON text of the bundle's data. */
  readonly data: string;
  readonly revision: string;
  readonly generation: number;
  readonly limits: EngineLimits;
  /** What the bundle says that the policy reads of its input; null or absent: not known. */
  readonly reads?: readonly InputLeaf[] | null;
  /** Answers to remember; 0 or absent: none. */
  readonly rememberedMax?: number;
  /** When to build a spare; by default after the events that wait. */
  readonly later?: Later;
}

export type PreparedEvaluator =
  | { readonly ok: true; readonly evaluator: WasmEvaluator }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

export type CompiledModule =
  | { readonly ok: true; readonly module: WasmModule }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** Compiles a module once, for all threads, and checks its shape. Runs nothing of it. */
export async function compileModule(wasm: Uint8Array<ArrayBuffer>): Promise<CompiledModule> {
  const shaped = await compileShaped(wasm);
  return shaped.ok ? shaped : { ok: false, problems: [moduleProblem(shaped.problem)] };
}

/** Loads, checks and tests a candidate. It has a live instance and a spare when it returns. */
export function prepareEvaluator(parts: EvaluatorParts): PreparedEvaluator {
  const { module, data, revision, generation, limits } = parts;
  try {
    if (!data.isWellFormed()) throw new PolicyRefused('data.json', 'The data is not well-formed Unicode.');
    checkModuleShape(module);
    const plans = parsePlans(data);
    const candidate = { module, data, limits };
    const messages = selfTest((input) => new PolicyInstance(candidate).evaluate(input));
    if (messages.length > 0) return { ok: false, problems: messages.map(moduleProblem) };
    const remembered = rememberedBy(parts);
    const evaluator = new WasmEvaluator({ revision, generation, plans, remembered }, candidate, parts.later);
    if (parts.reads !== null && parts.reads !== undefined) checkReads(parts.reads, evaluator);
    return { ok: true, evaluator };
  } catch (error) {
    return { ok: false, problems: [problemOf(error)] };
  }
}

/** With a lower cap on inputs, whether a check fails for its length would depend on what was asked before it. */
function rememberedBy({ reads, rememberedMax, limits }: EvaluatorParts): RememberedOutcomes | null {
  if (limits.inputBytesMax < INPUT_BYTES_POSSIBLE) return null;
  return RememberedOutcomes.of(reads ?? null, rememberedMax ?? 0, (text) => hash('sha256', text, 'binary'));
}

function moduleProblem(message: string): PolicyProblem {
  return { file: 'policy.wasm', line: 0, message };
}

function problemOf(error: unknown): PolicyProblem {
  if (error instanceof PolicyRefused) return { file: error.file, line: 0, message: error.message };
  return moduleProblem('The module cannot be loaded.');
}
