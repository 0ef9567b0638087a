// AuditService over the AuditReader port. Reading never writes, and a slow caller slows only itself.
import type { ServerWritableStream } from '@grpc/grpc-js';
import { FieldFaults } from '../core/field-faults.ts';
import { parsePage } from '../core/parse-admin.ts';
import type { AuditReader } from '../pdp/audit-port.ts';
import { type AnswerStreamOptions, answerStream } from './answer-stream.ts';
import { messageParts, parseFilter, wireProgress, wireRecord } from './codec-audit.ts';
import { requestDecoder, responseEncoder } from './codec-message.ts';
import type { QueryRecordsRequest__Output } from './gen/postern/v1/QueryRecordsRequest.ts';
import type { QueryRecordsResponse } from './gen/postern/v1/QueryRecordsResponse.ts';
import type { TailRecordsRequest__Output } from './gen/postern/v1/TailRecordsRequest.ts';
import type { TailRecordsResponse } from './gen/postern/v1/TailRecordsResponse.ts';
import type { VerifyLogRequest__Output } from './gen/postern/v1/VerifyLogRequest.ts';
import type { VerifyLogResponse } from './gen/postern/v1/VerifyLogResponse.ts';
import { methodPath, type RawService, type ReportMethodError } from './raw-service.ts';

const NAME = 'AuditService';
const PROGRESS_EVERY_DEFAULT = 100_000;

export interface AuditServiceOptions {
  readonly audit: AuditReader;
  /** The connection of a call; undefined once it is closed. */
  readonly connection: (peer: string) => { onDrain(hook: () => void): () => void } | undefined;
  readonly report: ReportMethodError;
}

const decodeQuery = requestDecoder<QueryRecordsRequest__Output>('QueryRecordsRequest');
const decodeTail = requestDecoder<TailRecordsRequest__Output>('TailRecordsRequest');
const decodeVerify = requestDecoder<VerifyLogRequest__Output>('VerifyLogRequest');
const encodeQuery = responseEncoder<QueryRecordsResponse>('QueryRecordsResponse');
const encodeTail = responseEncoder<TailRecordsResponse>('TailRecordsResponse');
const encodeVerify = responseEncoder<VerifyLogResponse>('VerifyLogResponse');

async function query(audit: AuditReader, encoded: Buffer): Promise<Buffer> {
  const request = decodeQuery(encoded);
  const faults = new FieldFaults();
  const filter = parseFilter(request.filter, faults);
  const { pageSize, pageToken } = parsePage(request, faults);
  faults.throwIfAny();
  const page = await audit.query(filter, pageSize, pageToken);
  return encodeQuery({ ...page, records: page.records.map(wireRecord) });
}

async function* tail(audit: AuditReader, encoded: Buffer, signal: AbortSignal): AsyncIterable<Buffer> {
  const request = decodeTail(encoded);
  const faults = new FieldFaults();
  const filter = parseFilter(request.filter, faults);
  faults.throwIfAny();
  const fromIndex = request.fromIndex === undefined ? null : Number(request.fromIndex);
  for await (const records of audit.tail(fromIndex, filter, request.stopAtEnd, signal)) {
    for (const part of messageParts(records)) yield encodeTail({ records: part.map(wireRecord) });
  }
}

async function* verify(audit: AuditReader, encoded: Buffer, signal: AbortSignal): AsyncIterable<Buffer> {
  const progressEvery = Number(decodeVerify(encoded).progressEvery);
  const every = progressEvery === 0 ? PROGRESS_EVERY_DEFAULT : progressEvery;
  for await (const progress of audit.verify(every, signal)) yield encodeVerify(wireProgress(progress));
}

/** The audit log, for reading. */
export function createAuditService({ audit, connection, report }: AuditServiceOptions): RawService {
  const streamed =
    (method: string, messages: AnswerStreamOptions['messages']) =>
    (call: ServerWritableStream<Buffer, Buffer>): void =>
      answerStream({
        call,
        messages,
        onDrain: (hook) => connection(call.getPeer())?.onDrain(hook),
        report: (cause) => report(cause, methodPath(NAME, method)),
      });
  return {
    name: NAME,
    unary: { QueryRecords: (encoded) => query(audit, encoded) },
    serverStream: {
      TailRecords: streamed('TailRecords', (encoded, signal) => tail(audit, encoded, signal)),
      VerifyLog: streamed('VerifyLog', (encoded, signal) => verify(audit, encoded, signal)),
    },
  };
}
