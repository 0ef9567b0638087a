// AuthorizationService over the Checker port. It decides nothing: it turns calls into the core's words,
// gives them their deadline, and turns answers back.
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { assert } from '../core/assert.ts';
import { PosternError } from '../core/error.ts';
import type { CheckItem } from '../core/request.ts';
import type { CallOrigin, Checker } from '../pdp/check-port.ts';
import { boundedCallOf } from './bounded-call.ts';
import {
  encodeBatchResponse,
  encodeCheckResponse,
  encodeOutcomesResponse,
  type ItemResult,
} from './codec-answer.ts';
import { decodeBatch, decodeCheck } from './codec-check.ts';
import { decodeOutcomes } from './codec-outcome.ts';
import { type Connection, listenerOf } from './connection.ts';
import {
  type CallFacts,
  factsOf,
  methodPath,
  type RawService,
  type ReportMethodError,
} from './raw-service.ts';
import { itemStatusOf } from './status.ts';
import { StreamCheck } from './stream-check.ts';

const NAME = 'AuthorizationService';

export interface AuthorizationOptions {
  readonly checker: Checker;
  /** The connection of a call; undefined once it is closed. */
  readonly connection: (peer: string) => Pick<Connection, 'onDrain' | 'arrivals'> | undefined;
  /** The process's monotonic clock in microseconds. */
  readonly nowMonoUs: () => number;
  /** Deadline of a call that brings none; also the longest one. */
  readonly defaultDeadlineMs: number;
  readonly report: ReportMethodError;
}

/** The decision side of the contract. */
export function createAuthorizationService(options: AuthorizationOptions): RawService {
  const reportBatch = (cause: unknown) => options.report(cause, methodPath(NAME, 'BatchCheck'));
  return {
    name: NAME,
    unary: {
      async Check(encoded, facts) {
        const call = decodeCheck(encoded);
        const [answer] = await options.checker.check(call, originOf(options, facts));
        assert(answer !== undefined, 'the checker answers every item');
        return encodeCheckResponse(answer);
      },
      async BatchCheck(encoded, facts) {
        const { credential, source, items } = decodeBatch(encoded);
        const valid = items.filter((item): item is CheckItem => !(item instanceof PosternError));
        const answers =
          valid.length === 0
            ? []
            : await options.checker.check({ credential, source, items: valid }, originOf(options, facts));
        assert(answers.length === valid.length, 'the checker answers every item');
        // Answers go by index: matching them by any id would let one item answer for another.
        let next = 0;
        const results = items.map((item): ItemResult => {
          if (item instanceof PosternError) return { error: itemStatusOf(item, reportBatch) };
          const answer = answers[next];
          next += 1;
          assert(answer !== undefined, 'the checker answers every item');
          return { answer };
        });
        return encodeBatchResponse(results);
      },
      async ReportOutcomes(encoded) {
        const reports = decodeOutcomes(encoded);
        const states = await options.checker.reportOutcomes(reports);
        assert(states.length === reports.length, 'every outcome is answered');
        return encodeOutcomesResponse(
          reports.map(({ decisionId }) => decisionId),
          states,
        );
      },
    },
    duplex: { StreamCheck: (call) => serveStream(options, call) },
  };
}

/** Refuses a call whose deadline has passed: nothing would be charged for it either way. */
function originOf(options: AuthorizationOptions, facts: CallFacts): CallOrigin {
  const { peer, deadlineLeftMs: leftMs, caller } = facts;
  if (leftMs <= 0) throw new PosternError('deadline_exceeded', 'The deadline of the call has passed.');
  const withinMs = Math.min(leftMs, options.defaultDeadlineMs);
  return {
    listener: listenerOf(peer),
    deadlineMonoUs: Math.round(options.nowMonoUs() + withinMs * 1_000),
    caller,
  };
}

function serveStream(options: AuthorizationOptions, call: ServerDuplexStream<Buffer, Buffer>): void {
  const connection = options.connection(call.getPeer());
  const bounded = boundedCallOf(call);
  const stream = new StreamCheck(call, {
    account: connection?.arrivals,
    refuse: (error) => bounded.refuse(error),
    isMidMessage: () => bounded.isMidMessage,
    checker: options.checker,
    origin: () => originOf(options, factsOf(call)),
    report: (cause) => options.report(cause, methodPath(NAME, 'StreamCheck')),
  });
  bounded.onStatus(() => stream.abandon());
  const forget = connection?.onDrain(() => stream.drain());
  call.once('close', () => forget?.());
}
