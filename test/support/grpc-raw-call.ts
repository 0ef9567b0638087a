/**
 * Calls over bare HTTP/2, for what no gRPC client would send: damaged messages, half-open streams,
 * wrong compression.
 */
import type { EventEmitter } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { connect as connectSocket } from 'node:net';
import protobuf from 'protobufjs';
import { messageType } from '../../src/grpc/descriptor.ts';

export const CHECK_PATH = '/postern.v1.AuthorizationService/Check';

export interface RawAnswer {
  readonly status: number;
  readonly message: string;
  /** `reason` and `domain` of the ErrorInfo; empty without one. */
  readonly reason: string;
  readonly domain: string;
  /** Fields named by the BadRequest. */
  readonly fields: readonly string[];
  readonly body: Buffer;
  /** HTTP status; 0 when there was no answer. */
  readonly httpStatus: number;
  /** Everything that was said beside the body, as text, for what must not be in it. */
  readonly said: string;
}

/** A session that never throws out of an event, to a port of loopback or a unix socket. */
export function openSession(place: number | string): ClientHttp2Session {
  const session =
    typeof place === 'number'
      ? connect(`http://127.0.0.1:${place}`)
      : connect('http://localhost', { createConnection: () => connectSocket(place) });
  session.on('error', () => {});
  return session;
}

/** Resolves when it has closed, with or without an error before. */
export function closed(emitter: EventEmitter): Promise<void> {
  return new Promise((resolve) => emitter.once('close', resolve));
}

/** Resolves when the condition holds, looking at every turn of the event loop. */
export async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** Frames a message as gRPC does. */
export function frame(message: Uint8Array, compressed = false): Buffer {
  const head = Buffer.alloc(5);
  head[0] = compressed ? 1 : 0;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Opens a stream and sends nothing but its headers. */
export function openStream(session: ClientHttp2Session, path: string, headers: OutgoingHttpHeaders = {}) {
  const stream = session.request(
    { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers', ...headers },
    { endStream: false },
  );
  stream.on('error', () => {});
  return stream;
}

/** Sends these bytes as the whole body and reads the answer. */
export async function rawCall(
  session: ClientHttp2Session,
  {
    path = CHECK_PATH,
    body,
    headers = {},
  }: { path?: string; body: Uint8Array; headers?: OutgoingHttpHeaders },
): Promise<RawAnswer> {
  const stream = openStream(session, path, headers);
  stream.end(body);
  return readAnswer(stream);
}

/** Reads a stream to its end. */
export async function readAnswer(stream: ClientHttp2Stream): Promise<RawAnswer> {
  let trailers: Record<string, unknown> = {};
  stream.on('response', (headers) => {
    trailers = { ...trailers, ...headers };
  });
  stream.on('trailers', (headers) => {
    trailers = { ...trailers, ...headers };
  });
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await closed(stream);
  const encoded = Buffer.from(String(trailers['grpc-status-details-bin'] ?? ''), 'base64');
  return {
    status: Number(trailers['grpc-status'] ?? -1),
    message: decodeURIComponent(String(trailers['grpc-message'] ?? '')),
    ...readDetails(encoded),
    body: Buffer.concat(chunks).subarray(5),
    httpStatus: Number(trailers[':status'] ?? 0),
    said: `${JSON.stringify(trailers)} ${encoded.toString('latin1')}`,
  };
}

interface WireStatus {
  readonly details?: readonly { readonly type_url: string; readonly value: Uint8Array }[];
}

interface WireDetail {
  readonly reason?: string;
  readonly domain?: string;
  readonly fieldViolations?: readonly { readonly field: string }[];
}

function decodeAs<T>(name: string, encoded: Uint8Array): T {
  const type = messageType(name);
  return type.toObject(type.decode(encoded)) as T;
}

/** Reason, domain and fields of an encoded `google.rpc.Status`. */
export function readDetails(encoded: Uint8Array): Pick<RawAnswer, 'reason' | 'domain' | 'fields'> {
  let reason = '';
  let domain = '';
  let fields: readonly string[] = [];
  for (const { type_url: url, value } of decodeAs<WireStatus>('google.rpc.Status', encoded).details ?? []) {
    const detail = decodeAs<WireDetail>(url.slice('type.googleapis.com/'.length), value);
    reason = detail.reason ?? reason;
    domain = detail.domain ?? domain;
    fields = detail.fieldViolations?.map(({ field }) => field) ?? fields;
  }
  return { reason, domain, fields };
}

/** Encodes a message of the contract with protobufjs, as another implementation would. */
export function encodeMessage(name: string, content: Record<string, unknown>): Buffer {
  const type = messageType(`postern.v1.${name}`);
  return Buffer.from(type.encode(type.fromObject(content)).finish());
}

/** Writes raw fields, valid or not. */
export function rawFields(write: (writer: protobuf.Writer) => void): Buffer {
  const writer = protobuf.Writer.create();
  write(writer);
  return Buffer.from(writer.finish());
}

export { jsonOfStruct, structOf } from '../../src/client/struct.ts';
