// Encoding and decoding of the admin side's messages: typed by the generated types, which stop here.
// Not for the decision path, which has codecs of its own.
import { messageType } from './descriptor.ts';
import { type Decoder, strictDecoder } from './strict-decoder.ts';

const US_PER_SECOND = 1_000_000;
const NS_PER_US = 1_000;

/** The decoder of a request of this name, without the package. */
export function requestDecoder<Output>(name: string): Decoder<Output> {
  return strictDecoder<Output>(messageType(`postern.v1.${name}`));
}

/** The encoder of a response of this name, without the package. */
export function responseEncoder<Input extends object>(name: string): (content: Input) => Buffer {
  const type = messageType(`postern.v1.${name}`);
  return (content) => Buffer.from(type.encode(type.fromObject(content)).finish());
}

/** Whole microseconds as the two members that Timestamp and Duration share. */
export function wireTime(timeUs: number): { seconds: number; nanos: number } {
  // Of a Duration both members have one sign; a Timestamp of ours is never before 1970.
  const seconds = Math.trunc(timeUs / US_PER_SECOND);
  return { seconds, nanos: (timeUs - seconds * US_PER_SECOND) * NS_PER_US };
}

/** As wireTime; null stays null. */
export function wireTimeOrNull(timeUs: number | null): { seconds: number; nanos: number } | null {
  return timeUs === null ? null : wireTime(timeUs);
}
