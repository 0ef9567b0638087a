// The contract as the server loads it: from the generated descriptor, once. Nothing here may read
// .proto files: a running sidecar has none.
import protobuf, { type INamespace, type Type } from 'protobufjs';
import contract from './gen/postern.json' with { type: 'json' };

const root = protobuf.Root.fromJSON(contract as INamespace).resolveAll();

/** The message of this full name. Throws when the contract has none. */
export function messageType(name: string): Type {
  return root.lookupType(name);
}

/** One method as the descriptor has it. */
export interface MethodEntry {
  readonly name: string;
  readonly requestType: Type;
  readonly responseType: Type;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

/** Methods of a service, in the contract's order. */
export function methodsOf(service: string): readonly MethodEntry[] {
  return root.lookupService(service).methodsArray.map((method) => ({
    name: method.name,
    requestType: root.lookupType(`postern.v1.${method.requestType}`),
    responseType: root.lookupType(`postern.v1.${method.responseType}`),
    requestStream: method.requestStream === true,
    responseStream: method.responseStream === true,
  }));
}

/** `requestId` → `request_id`: the name that the contract and its errors use. */
export function protoName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
