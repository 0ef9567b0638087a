// Checks written byte by byte, so that a test can put into any field what no client would: texts that are
// not UTF-8, wrong wire types, too much of everything. Sent in each of the three ways.
import type { ClientHttp2Session } from 'node:http2';
import { messageType } from '../../src/grpc/descriptor.ts';
import { CHECK_PATH, frame, type RawAnswer, rawCall, rawFields, readDetails } from './grpc-raw-call.ts';
import { fieldBytes } from './wire-part.ts';

/** A field's content: bytes as they are, a text, or a number as varint; a list is a repeated field. */
export type WireValue = Uint8Array | string | number | readonly (Uint8Array | string)[];

/** Fields by their names in the contract. */
export type WireCheck = Readonly<Record<string, WireValue>>;

export type WireWay = 'Check' | 'BatchCheck' | 'StreamCheck';

const SERVICE = '/postern.v1.AuthorizationService';
const OF_THE_CALL: readonly string[] = ['api_key', 'grant', 'bearer_token', 'source'];

/** Fields of a message of the contract, whatever is in them. */
export function encodeWire(message: string, fields: WireCheck): Buffer {
  const type = messageType(`postern.v1.${message}`);
  return rawFields((writer) => {
    for (const [name, value] of Object.entries(fields)) {
      const camel = name.replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());
      const number = type.fields[camel]?.id;
      if (number === undefined) throw new Error(`${message} has no field ${name}`);
      if (typeof value === 'number') {
        writer.uint32(number << 3).int64(value);
        continue;
      }
      for (const one of typeof value === 'string' || value instanceof Uint8Array ? [value] : value) {
        writer.uint32((number << 3) | 2).bytes(Buffer.from(one as string));
      }
    }
  });
}

function encodeFor(way: WireWay, check: WireCheck): Buffer {
  if (way === 'Check') return encodeWire('CheckRequest', check);
  if (way === 'StreamCheck')
    return encodeWire('StreamCheckRequest', { check: encodeWire('CheckRequest', check) });
  const entries = Object.entries(check);
  const ofCall = Object.fromEntries(entries.filter(([name]) => OF_THE_CALL.includes(name)));
  const ofItem = Object.fromEntries(entries.filter(([name]) => !OF_THE_CALL.includes(name)));
  return encodeWire('BatchCheckRequest', { ...ofCall, items: encodeWire('BatchItem', ofItem) });
}

/** What came of a check: a decision's reason, or an error of the call or of its item. */
export interface WireResult {
  /** E.g. `REASON_ALLOWED`; empty for an error. */
  readonly decided: string;
  readonly status: number;
  readonly error: Pick<RawAnswer, 'reason' | 'domain' | 'fields' | 'message'>;
  /** Everything that came back, as text. */
  readonly all: string;
}

function reasonOf(response: Uint8Array): string {
  const type = messageType('postern.v1.CheckResponse');
  const { reason } = type.toObject(type.decode(response), { enums: String }) as { reason: string };
  return reason;
}

/** Sends a check and reads its one result. */
export async function sendWire(
  session: ClientHttp2Session,
  way: WireWay,
  check: WireCheck,
): Promise<WireResult> {
  const path = way === 'Check' ? CHECK_PATH : `${SERVICE}/${way}`;
  const answer = await rawCall(session, { path, body: frame(encodeFor(way, check)) });
  const all = answer.said + answer.body.toString('latin1');
  if (answer.status !== 0) return { decided: '', status: answer.status, error: answer, all };
  if (way === 'Check') return { decided: reasonOf(answer.body), status: 0, error: answer, all };
  const [result = Buffer.alloc(0)] = fieldBytes(answer.body, 1);
  const [decision] = fieldBytes(result, way === 'BatchCheck' ? 1 : 2);
  if (decision !== undefined) return { decided: reasonOf(decision), status: 0, error: answer, all };
  const [encoded = Buffer.alloc(0)] = fieldBytes(result, way === 'BatchCheck' ? 2 : 3);
  const type = messageType('google.rpc.Status');
  const { code, message } = type.toObject(type.decode(encoded)) as { code: number; message: string };
  return { decided: '', status: code, error: { ...readDetails(encoded), message }, all };
}
