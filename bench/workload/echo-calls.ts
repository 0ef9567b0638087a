// The floor's answers: an echo is right when it is what was sent, byte by byte.
import type { AnswerReader } from './prepared-call.ts';

const PREFIX_BYTES = 5;

export const readEcho: AnswerReader = (call, bytes, start, end) =>
  bytes.compare(call.bytes, PREFIX_BYTES, call.bytes.length, start, end) === 0 ? 1 : 0;
