// The opa-wasm SDK as an oracle beside our engine: a development dependency, never used by the program.
import { loadPolicy } from '@open-policy-agent/opa-wasm';

/** Evaluates an input document; gives the result set, an empty one when the decision is undefined. */
export type SdkPolicy = (input: unknown) => readonly { readonly result: unknown }[];

/** Loads a module and its data (JSON text) into the SDK. */
export async function openSdkPolicy(wasm: Uint8Array<ArrayBuffer>, data: string): Promise<SdkPolicy> {
  const policy = await loadPolicy(wasm);
  policy.setData(JSON.parse(data));
  return (input) => policy.evaluate(input);
}
