// A call as bytes in the evaluator's slot of the control block: what the watchdog settles when it has to
// end the evaluator. Written for every evaluation, so it is one text like the messages to the ledger.
import type { SettleCall } from '../pdp/settle-port.ts';
import { decodeCall, encodeCall, FieldReader } from './settle-codec.ts';

const encoder = new TextEncoder();

/**
 * Writes a call; returns how many bytes, or 0 when it does not fit: then the evaluation must not start.
 */
export function encodeSlot(call: SettleCall, into: Uint8Array): number {
  const text = encodeCall(call);
  const { read, written } = encoder.encodeInto(text, into);
  return read === text.length ? written : 0;
}

/** Reads the call that `encodeSlot` wrote. The bytes are copied first: they are shared. */
export function decodeSlot(bytes: Uint8Array): SettleCall {
  return decodeCall(new FieldReader(Buffer.from(bytes).toString('utf8')));
}
