// OPA's WebAssembly ABI as this engine uses it: what a module gets, what is called, and how its text is
// read. It never provides a builtin: a module that calls one is ended.
// Source: https://www.openpolicyagent.org/docs/wasm/ (ABI 1.3).
import { ENTRYPOINT } from '../bundle.ts';
import { abiProblem, FUNCTIONS, shapeProblem } from '../module-shape.ts';
import type { WasmImports, WasmInstance, WasmMemory, WasmModule } from '../webassembly-api.ts';

export const PAGE_BYTES = 65_536;

/** Longer messages of a module are cut: they go to logs. */
const MESSAGE_CHARS_MAX = 200;

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
  const needed = Object.keys(objectAt(memory, opa.opa_json_dump(opa.builtins()))).sort();
  if (needed.length > 0) {
    throw new PolicyRefused(
      'policy.wasm',
      `The module needs builtins that are not offered: ${needed.join(', ')}.`,
    );
  }
  const entrypoint = objectAt(memory, opa.opa_json_dump(opa.entrypoints()))[ENTRYPOINT];
  if (Number.isSafeInteger(entrypoint)) return Number(entrypoint);
  throw new PolicyRefused('policy.wasm', `The module has no entrypoint ${ENTRYPOINT}.`);
}

function objectAt(memory: WasmMemory, address: number): Readonly<Record<string, unknown>> {
  const bytes = Buffer.from(memory.buffer);
  const value: unknown = JSON.parse(bytes.toString('utf8', address, bytes.indexOf(0, address)));
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** A module's message: its bytes are not trusted, so only printable ASCII of a bounded length stays. */
function messageAt(memory: WasmMemory, address: number): string {
  const bytes = Buffer.from(memory.buffer);
  const start = address >>> 0;
  const end = Math.min(start + MESSAGE_CHARS_MAX, bytes.length);
  return (bytes.toString('latin1', start, end).split('\0', 1)[0] ?? '').replace(/[^\x20-\x7e]/g, '?');
}
