// A call, encoded once before the run, with the effect that each of its items must be answered with.
// Checking answers is the point: a peer that refuses everything is fast.

export const ALLOW = 1;
export const DENY = 2;

export interface PreparedCall {
  /** Request id of its first item, unique among the calls of a run. */
  readonly id: string;
  /** Ready to send: a gRPC message with its prefix, or a whole HTTP/1.1 request. */
  readonly bytes: Buffer;
  /** `ALLOW` or `DENY`, item by item. */
  readonly effects: readonly number[];
}

/** Reads one whole answer. Returns how many decisions it holds, or 0 unless all of them are right. */
export type AnswerReader = (call: PreparedCall, bytes: Buffer, start: number, end: number) => number;

const PREFIX_BYTES = 5;

/** A gRPC message: not compressed, its length, its bytes. */
export function frameMessage(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed.writeUInt8(0, 0);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}
