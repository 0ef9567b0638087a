// One instance of a policy with memory of its own. Data is loaded once, at construction; every evaluation
// starts from the same heap. It is used up by the first failure: after a trap the module's own stack is
// left as it was, so a second evaluation in it must never happen.
import { isUtf8 } from 'node:buffer';
import type { Evaluation } from '../../pdp/evaluation-port.ts';
import { type WasmInstance, type WasmMemory, type WasmModule, webAssembly } from '../webassembly-api.ts';
import {
  decisionEntrypoint,
  importsFor,
  type OpaFunctions,
  opaFunctions,
  PAGE_BYTES,
  PolicyAborted,
  PolicyRefused,
} from './opa-abi.ts';

/** Bounds of one instance. */
export interface EngineLimits {
  /** UTF-8 bytes of an input. */
  readonly inputBytesMax: number;
  /** Memory of one instance; an evaluation that needs more is ended. Rounded down to pages of 64 KiB. */
  readonly memoryBytesMax: number;
  /** An instance whose memory has grown above this is replaced: memory never shrinks. */
  readonly memoryRecycleBytes: number;
}

/** What an instance is made of. The module has passed `checkModuleShape`. */
export interface InstanceParts {
  readonly module: WasmModule;
  /** JSON text of `data`, well-formed. */
  readonly data: string;
  readonly limits: EngineLimits;
}

/** Half a mebibyte: most policies never grow beyond it. A module with more constants gets more. */
const INITIAL_PAGES = 8;

const RESULT_HEAD = '[{"result":';
const RESULT_TAIL = '}]';
const NO_RESULT = '[]';
/** Stands between two results, and elsewhere only in an object that has a member `result`. */
const RESULT_NEXT = '},{"result":';

const encoder = new TextEncoder();

/** `usable` until a failure, or until its memory has grown above the mark. */
export type InstanceState = 'usable' | 'failed' | 'grown';

export class PolicyInstance {
  readonly #memory: WasmMemory;
  readonly #opa: OpaFunctions;
  readonly #limits: EngineLimits;
  readonly #inputAddress: number;
  readonly #context: number;
  readonly #baseHeap: number;
  /** Views of the memory. INVARIANT: refreshed after every call into the module that may allocate. */
  #bytes: Buffer;
  #input: Uint8Array;
  #state: InstanceState = 'usable';

  /** Throws PolicyRefused when the module or its data cannot run within the limits. */
  constructor(parts: InstanceParts) {
    const { limits } = parts;
    this.#limits = limits;
    const { memory, instance } = instantiate(parts.module, limits);
    this.#memory = memory;
    this.#opa = opaFunctions(instance);
    const opa = this.#opa;
    const entrypoint = decisionEntrypoint(opa, memory);
    const data = loadData(opa, memory, parts.data);
    this.#inputAddress = opa.opa_malloc(limits.inputBytesMax);
    // One context for all evaluations: it lies below the base of the heap, and only its input changes.
    this.#context = opa.opa_eval_ctx_new();
    opa.opa_eval_ctx_set_data(this.#context, data);
    opa.opa_eval_ctx_set_entrypoint(this.#context, entrypoint);
    this.#baseHeap = opa.opa_heap_ptr_get();
    if (this.#baseHeap > memory.buffer.byteLength || memory.buffer.byteLength > limits.memoryRecycleBytes) {
      const found = `${memory.buffer.byteLength} bytes of memory before the first evaluation`;
      throw new PolicyRefused(
        'data.json',
        `Module and data take ${found}, ${limits.memoryRecycleBytes} are allowed.`,
      );
    }
    this.#bytes = Buffer.from(memory.buffer);
    this.#input = new Uint8Array(memory.buffer, this.#inputAddress, limits.inputBytesMax);
  }

  get state(): InstanceState {
    return this.#state;
  }

  /** Evaluates once. Never throws. Once the state is not `usable` any more, it must not be called again. */
  evaluate(input: string): Evaluation {
    if (this.#state !== 'usable') return refused('the instance is used up');
    if (input.length > this.#limits.inputBytesMax) return refused('the input is too large');
    if (!isWellFormedJsonText(input)) return refused('the input has a lone surrogate');
    const { read, written } = encoder.encodeInto(input, this.#input);
    if (read < input.length) return refused('the input is too large');
    try {
      const opa = this.#opa;
      opa.opa_heap_ptr_set(this.#baseHeap);
      const value = opa.opa_json_parse(this.#inputAddress, written);
      // Not through `opa_eval`: it would take a damaged input for an undefined one and go on.
      if (value === 0) return this.#leave(refused('the input is not JSON'));
      opa.opa_eval_ctx_set_input(this.#context, value);
      opa.eval(this.#context);
      const address = opa.opa_json_dump(opa.opa_eval_ctx_get_result(this.#context));
      return this.#leave(this.#resultAt(address));
    } catch (error) {
      this.#state = 'failed';
      return refused(problemOf(error));
    }
  }

  /** Views detach when memory grows; what grew beyond the mark is given up after this evaluation. */
  #leave(evaluation: Evaluation): Evaluation {
    this.#refreshViews();
    if (this.#bytes.length > this.#limits.memoryRecycleBytes) this.#state = 'grown';
    return evaluation;
  }

  #refreshViews(): void {
    if (this.#bytes.length > 0) return;
    this.#bytes = Buffer.from(this.#memory.buffer);
    this.#input = new Uint8Array(this.#memory.buffer, this.#inputAddress, this.#limits.inputBytesMax);
  }

  #resultAt(address: number): Evaluation {
    this.#refreshViews();
    const start = address >>> 0;
    const end = start === 0 ? -1 : this.#bytes.indexOf(0, start);
    if (end < 0) throw new PolicyAborted('the result lies outside of the memory');
    const text = this.#bytes.toString('utf8', start, end);
    if (text === NO_RESULT) return refused('undefined');
    if (!text.startsWith(RESULT_HEAD) || !text.endsWith(RESULT_TAIL)) return refused('no result set');
    // Bytes that are no UTF-8 were replaced. A replacement character in the policy itself is all right.
    if (text.includes('\ufffd') && !isUtf8(this.#bytes.subarray(start, end))) return refused('not UTF-8');
    if (text.includes(RESULT_NEXT) && !isOneResult(text)) return refused('several results');
    return { ok: true, output: text.slice(RESULT_HEAD.length, -RESULT_TAIL.length) };
  }
}

function refused(problem: string): Evaluation {
  return { ok: false, problem };
}

/** Only kinds of failures are told, and the module's own message; never the input. */
function problemOf(error: unknown): string {
  if (error instanceof PolicyAborted) return `aborted: ${error.message}`;
  if (error instanceof Error && error.name === 'RuntimeError') return `trapped: ${error.message}`;
  if (error instanceof RangeError) return 'trapped: nested too deeply';
  return 'trapped';
}

/** False when a lone surrogate stands in it, as such or as an escape. */
function isWellFormedJsonText(text: string): boolean {
  if (!text.isWellFormed()) return false;
  if (!text.includes('\\ud') && !text.includes('\\uD')) return true;
  // Rare: walk all escapes, so that an escaped backslash before a `u` is not taken for one.
  const unescaped = text.replace(/\\(?:u([0-9a-fA-F]{4})|[^u])/g, (_escape, hex: string | undefined) =>
    hex === undefined ? '' : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return unescaped.isWellFormed();
}

function isOneResult(text: string): boolean {
  try {
    const results: unknown = JSON.parse(text);
    return Array.isArray(results) && results.length === 1;
  } catch {
    return false;
  }
}

function loadData(opa: OpaFunctions, memory: WasmMemory, data: string): number {
  const bytes = encoder.encode(data);
  try {
    const address = opa.opa_malloc(bytes.length);
    new Uint8Array(memory.buffer).set(bytes, address);
    const value = opa.opa_json_parse(address, bytes.length);
    if (value !== 0) return value;
  } catch (cause) {
    throw new PolicyRefused('data.json', `The data cannot be loaded: ${problemOf(cause)}.`, cause);
  }
  throw new PolicyRefused('data.json', 'The data is not JSON.');
}

function instantiate(
  module: WasmModule,
  limits: EngineLimits,
): { readonly memory: WasmMemory; readonly instance: WasmInstance } {
  const maximum = Math.floor(limits.memoryBytesMax / PAGE_BYTES);
  for (let initial = Math.min(INITIAL_PAGES, maximum); ; initial = Math.min(initial * 2, maximum)) {
    const memory = new webAssembly.Memory({ initial, maximum });
    try {
      return { memory, instance: new webAssembly.Instance(module, importsFor(memory)) };
    } catch (cause) {
      // The module asks for more pages to begin with than it got.
      const isShort = cause instanceof Error && cause.name === 'LinkError';
      if (isShort && initial < maximum) continue;
      const within = isShort ? ' within its memory' : '';
      throw new PolicyRefused('policy.wasm', `The module does not start${within}.`, cause);
    }
  }
}
