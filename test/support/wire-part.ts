// The exact bytes of fields in an encoded message: for comparing what may be passed on byte by byte.
import protobuf from 'protobufjs';

/** Every occurrence of a length-delimited field, in order, without its tag. */
export function fieldBytes(message: Uint8Array, field: number): Buffer[] {
  const reader = protobuf.Reader.create(message);
  const found: Buffer[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === field && (tag & 7) === 2) found.push(Buffer.from(reader.bytes()));
    else reader.skipType(tag & 7);
  }
  return found;
}
