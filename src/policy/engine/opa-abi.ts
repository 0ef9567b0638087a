// OPA's WebAssembly ABI as this engine uses it: what a module gets, what is called, and how its text is
// read. It never provides a builtin: a module that calls one is ended.
// Source: https://www.openpolicyagent.org/docs/wasm/ (ABI 1.3).
import { ENTRYPOINT } from '../bundle.ts';
import { abiProblem, FUNCTIONS, shapeProblem, WORDS_CHARS_MAX, wordsOf } from '../module-shape.ts';
import type { WasmImports, WasmInstance, WasmMemory, WasmModule } from '../webassembly-api.ts';

export const PAGE_BYTES = 65_536;

/** All arguments and results are i32: addresses, lengths, numbers of entrypoints. */
type OpaFunction = (first?: number, second?: number) => number;
export type OpaFunctions = Readonly<Record<(typeof FUNCTIONS)[number], OpaFunction>>;

type RefusedFile = 'policy.wasm' | 'data.json' | '.manifest';

/** Why a module, its data or what is said of them is refused at load. The message is for the policy's author. */
export class PolicyRefused extends Error {
  override readonly name = 'PolicyRefused';
  readonly file: RefusedFile;

  constructor(file: RefusedFile, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.file = file;
  }
}

/** The module ended an evaluation by itself, e.g. because two rules gave different values. */
export class PolicyAborted extends Error {
  override readonly name = 'PolicyAborted';
}

/** Throws PolicyRefused unless what the module imports and exports fits. Runs nothing of it. */
export function checkModuleShape(module: WasmModule): void {
  const problem = shapeProblem(module);
  if (problem !== null) throw new PolicyRefused('policy.wasm', problem);
}

/** What the module gets. Every builtin throws: none is needed by a module that passed the checks. */
export function importsFor(memory: WasmMemory): WasmImports {
  const builtin = () => {
    throw new PolicyAborted('a builtin of the host was called');
  };
  return {
    env: {
      memory,
      opa_abort: (address = 0) => {
        throw new PolicyAborted(messageAt(memory, address));
      },
      opa_println: () => 0,
      opa_builtin0: builtin,
      opa_builtin1: builtin,
      opa_builtin2: builtin,
      opa_builtin3: builtin,
      opa_builtin4: builtin,
    },
  };
}

/** The module's functions by name. Throws PolicyRefused when its ABI is another one. */
export function opaFunctions(instance: WasmInstance): OpaFunctions {
  const problem = abiProblem(instance.exports);
  if (problem !== null) throw new PolicyRefused('policy.wasm', problem);
  const found = FUNCTIONS.map((name) => [name, instance.exports[name]] as const);
  return Object.fromEntries(found) as OpaFunctions;
}

/**
 * Number of the entrypoint `postern/decision`. Throws PolicyRefused when there is none, or when the
 * module needs builtins from its host: those would fail only once their rule runs.
 */
export function decisionEntrypoint(opa: OpaFunctions, memory: WasmMemory): number {
  const needed = hostBuiltins(opa, memory);
  if (needed.length > 0) {
    const names = wordsOf(needed.join(', '));
    throw new PolicyRefused('policy.wasm', `The module needs builtins that are not offered: ${names}.`);
  }
  const entrypoint = whatItSays(opa, memory, 'entrypoints')[ENTRYPOINT];
  if (Number.isSafeInteger(entrypoint)) return Number(entrypoint);
  throw new PolicyRefused('policy.wasm', `The module has no entrypoint ${ENTRYPOINT}.`);
}

/** Sorted names of the builtins that a host would have to provide. Throws PolicyRefused. */
export function hostBuiltins(opa: OpaFunctions, memory: WasmMemory): readonly string[] {
  return Object.keys(whatItSays(opa, memory, 'builtins')).sort();
}

/** Runs the module's own code, which whoever calls must be able to end. */
function whatItSays(
  opa: OpaFunctions,
  memory: WasmMemory,
  of: 'builtins' | 'entrypoints',
): Readonly<Record<string, unknown>> {
  try {
    return objectAt(memory, opa.opa_json_dump(opa[of]()));
  } catch (cause) {
    const why = cause instanceof PolicyAborted ? cause.message : 'it failed';
    throw new PolicyRefused('policy.wasm', `The module does not say its ${of}: ${why}.`, cause);
  }
}

function objectAt(memory: WasmMemory, address: number): Readonly<Record<string, unknown>> {
  const bytes = Buffer.from(memory.buffer);
  const start = address >>> 0;
  const end = start === 0 ? -1 : bytes.indexOf(0, start);
  if (end < 0) throw new PolicyAborted('the answer lies outside of the memory');
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8', start, end));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch (cause) {
    throw new PolicyAborted('the answer is not JSON', { cause });
  }
}

/** A module's message. */
function messageAt(memory: WasmMemory, address: number): string {
  const bytes = Buffer.from(memory.buffer);
  const start = address >>> 0;
  return wordsOf(bytes.toString('latin1', start, start + WORDS_CHARS_MAX).split('\0', 1)[0] ?? '');
}
