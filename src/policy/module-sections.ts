/**
 * The sections of a WebAssembly binary, as far as the JavaScript API does not tell of them. Only for bytes
 * that were compiled before: what is read here is well-formed then.
 * Source: WebAssembly Core Specification, "Binary Format", section "Modules".
 */

/** Magic number and version. */
const HEADER_BYTES = 8;
const MEMORY_SECTION = 5;

/**
 * Whether a compiled module defines memory besides what it imports. Such memory grows to 4 GiB, whatever its
 * host allows.
 */
export function bringsMemory(wasm: Uint8Array): boolean {
  for (let at = HEADER_BYTES; at < wasm.length; ) {
    const size = unsignedAt(wasm, at + 1);
    if (wasm[at] === MEMORY_SECTION && unsignedAt(wasm, size.end).value > 0) return true;
    at = size.end + size.value;
  }
  return false;
}

/** LEB128; `end` is where it ends. */
function unsignedAt(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start, scale = 1; ; at += 1, scale *= 128) {
    const byte = bytes[at] ?? 0;
    value += (byte % 128) * scale;
    if (byte < 128) return { value, end: at + 1 };
  }
}
