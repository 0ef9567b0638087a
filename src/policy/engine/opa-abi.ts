// OPA's WebAssembly ABI as this engine uses it: the functions a module must export, the little it may
// import, and how its text is read. It never provides a builtin: a module that calls one is ended.
// Source: https://www.openpolicyagent.org/docs/wasm/ (ABI 1.2).
import { ENTRYPOINT } from '../bundle.ts';
import {
  type WasmImports,
  type WasmInstance,
  type WasmMemory,
  type WasmModule,
  webAssembly,
} from '../webassembly-api.ts';

export const PAGE_BYTES = 65_536;

const ABI_MAJOR = 1;
const ABI_MINOR_MIN = 2;
/** Longer messages of a module are cut: they go to logs. */
const MESSAGE_CHARS_MAX = 200;

const FUNCTIONS = [
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

const GLOBALS = ['opa_wasm_abi_version', 'opa_wasm_abi_minor_version'] as const;

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

/** All arguments and results are i32: addresses, lengths, numbers of entrypoints. */
type OpaFunction = (first?: number, second?: number) => number;
export type OpaFunctions = Readonly<Record<(typeof FUNCTIONS)[number], OpaFunction>>;

/** Why a module or its data is refused at load. The message is for the policy's author. */
export class PolicyRefused extends Error {
  override readonly name = 'PolicyRefused';
  readonly file: 'policy.wasm' | 'data.json';

  constructor(file: 'policy.wasm' | 'data.json', message: string, cause?: unknown) {
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
  for (const { module: from, name, kind } of webAssembly.Module.imports(module)) {
    if (IMPORTS.get(`${from}.${name}`) === kind) continue;
    throw new PolicyRefused('policy.wasm', `The module imports ${from}.${name}, which is not offered.`);
  }
  const exported = new Map(webAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  const missing = [
    ...FUNCTIONS.filter((name) => exported.get(name) !== 'function'),
    ...GLOBALS.filter((name) => exported.get(name) !== 'global'),
  ];
  if (missing.length === 0) return;
  throw new PolicyRefused(
    'policy.wasm',
    `The module does not export ${missing.join(', ')}: it is no OPA policy.`,
  );
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
  const major = globalValue(instance, 'opa_wasm_abi_version');
  const minor = globalValue(instance, 'opa_wasm_abi_minor_version');
  if (major !== ABI_MAJOR || minor < ABI_MINOR_MIN) {
    const wanted = `${ABI_MAJOR}.${ABI_MINOR_MIN} or a later ${ABI_MAJOR}.x`;
    throw new PolicyRefused('policy.wasm', `The module has the ABI ${major}.${minor}; ${wanted} is needed.`);
  }
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

function globalValue(instance: WasmInstance, name: (typeof GLOBALS)[number]): number {
  const found = instance.exports[name];
  return found instanceof webAssembly.Global ? Number(found.value) : 0;
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
