// JSON to google.protobuf.Struct and back, as the client's messages carry it.

import type { JsonObject, JsonValue } from '../core/request.ts';
import type { Struct, Struct__Output } from '../grpc/gen/google/protobuf/Struct.ts';
import type { Value, Value__Output } from '../grpc/gen/google/protobuf/Value.ts';

function wireValueOf(json: JsonValue): Value {
  if (json === null) return { nullValue: 'NULL_VALUE' };
  if (typeof json === 'string') return { stringValue: json };
  if (typeof json === 'number') return { numberValue: json };
  if (typeof json === 'boolean') return { boolValue: json };
  if (isList(json)) return { listValue: { values: json.map(wireValueOf) } };
  return { structValue: structOf(json) };
}

function isList(json: JsonValue): json is readonly JsonValue[] {
  return Array.isArray(json);
}

/** A JSON object as a Struct. */
export function structOf(json: JsonObject): Struct {
  return {
    fields: Object.fromEntries(Object.entries(json).map(([name, value]) => [name, wireValueOf(value)])),
  };
}

function jsonOfValue(value: Value__Output): JsonValue {
  switch (value.kind) {
    case 'stringValue':
      return value.stringValue ?? '';
    case 'numberValue':
      return value.numberValue ?? 0;
    case 'boolValue':
      return value.boolValue ?? false;
    case 'listValue':
      return (value.listValue?.values ?? []).map(jsonOfValue);
    case 'structValue':
      return value.structValue ? jsonOfStruct(value.structValue) : {};
    default:
      return null;
  }
}

/** A Struct as a JSON object. */
export function jsonOfStruct(struct: Struct__Output): JsonObject {
  return Object.fromEntries(Object.entries(struct.fields).map(([name, value]) => [name, jsonOfValue(value)]));
}
