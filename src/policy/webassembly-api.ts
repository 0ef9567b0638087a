/**
 * Types for the part of the WebAssembly JavaScript API that we use. TypeScript declares it only
 * together with the whole DOM, which this program must not see. Source: W3C WebAssembly JavaScript
 * Interface. Declares and re-exports; does nothing.
 */

export interface WasmModule {
  readonly [Symbol.toStringTag]: 'WebAssembly.Module';
}

export interface WasmMemory {
  /** Detached when the memory grows: take it anew after every call into the module. */
  readonly buffer: ArrayBuffer;
  /** By pages of 64 KiB; returns the size before. */
  grow(pages: number): number;
}

export interface WasmGlobal {
  readonly value: unknown;
}

export type WasmFunction = (...args: number[]) => unknown;
export type WasmExports = Readonly<Record<string, WasmFunction | WasmGlobal | WasmMemory>>;
export type WasmImports = Readonly<Record<string, Readonly<Record<string, WasmFunction | WasmMemory>>>>;

export interface WasmInstance {
  readonly exports: WasmExports;
}

interface WebAssemblyApi {
  readonly Module: {
    new (bytes: Uint8Array<ArrayBuffer>): WasmModule;
    exports(module: WasmModule): readonly { readonly name: string; readonly kind: string }[];
    imports(
      module: WasmModule,
    ): readonly { readonly module: string; readonly name: string; readonly kind: string }[];
  };
  readonly Instance: new (module: WasmModule, imports: WasmImports) => WasmInstance;
  /** Sizes in pages of 64 KiB. */
  readonly Memory: new (size: {
    readonly initial: number;
    readonly maximum?: number;
  }) => WasmMemory;
  readonly Global: new (form: { readonly value: 'i32' }, value: number) => WasmGlobal;
  compile(bytes: Uint8Array<ArrayBuffer>): Promise<WasmModule>;
}

export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
