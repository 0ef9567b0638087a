// Tables that the strict decoder is driven by, compiled once from the descriptor for each message that a
// request can hold.
import protobuf, { type Enum, type Field, type Type } from 'protobufjs';
import { assert } from '../core/assert.ts';
import { ATTRIBUTES_BYTES_MAX, CONTEXT_BYTES_MAX } from '../core/request.ts';
import { protoName } from './descriptor.ts';
import { WIRE_BYTES, WIRE_FIXED64, WIRE_VARINT } from './wire-reader.ts';

export type FieldKind =
  | 'text'
  | 'bytes'
  | 'uint32'
  | 'int32'
  | 'uint64'
  | 'int64'
  | 'bool'
  | 'double'
  | 'enum'
  | 'struct'
  | 'message';

/** One field of a message. */
export interface FieldTable {
  /** Name in the decoded object. */
  readonly name: string;
  /** Name in the contract, for faults. */
  readonly protoName: string;
  readonly kind: FieldKind;
  readonly wireType: number;
  readonly repeated: boolean;
  /** Numbers may also come packed. */
  readonly packable: boolean;
  /** This field's bit among those seen. */
  readonly bit: number;
  /** Bits that must not have been seen before: its own, and those of its oneof. 0 when repeated. */
  readonly conflicts: number;
  readonly message: MessageTable | null;
  /** Names of an enum's values by number. */
  readonly enumNames: readonly (string | undefined)[];
  /** For a struct: its cap. */
  readonly jsonBytesMax: number;
}

export interface MessageTable {
  /** By field number. */
  readonly fields: readonly (FieldTable | undefined)[];
  /** The message with nothing set. */
  readonly empty: Readonly<Record<string, unknown>>;
}

const STRUCT = 'google.protobuf.Struct';
const STRUCT_BYTES_MAX: Readonly<Record<string, number>> = {
  context: CONTEXT_BYTES_MAX,
  attributes: ATTRIBUTES_BYTES_MAX,
};

const WIRE_TYPES: Readonly<Record<FieldKind, number>> = {
  text: WIRE_BYTES,
  bytes: WIRE_BYTES,
  uint32: WIRE_VARINT,
  int32: WIRE_VARINT,
  uint64: WIRE_VARINT,
  int64: WIRE_VARINT,
  bool: WIRE_VARINT,
  double: WIRE_FIXED64,
  enum: WIRE_VARINT,
  struct: WIRE_BYTES,
  message: WIRE_BYTES,
};

const SCALARS: Readonly<Record<string, FieldKind>> = {
  string: 'text',
  bytes: 'bytes',
  uint32: 'uint32',
  int32: 'int32',
  uint64: 'uint64',
  int64: 'int64',
  bool: 'bool',
  double: 'double',
};

const NO_LIST: readonly never[] = Object.freeze([]);
const tables = new Map<string, MessageTable>();

/** The table of a message, compiled at the first use. */
export function messageTable(type: Type): MessageTable {
  const known = tables.get(type.fullName);
  if (known !== undefined) return known;
  // No message of the contract's requests has this many fields; a bit for each must fit into 31.
  assert(type.fieldsArray.length <= 30, 'a message has too many fields for the decoder');
  const fields: (FieldTable | undefined)[] = [];
  const table = { fields, empty: emptyMessage(type) };
  // Registered before its fields are compiled, so that a message may hold itself.
  tables.set(type.fullName, table);
  type.fieldsArray.forEach((field, place) => {
    fields[field.id] = compileField(type, field, place);
  });
  return table;
}

function compileField(type: Type, field: Field, place: number): FieldTable {
  field.resolve();
  assert(!(field instanceof protobuf.MapField), 'requests hold no maps but those of a Struct');
  const kind = kindOf(field);
  const wireType = WIRE_TYPES[kind];
  const bit = 1 << place;
  const siblings = field.partOf?.fieldsArray ?? [];
  const shared = siblings.reduce((bits, sibling) => bits | (1 << type.fieldsArray.indexOf(sibling)), 0);
  return {
    name: field.name,
    protoName: protoName(field.name),
    kind,
    wireType,
    repeated: field.repeated,
    packable: field.repeated && wireType !== WIRE_BYTES,
    bit,
    conflicts: field.repeated ? 0 : bit | shared,
    message: kind === 'message' ? messageTable(field.resolvedType as Type) : null,
    enumNames: field.resolvedType instanceof protobuf.Enum ? enumNames(field.resolvedType) : NO_LIST,
    jsonBytesMax: STRUCT_BYTES_MAX[field.name] ?? CONTEXT_BYTES_MAX,
  };
}

function kindOf(field: Field): FieldKind {
  if (field.resolvedType instanceof protobuf.Enum) return 'enum';
  if (field.resolvedType !== null) {
    return field.resolvedType.fullName === `.${STRUCT}` ? 'struct' : 'message';
  }
  const kind = SCALARS[field.type];
  assert(kind !== undefined, 'the decoder knows every scalar type of the contract');
  return kind;
}

function enumNames(type: Enum): readonly (string | undefined)[] {
  const names: (string | undefined)[] = [];
  for (const [name, number] of Object.entries(type.values)) names[number] = name;
  return names;
}

/** Fields in a fixed order with their defaults, so that all decoded messages have one shape. */
function emptyMessage(type: Type): Readonly<Record<string, unknown>> {
  const entries = type.fieldsArray.map((field) => [field.name, defaultOf(field.resolve())] as const);
  return Object.freeze(Object.fromEntries(entries));
}

function defaultOf(field: Field): unknown {
  if (field.repeated) return NO_LIST;
  if (field.partOf !== null && field.partOf !== undefined) return undefined;
  const kind = kindOf(field);
  switch (kind) {
    case 'text':
      return '';
    case 'bytes':
      return Buffer.alloc(0);
    case 'bool':
      return false;
    case 'enum':
      return field.resolvedType instanceof protobuf.Enum ? enumNames(field.resolvedType)[0] : undefined;
    case 'uint64':
    case 'int64':
      return '0';
    case 'struct':
    case 'message':
      return null;
    default:
      return 0;
  }
}
