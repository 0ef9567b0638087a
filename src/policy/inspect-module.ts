/**
 * Looks into a compiled policy without evaluating it: its shape, its entrypoints and the builtins it
 * would need from its host. Reads only; the engine never evaluates through this.
 * Source: OPA's WebAssembly ABI, https://www.openpolicyagent.org/docs/wasm/.
 */

import { abiProblem, shapeProblem } from './module-shape.ts';
import {
  type WasmExports,
  type WasmImports,
  type WasmMemory,
  type WasmModule,
  webAssembly,
} from './webassembly-api.ts';

/** 8 MiB to start with: room for the constants of any policy within the size caps. */
const MEMORY_PAGES = 128;

/** What a module says of itself. */
export interface ModuleContract {
  /** Path → number of the entrypoint. */
  readonly entrypoints: ReadonlyMap<string, number>;
  /** Names of builtins that the host would have to provide. */
  readonly hostBuiltins: readonly string[];
}

/** Why bytes are not a compiled policy of ours. Safe to show to the policy's author. */
export class ModuleRefused extends Error {
  override readonly name = 'ModuleRefused';
}

/** Reads a module's contract. Throws ModuleRefused when it is no OPA policy that can run here. */
export async function inspectModule(wasm: Uint8Array<ArrayBuffer>): Promise<ModuleContract> {
  const module = await webAssembly.compile(wasm).catch((cause: unknown) => {
    throw new ModuleRefused('policy.wasm is not a WebAssembly module.', { cause });
  });
  const problem = shapeProblem(module);
  if (problem !== null) throw new ModuleRefused(problem);
  try {
    return readContract(module);
  } catch (cause) {
    if (cause instanceof ModuleRefused) throw cause;
    throw new ModuleRefused('policy.wasm does not start.', { cause });
  }
}

function readContract(module: WasmModule): ModuleContract {
  const memory = new webAssembly.Memory({ initial: MEMORY_PAGES });
  const nothing = () => 0;
  const refuse = () => {
    throw new ModuleRefused('policy.wasm aborted before it was asked anything.');
  };
  const env: Record<string, WasmImports[string][string]> = {
    memory,
    opa_abort: refuse,
    opa_println: nothing,
  };
  for (const count of [0, 1, 2, 3, 4]) env[`opa_builtin${count}`] = nothing;
  const { exports } = new webAssembly.Instance(module, { env });
  const problem = abiProblem(exports);
  if (problem !== null) throw new ModuleRefused(problem);

  const read = (name: string): Readonly<Record<string, number>> => {
    const text = textAt(memory, call(exports, 'opa_json_dump', call(exports, name)));
    return JSON.parse(text) as Record<string, number>;
  };
  return {
    entrypoints: new Map(Object.entries(read('entrypoints'))),
    hostBuiltins: Object.keys(read('builtins')).sort(),
  };
}

function call(exports: WasmExports, name: string, ...args: number[]): number {
  const found = exports[name];
  if (typeof found !== 'function') throw new ModuleRefused(`policy.wasm's ${name} is not a function.`);
  return Number(found(...args));
}

function textAt(memory: WasmMemory, address: number): string {
  const bytes = new Uint8Array(memory.buffer);
  const end = bytes.indexOf(0, address);
  if (address <= 0 || end < 0) throw new ModuleRefused('policy.wasm answered outside its memory.');
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(address, end));
}
