// Registers services whose messages stay bytes until their handler decodes them: an exception in grpc-js's
// own deserializing would reach the caller as INTERNAL, and every refusal must name its field.
import type {
  Server,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
  ServiceDefinition,
  sendUnaryData,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { PosternError } from '../core/error.ts';
import type { Caller } from '../pdp/check-port.ts';
import { methodsOf } from './descriptor.ts';
import { discardMessage } from './message-intake.ts';
import { callStatusOf } from './status.ts';

/** Where a call came from and how long it may take. */
export interface CallFacts {
  /** See Connection.peer. */
  readonly peer: string;
  /** Milliseconds left of the client's deadline; Infinity when it set none. */
  readonly deadlineLeftMs: number;
  /** Who waits for the answer: the call itself. */
  readonly caller: Caller;
}

/** It decodes the message before it waits for anything: afterwards the message is gone. */
export type UnaryMethod = (encoded: Buffer, facts: CallFacts) => Promise<Buffer>;
export type ServerStreamMethod = (call: ServerWritableStream<Buffer, Buffer>) => void;
export type DuplexMethod = (call: ServerDuplexStream<Buffer, Buffer>) => void;

/** A service as bytes. A method of the contract that is in none of the three answers `not_yet_built`. */
export interface RawService {
  /** Name without the package, e.g. `KeyService`. */
  readonly name: string;
  readonly unary: Readonly<Record<string, UnaryMethod>>;
  readonly serverStream?: Readonly<Record<string, ServerStreamMethod>>;
  readonly duplex?: Readonly<Record<string, DuplexMethod>>;
}

/** Told about errors that were not meant to happen, with the method they happened in. */
export type ReportMethodError = (cause: unknown, method: string) => void;

const asIs = (bytes: Buffer) => bytes;

/** The facts of a call as they are now. */
export function factsOf(call: Caller & { getPeer(): string; getDeadline(): Date | number }): CallFacts {
  const deadline = call.getDeadline();
  const deadlineMs = deadline instanceof Date ? deadline.getTime() : deadline;
  return { peer: call.getPeer(), deadlineLeftMs: deadlineMs - Date.now(), caller: call };
}

function unaryHandler(path: string, method: UnaryMethod, report: ReportMethodError) {
  return (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>): void => {
    const fail = (error: unknown) => answer(callStatusOf(error, (cause) => report(cause, path)));
    const answered = method(call.request, factsOf(call));
    discardMessage(call.request);
    answered
      .then((encoded) => answer(null, encoded), fail)
      // Whatever grpc-js throws while it sends must not become an unhandled rejection.
      .catch((cause: unknown) => report(cause, path));
  };
}

const notYetBuilt: UnaryMethod = async () => {
  throw new PosternError('not_yet_built', 'This method belongs to a later version.');
};

/** Full path of a method, as grpc-js names it. */
export function methodPath(service: string, method: string): string {
  return `/postern.v1.${service}/${method}`;
}

/** Definition of a method whose messages stay bytes. */
export function rawMethod(
  path: string,
  requestStream: boolean,
  responseStream: boolean,
): ServiceDefinition[string] {
  return {
    path,
    requestStream,
    responseStream,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
}

/** Adds a service to a server. */
export function addRawService(server: Server, service: RawService, report: ReportMethodError): void {
  const definition: Record<string, ServiceDefinition[string]> = {};
  const implementation: UntypedServiceImplementation = {};
  for (const { name, requestStream, responseStream } of methodsOf(`postern.v1.${service.name}`)) {
    const path = methodPath(service.name, name);
    definition[name] = rawMethod(path, requestStream, responseStream);
    const streamed = service.duplex?.[name] ?? service.serverStream?.[name];
    implementation[name] = streamed ?? unaryHandler(path, service.unary[name] ?? notYetBuilt, report);
  }
  server.addService(definition, implementation);
}
