// Encoded checks to the core's calls: strictly decoded, then validated field by field by the core.
import type { ParsedBatch } from '../core/parse-request.ts';
import { parseBatch, parseCheck } from '../core/parse-request.ts';
import type { RawBatch, RawCheck } from '../core/raw-request.ts';
import type { CheckCall } from '../core/request.ts';
import { messageType } from './descriptor.ts';
import { strictDecoder } from './strict-decoder.ts';

const decodeRawCheck = strictDecoder<RawCheck>(messageType('postern.v1.CheckRequest'));
const decodeRawBatch = strictDecoder<RawBatch>(messageType('postern.v1.BatchCheckRequest'));

/** A CheckRequest. Throws PosternError `request_malformed` or `not_yet_built`. */
export function decodeCheck(encoded: Buffer): CheckCall {
  return parseCheck(decodeRawCheck(encoded));
}

/** A BatchCheckRequest. Throws for faults of the whole call; those of an item stand in its place. */
export function decodeBatch(encoded: Buffer): ParsedBatch {
  return parseBatch(decodeRawBatch(encoded));
}
