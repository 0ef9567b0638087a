// One StreamCheck call: checks and outcomes go out as they come, answers are matched by id. When the
// stream ends, whatever is unanswered rejects: no answer means deny.
import { type Client, type ClientDuplexStream, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { REQUEST_ID_CHARS_MAX } from '../core/request.ts';
import { isPrintableAscii } from '../core/text-rules.ts';
import type { CheckRequest } from '../grpc/gen/postern/v1/CheckRequest.ts';
import type { CheckResponse__Output } from '../grpc/gen/postern/v1/CheckResponse.ts';
import type { Outcome } from '../grpc/gen/postern/v1/Outcome.ts';
import type { OutcomeResult__Output } from '../grpc/gen/postern/v1/OutcomeResult.ts';
import type { StreamCheckRequest } from '../grpc/gen/postern/v1/StreamCheckRequest.ts';
import type { StreamCheckResponse__Output } from '../grpc/gen/postern/v1/StreamCheckResponse.ts';
import type { StreamResult__Output } from '../grpc/gen/postern/v1/StreamResult.ts';
import { CallError, callErrorOf, itemErrorOf } from './call-error.ts';
import { authorizationMethods } from './contract.ts';

type Answer = CheckResponse__Output | OutcomeResult__Output;

interface Waiter {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: CallError) => void;
}

export interface CheckStream {
  /** Decides one call. At most 256 may wait; a request_id must not be waiting twice. */
  check(request: CheckRequest): Promise<CheckResponse__Output>;
  /** Reports what was done after a decision. */
  report(outcome: Outcome): Promise<OutcomeResult__Output>;
  /** Sends nothing more and resolves once everything sent is answered, or the stream has failed. */
  close(): Promise<void>;
}

function lost(message: string): CallError {
  return new CallError(message, status.UNAVAILABLE, { code: null, faults: [], facts: {}, retryAfterMs: 0 });
}

/** The sidecar sends an id back only when it is one; the answer to another could not be told from others. */
function refuseId(id: string, field: string): CallError | null {
  if (id !== '' && id.length <= REQUEST_ID_CHARS_MAX && isPrintableAscii(id)) return null;
  const problem = `must be 1-${REQUEST_ID_CHARS_MAX} printable ASCII characters`;
  return new CallError('The request is malformed.', status.INVALID_ARGUMENT, {
    code: 'request_malformed',
    faults: [{ field, problem }],
    facts: {},
    retryAfterMs: 0,
  });
}

/** Opens a stream of checks. */
export function openCheckStream(client: Client): CheckStream {
  const method = authorizationMethods.StreamCheck;
  const call: ClientDuplexStream<StreamCheckRequest, StreamCheckResponse__Output> =
    client.makeBidiStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      new Metadata(),
    );
  const waiting = new Map<string, Waiter>();
  const ended = Promise.withResolvers<void>();
  let failure: CallError | null = null;
  let isClosed = false;

  function settle({ id, response, error, outcome }: StreamResult__Output): void {
    if (id === '') {
      // The sidecar could not read which message it is about: no answer means deny, so none may be waited for.
      finish(error ? itemErrorOf(error) : lost('The stream answered nothing.'));
      call.cancel();
      return;
    }
    const waiter = waiting.get(id);
    waiting.delete(id);
    const answer = response ?? outcome ?? null;
    if (answer !== null) waiter?.resolve(answer);
    else waiter?.reject(error ? itemErrorOf(error) : lost('The stream answered nothing.'));
  }

  function finish(error: CallError): void {
    failure ??= error;
    for (const waiter of waiting.values()) waiter.reject(failure);
    waiting.clear();
    ended.resolve();
  }

  call.on('data', (response: StreamCheckResponse__Output) => response.results.forEach(settle));
  call.on('error', (error: ServiceError) => finish(callErrorOf(error, { client })));
  call.on('end', () => finish(lost('The stream has ended.')));

  function send(id: string, field: string, message: StreamCheckRequest): Promise<Answer> {
    const refusal = failure ?? refuseId(id, field);
    if (refusal !== null) return Promise.reject(refusal);
    if (isClosed) return Promise.reject(new TypeError('The stream is closed.'));
    if (waiting.has(id)) return Promise.reject(new TypeError('This id already waits for its answer.'));
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      call.write(message);
    });
  }

  return {
    check: (request) =>
      send(request.requestId ?? '', 'check.request_id', { check: request }) as Promise<CheckResponse__Output>,
    report: (outcome) =>
      send(outcome.decisionId ?? '', 'outcome.decision_id', { outcome }) as Promise<OutcomeResult__Output>,
    close() {
      isClosed = true;
      call.end();
      return ended.promise;
    },
  };
}
