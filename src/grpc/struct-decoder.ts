// google.protobuf.Struct to the text of its JSON, bounded in depth and bytes. What is wrong with the content is a
// problem of its item; only broken wire format is a fault of the whole message.
import type { RawStruct } from '../core/raw-request.ts';
import { type JsonObject, type JsonValue, STRUCT_DEPTH_MAX } from '../core/request.ts';
import { WIRE_BYTES, WIRE_FIXED64, WIRE_VARINT, WireFault, type WireReader } from './wire-reader.ts';

/** The wire form of a value is never more than six times its JSON; above eight there is no need to look. */
const WIRE_BYTES_FOR_JSON_BYTE_MAX = 8;

const REPLACEMENT = '\ufffd';

/** Thrown inside, never out of decodeStruct. */
class Refusal {
  readonly problem: string;

  constructor(problem: string) {
    this.problem = problem;
  }
}

/**
 * Bytes of JSON that the Struct at hand may still grow by. Counted while it is read, never above what its JSON will
 * have: an empty object takes four bytes on the wire and fourteen times as many in the heap.
 */
let jsonBytesLeft = 0;
let jsonBytesCap = 0;

function spend(jsonBytes: number): void {
  jsonBytesLeft -= jsonBytes;
  if (jsonBytesLeft < 0) throw new Refusal(tooLong(jsonBytesCap));
}

function tooLong(jsonBytesMax: number): string {
  return `must be at most ${jsonBytesMax} bytes as JSON`;
}

/**
 * Decodes the Struct that ends at `end`. Leaves the reader there in any case.
 * @param jsonBytesMax Above eight times as many bytes on the wire it is refused unread, else as soon as it is longer.
 */
export function decodeStruct(reader: WireReader, end: number, jsonBytesMax: number): RawStruct {
  if (end - reader.at > jsonBytesMax * WIRE_BYTES_FOR_JSON_BYTE_MAX) {
    reader.at = end;
    return { problem: tooLong(jsonBytesMax) };
  }
  jsonBytesCap = jsonBytesMax;
  jsonBytesLeft = jsonBytesMax;
  try {
    return { json: JSON.stringify(readObject(reader, end, 1)) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    reader.at = end;
    return { problem: error.problem };
  }
}

function refuseTooDeep(depth: number): void {
  if (depth > STRUCT_DEPTH_MAX) throw new Refusal(`must have at most ${STRUCT_DEPTH_MAX} levels`);
}

function readText(reader: WireReader, end: number): string {
  const text = reader.text(end);
  spend(text.length + 2);
  if (text.includes(REPLACEMENT)) throw new Refusal('must hold well-formed UTF-8');
  return text;
}

function expectWire(actual: number, expected: number): void {
  if (actual !== expected) throw new WireFault('has a field of the wrong wire type');
}

function readObject(reader: WireReader, end: number, depth: number): JsonObject {
  refuseTooDeep(depth);
  spend(2);
  const object: Record<string, JsonValue> = {};
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag >>> 3 !== 1) {
      reader.skip(tag & 7, end);
      continue;
    }
    expectWire(tag & 7, WIRE_BYTES);
    readEntry(reader, reader.delimited(end), depth, object);
  }
  return object;
}

function readEntry(reader: WireReader, end: number, depth: number, object: Record<string, JsonValue>): void {
  let name: string | undefined;
  let value: JsonValue | undefined;
  while (reader.at < end) {
    const tag = reader.tag(end);
    const number = tag >>> 3;
    if (number > 2) {
      reader.skip(tag & 7, end);
      continue;
    }
    expectWire(tag & 7, WIRE_BYTES);
    if ((number === 1 ? name : value) !== undefined) throw new WireFault('has a field that is given twice');
    if (number === 1) name = readText(reader, end);
    else value = readValue(reader, reader.delimited(end), depth);
  }
  name ??= '';
  if (value === undefined) throw new Refusal('must give every name a value');
  // Copying an object by assignment would make it the copy's prototype.
  if (name === '__proto__') throw new Refusal('must not use the name __proto__');
  if (Object.hasOwn(object, name)) throw new Refusal('must not use a name twice');
  object[name] = value;
}

function readValue(reader: WireReader, end: number, depth: number): JsonValue {
  let value: JsonValue | undefined;
  while (reader.at < end) {
    const tag = reader.tag(end);
    const number = tag >>> 3;
    if (number > 6) {
      reader.skip(tag & 7, end);
      continue;
    }
    if (value !== undefined) throw new WireFault('has a value of two kinds');
    value = readKind(reader, tag, end, depth);
  }
  if (value === undefined) throw new Refusal('must give every value a kind');
  return value;
}

function readKind(reader: WireReader, tag: number, end: number, depth: number): JsonValue {
  const wireType = tag & 7;
  switch (tag >>> 3) {
    case 1:
      expectWire(wireType, WIRE_VARINT);
      if (reader.varint(end) !== 0) throw new WireFault('has an unknown enum number');
      spend(4);
      return null;
    case 2:
      expectWire(wireType, WIRE_FIXED64);
      return readNumber(reader, end);
    case 3:
      expectWire(wireType, WIRE_BYTES);
      return readText(reader, end);
    case 4:
      expectWire(wireType, WIRE_VARINT);
      return readBoolean(reader, end);
    case 5:
      expectWire(wireType, WIRE_BYTES);
      return readObject(reader, reader.delimited(end), depth + 1);
    default:
      expectWire(wireType, WIRE_BYTES);
      return readList(reader, reader.delimited(end), depth + 1);
  }
}

function readNumber(reader: WireReader, end: number): number {
  spend(1);
  const value = reader.double(end);
  if (!Number.isFinite(value)) throw new Refusal('must hold finite numbers');
  return value;
}

function readBoolean(reader: WireReader, end: number): boolean {
  spend(4);
  const value = reader.varint(end);
  if (value > 1) throw new WireFault('has a boolean that is neither 0 nor 1');
  return value === 1;
}

function readList(reader: WireReader, end: number, depth: number): readonly JsonValue[] {
  refuseTooDeep(depth);
  spend(2);
  const list: JsonValue[] = [];
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag >>> 3 !== 1) {
      reader.skip(tag & 7, end);
      continue;
    }
    expectWire(tag & 7, WIRE_BYTES);
    if (list.length > 0) spend(1);
    list.push(readValue(reader, reader.delimited(end), depth));
  }
  return list;
}
