// Promises and async iterators over grpc-js calls. Every call ends: by its answer, its deadline or its
// signal.
import { type CallOptions, type Client, Metadata, type ServiceError } from '@grpc/grpc-js';
import { callErrorOf } from './call-error.ts';

/** What a call needs to know of a method. */
export interface CallMethod<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly responseDeserialize: (encoded: Buffer) => Response;
}

export interface CallSettings {
  /** Milliseconds until the call fails as `deadline_exceeded`. */
  readonly deadlineMs?: number;
  /** Ends the call when it aborts. */
  readonly signal?: AbortSignal;
}

export type Unary<Request, Response> = (request: Request, settings?: CallSettings) => Promise<Response>;
export type ServerStream<Request, Response> = (
  request: Request,
  settings?: CallSettings,
) => AsyncIterable<Response>;

/** A unary method as a function. Rejects with CallError. */
export function unary<Request, Response>(
  client: Client,
  method: CallMethod<Request, Response>,
  defaultDeadlineMs: number,
): Unary<Request, Response> {
  return (request, { deadlineMs = defaultDeadlineMs, signal } = {}) =>
    new Promise((resolve, reject) => {
      const options: CallOptions = { deadline: Date.now() + deadlineMs };
      const call = client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        new Metadata(),
        options,
        (error, response) => {
          signal?.removeEventListener('abort', cancel);
          if (error !== null) reject(callErrorOf(error, { client, deadlineMs }));
          else resolve(response as Response);
        },
      );
      function cancel(): void {
        call.cancel();
      }
      if (signal?.aborted === true) cancel();
      else signal?.addEventListener('abort', cancel, { once: true });
    });
}

/** A server-streaming method as a function. Leaving the loop cancels the call. Throws CallError. */
export function serverStream<Request, Response>(
  client: Client,
  method: CallMethod<Request, Response>,
): ServerStream<Request, Response> {
  return async function* iterate(request, { deadlineMs, signal } = {}) {
    const options: CallOptions = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
    const call = client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      new Metadata(),
      options,
    );
    // Cancelling makes grpc-js emit an error after nobody iterates any more.
    call.on('error', () => {});
    const cancel = () => call.cancel();
    if (signal?.aborted === true) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
    try {
      for await (const response of call) yield response as Response;
    } catch (error) {
      throw callErrorOf(error as ServiceError, { client, deadlineMs });
    } finally {
      signal?.removeEventListener('abort', cancel);
      call.cancel();
    }
  };
}
