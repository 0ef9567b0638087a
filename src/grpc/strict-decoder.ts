// Decodes one message in a single strict pass: what is checked is what is decided on, because there is
// no second decoder that could read it differently. The shape is that of the generated `…__Output` types.
import type { Type } from 'protobufjs';
import { type FieldFault, PosternError } from '../core/error.ts';
import { type FieldTable, type MessageTable, messageTable } from './message-table.ts';
import { decodeStruct } from './struct-decoder.ts';
import { WIRE_BYTES, WireFault, WireReader } from './wire-reader.ts';

/**
 * Entries of a repeated field that are kept. Every documented cap is lower, so one more is enough to see
 * that there are too many, and a message of empty entries cannot fill the memory.
 */
const REPEATED_MAX = 1_025;
const UINT32_MAX = 0xffff_ffff;
const INT32_MAX = 0x7fff_ffff;

type Message = Record<string, unknown>;

/** Decodes a message of this type. Its result has the shape of the generated output type. */
export type Decoder<Output> = (encoded: Buffer) => Output;

/**
 * Makes the decoder of one message type. The decoder throws PosternError `request_malformed` with the
 * path of the field.
 */
export function strictDecoder<Output>(type: Type): Decoder<Output> {
  const table = messageTable(type);
  return (encoded) => {
    const reader = new WireReader(encoded);
    try {
      return readMessage(reader, table, reader.length) as Output;
    } catch (fault) {
      if (!(fault instanceof WireFault)) throw fault;
      throw malformed(type.name, { field: fault.path, problem: fault.message });
    }
  };
}

function malformed(message: string, fault: FieldFault): PosternError {
  return new PosternError('request_malformed', `The message is not a well-formed ${message}.`, {
    faults: [fault],
  });
}

function readMessage(reader: WireReader, table: MessageTable, end: number): Message {
  const message: Message = { ...table.empty };
  let seen = 0;
  while (reader.at < end) {
    const tag = reader.tag(end);
    const field = table.fields[tag >>> 3];
    if (field === undefined) {
      reader.skip(tag & 7, end);
      continue;
    }
    if ((seen & field.conflicts) !== 0) throw new WireFault(twice(field, seen)).inside(field.protoName);
    seen |= field.bit;
    if (field.repeated) readRepeated(reader, field, tag & 7, end, message);
    else message[field.name] = readField(reader, field, tag & 7, end);
  }
  return message;
}

function twice(field: FieldTable, seen: number): string {
  return (seen & field.bit) !== 0
    ? 'is given twice'
    : 'is given beside another field of which only one may be';
}

function readField(reader: WireReader, field: FieldTable, wireType: number, end: number): unknown {
  try {
    if (wireType !== field.wireType) throw new WireFault('has the wrong wire type');
    return readValue(reader, field, end);
  } catch (fault) {
    throw fault instanceof WireFault ? fault.inside(field.protoName) : fault;
  }
}

function readRepeated(
  reader: WireReader,
  field: FieldTable,
  wireType: number,
  end: number,
  message: Message,
) {
  let list = message[field.name] as unknown[];
  if (list.length === 0) {
    list = [];
    message[field.name] = list;
  }
  try {
    if (field.packable && wireType === WIRE_BYTES) {
      const stop = reader.delimited(end);
      while (reader.at < stop) keep(list, readValue(reader, field, stop));
      return;
    }
    if (wireType !== field.wireType) throw new WireFault('has the wrong wire type');
    keep(list, readValue(reader, field, end));
  } catch (fault) {
    throw fault instanceof WireFault ? fault.inside(`${field.protoName}[${list.length}]`) : fault;
  }
}

function keep(list: unknown[], value: unknown): void {
  if (list.length < REPEATED_MAX) list.push(value);
}

function readValue(reader: WireReader, field: FieldTable, end: number): unknown {
  switch (field.kind) {
    case 'text':
      return reader.text(end);
    case 'message':
      return field.message === null ? null : readMessage(reader, field.message, reader.delimited(end));
    case 'struct':
      return decodeStruct(reader, reader.delimited(end), field.jsonBytesMax);
    case 'uint32':
      return within(reader.varint(end), 0, UINT32_MAX);
    case 'enum':
      return enumName(field, reader.signedVarint(end));
    case 'bytes':
      return reader.bytes(end);
    case 'bool':
      return within(reader.varint(end), 0, 1) === 1;
    case 'uint64':
      return String(reader.varint(end));
    case 'int64':
      return String(reader.signedVarint(end));
    case 'int32':
      return within(reader.signedVarint(end), -INT32_MAX - 1, INT32_MAX);
    case 'double':
      return reader.double(end);
  }
}

function within(value: number, least: number, most: number): number {
  if (value < least || value > most) throw new WireFault('is out of range');
  return value;
}

function enumName(field: FieldTable, number: number): string {
  const name = field.enumNames[number];
  if (name === undefined) throw new WireFault('has an unknown enum number');
  return name;
}
