// A hand-made WASM module with OPA's exports whose answers a test chooses: what no OPA compiler would
// build, such as another ABI, two results, or an answer outside of its memory. It evaluates nothing.

export interface CraftedModule {
  readonly abi?: readonly [number, number];
  /** JSON texts of the module's own account of itself. */
  readonly builtins?: string;
  readonly entrypoints?: string;
  /** Bytes of the result set, or an address at which there is none. */
  readonly result?: string | Uint8Array | number;
  /** Exports to leave out. */
  readonly without?: readonly string[];
  /** One more function to import, as module and name. */
  readonly imports?: readonly [string, string];
  /** Pages of memory to ask for at the start. */
  readonly pages?: number;
  /** Pages of memory of its own, besides what it asks for. */
  readonly ownPages?: number;
  /** What never ends, or ends in a trap: one of its functions, or what runs when it is instantiated. */
  readonly fault?: {
    readonly at: 'start' | 'entrypoints' | 'builtins' | 'opa_json_dump';
    readonly is: 'endless' | 'trap';
  };
}

const I32 = 0x7f;
/** `loop br 0 end`, and `unreachable`. */
const FAULTS = { endless: [0x03, 0x40, 0x0c, 0x00, 0x0b], trap: [0x00] } as const;
const BUILTINS_AT = 1_024;
const ENTRYPOINTS_AT = 2_048;
const RESULT_AT = 4_096;
const HEAP_AT = 131_072;
const INPUT_VALUE_AT = 8;

/** Bytes of the module. Every function returns one number; `opa_json_dump` returns its argument. */
export function craftModule(crafted: CraftedModule = {}): Uint8Array<ArrayBuffer> {
  const { abi = [1, 3], builtins = '{}', entrypoints = '{"postern/decision":0}', pages = 2 } = crafted;
  const result = crafted.result ?? '[{"result":{"allow":false}}]';
  const answers = answersOf(result);
  const ownPages = crafted.ownPages ?? 0;
  const fault = crafted.fault === undefined ? [] : FAULTS[crafted.fault.is];
  const faultAt = (name: string) => (crafted.fault?.at === name ? fault : []);
  const starts = crafted.fault?.at === 'start' ? [sized([0, ...fault, 0x0b])] : [];
  const extra = crafted.imports === undefined ? 0 : 1;
  const [from = '', name = ''] = crafted.imports ?? [];
  const imports = [
    ...(extra === 1 ? [[...text(from), ...text(name), 0x00, 0]] : []),
    [...text('env'), ...text('memory'), 0x02, 0x00, ...unsigned(pages)],
  ];
  const globals = [
    ['opa_wasm_abi_version', abi[0]],
    ['opa_wasm_abi_minor_version', abi[1]],
  ] as const;
  const kept = (exported: string) => !(crafted.without ?? []).includes(exported);
  const exports = [
    ...answers.map(([exported], at) => [exported, 0x00, at + extra] as const),
    ...globals.map(([exported], at) => [exported, 0x03, at] as const),
  ].filter(([exported]) => kept(exported));
  const segments: readonly (readonly [number, Uint8Array])[] = [
    [BUILTINS_AT, Buffer.from(builtins)],
    [ENTRYPOINTS_AT, Buffer.from(entrypoints)],
    [RESULT_AT, Buffer.from(typeof result === 'number' ? '' : result)],
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    // Three types: no argument, and one; both give an i32. And what only runs.
    ...section(1, [
      [0x60, 0, 1, I32],
      [0x60, 1, I32, 1, I32],
      [0x60, 0, 0],
    ]),
    ...section(2, imports),
    ...section(3, [...answers.map(([, answer]) => [answer === null ? 1 : 0]), ...starts.map(() => [2])]),
    ...section(5, ownPages === 0 ? [] : [[0x00, ...unsigned(ownPages)]]),
    ...section(
      6,
      globals.map(([, value]) => [I32, 0x00, 0x41, ...signed(value), 0x0b]),
    ),
    ...section(
      7,
      exports.map(([exported, kind, at]) => [...text(exported), kind, at]),
    ),
    ...starts.flatMap(() => numbered(8, unsigned(answers.length + extra))),
    ...section(10, [...answers.map(([exported, answer]) => body(answer, faultAt(exported))), ...starts]),
    ...section(
      11,
      segments.map(([at, bytes]) => [0, 0x41, ...signed(at), 0x0b, ...unsigned(bytes.length), ...bytes]),
    ),
  ]);
}

/** What each exported function returns; null: its argument. */
function answersOf(result: string | Uint8Array | number): readonly (readonly [string, number | null])[] {
  return [
    ['builtins', BUILTINS_AT],
    ['entrypoints', ENTRYPOINTS_AT],
    ['eval', 0],
    ['opa_eval_ctx_get_result', typeof result === 'number' ? result : RESULT_AT],
    ['opa_eval_ctx_new', INPUT_VALUE_AT],
    ['opa_eval_ctx_set_data', 0],
    ['opa_eval_ctx_set_entrypoint', 0],
    ['opa_eval_ctx_set_input', 0],
    ['opa_heap_ptr_get', HEAP_AT],
    ['opa_heap_ptr_set', 0],
    ['opa_json_dump', null],
    ['opa_json_parse', INPUT_VALUE_AT],
    ['opa_malloc', HEAP_AT],
  ];
}

function section(id: number, entries: readonly (readonly number[])[]): number[] {
  const content = [...unsigned(entries.length), ...entries.flat()];
  return numbered(id, content);
}

function numbered(id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)];
}

function sized(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content];
}

function body(answer: number | null, first: readonly number[]): number[] {
  return sized([0, ...first, ...(answer === null ? [0x20, 0] : [0x41, ...signed(answer)]), 0x0b]);
}

function text(value: string): number[] {
  return [...unsigned(value.length), ...Buffer.from(value)];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const rest = value >> 7;
  const isLast = (rest === 0 && (value & 0x40) === 0) || (rest === -1 && (value & 0x40) !== 0);
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(rest)];
}
