/**
 * What a compiled policy must look like to run here, asked alike when a bundle is opened and when a module
 * is loaded: its imports, its exports, its memory and its ABI. Runs nothing of the module: to instantiate one
 * may never end.
 * Source: OPA's WebAssembly ABI, https://www.openpolicyagent.org/docs/wasm/.
 */
import { bringsMemory } from './module-sections.ts';
import { type WasmExports, type WasmModule, webAssembly } from './webassembly-api.ts';

/** Longer words of a module are cut: they go to logs. */
export const WORDS_CHARS_MAX = 200;

/** Functions that a module must export, because the engine calls them. */
export const FUNCTIONS = [
  'builtins',
  'entrypoints',
  'eval',
  'opa_eval_ctx_get_result',
  'opa_eval_ctx_new',
  'opa_eval_ctx_set_data',
  'opa_eval_ctx_set_entrypoint',
  'opa_eval_ctx_set_input',
  'opa_heap_ptr_get',
  'opa_heap_ptr_set',
  'opa_json_dump',
  'opa_json_parse',
  'opa_malloc',
] as const;

const MAJOR = 'opa_wasm_abi_version';
const MINOR = 'opa_wasm_abi_minor_version';

/** What OPA 0.70 and every later one compile to; nothing else was ever tried. */
const ABI_MAJOR = 1;
const ABI_MINOR_MIN = 3;

/** All that a module may import. A module that wants more wants a host that we are not. */
const IMPORTS: ReadonlyMap<string, string> = new Map([
  ['env.memory', 'memory'],
  ['env.opa_abort', 'function'],
  ['env.opa_println', 'function'],
  ['env.opa_builtin0', 'function'],
  ['env.opa_builtin1', 'function'],
  ['env.opa_builtin2', 'function'],
  ['env.opa_builtin3', 'function'],
  ['env.opa_builtin4', 'function'],
]);

export type ShapedModule =
  | { readonly ok: true; readonly module: WasmModule }
  | { readonly ok: false; readonly problem: string };

/** Compiles a module and looks at it. What is wrong with it is said for the policy's author. */
export async function compileShaped(wasm: Uint8Array<ArrayBuffer>): Promise<ShapedModule> {
  const module = await webAssembly.compile(wasm).catch(() => null);
  if (module === null) return { ok: false, problem: 'The file is not a WebAssembly module.' };
  const problem = bringsMemory(wasm)
    ? 'The module brings memory of its own, which could not be bounded: it is no OPA policy.'
    : shapeProblem(module);
  return problem === null ? { ok: true, module } : { ok: false, problem };
}

/** What a module calls something, or says: not trusted, so only printable ASCII of a bounded length stays. */
export function wordsOf(text: string): string {
  return text.slice(0, WORDS_CHARS_MAX).replace(/[^\x20-\x7e]/g, '?');
}

/** What is wrong with the module's imports and exports, for the policy's author; null: nothing. */
export function shapeProblem(module: WasmModule): string | null {
  for (const { module: from, name, kind } of webAssembly.Module.imports(module)) {
    if (IMPORTS.get(`${from}.${name}`) === kind) continue;
    return `The module imports ${wordsOf(`${from}.${name}`)}, which is not offered.`;
  }
  const exported = new Map(webAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  const missing = [
    ...FUNCTIONS.filter((name) => exported.get(name) !== 'function'),
    ...[MAJOR, MINOR].filter((name) => exported.get(name) !== 'global'),
  ];
  return missing.length === 0
    ? null
    : `The module does not export ${missing.join(', ')}: it is no OPA policy.`;
}

/** What is wrong with the ABI of an instance, for the policy's author; null: nothing. */
export function abiProblem(exports: WasmExports): string | null {
  const major = numberIn(exports[MAJOR]);
  const minor = numberIn(exports[MINOR]);
  if (major === ABI_MAJOR && minor >= ABI_MINOR_MIN) return null;
  const wanted = `${ABI_MAJOR}.${ABI_MINOR_MIN} or a later ${ABI_MAJOR}.x`;
  return `The module has the ABI ${major}.${minor}; ${wanted} is needed.`;
}

function numberIn(value: WasmExports[string] | undefined): number {
  return value instanceof webAssembly.Global ? Number(value.value) : 0;
}
