// JSON to google.protobuf.Struct, for the parameters of obligations.
import type { JsonObject, JsonValue } from '../core/request.ts';
import type { WireWriter } from './wire-writer.ts';

/** Writes the content of a Struct; the caller closes it. */
export function writeStruct(writer: WireWriter, object: JsonObject): void {
  for (const [name, value] of Object.entries(object).reverse()) {
    const entry = writer.mark;
    const inner = writer.mark;
    writeValue(writer, value);
    writer.close(2, inner);
    writer.presentText(1, name);
    writer.close(1, entry);
  }
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function writeValue(writer: WireWriter, value: JsonValue): void {
  const mark = writer.mark;
  if (value === null) writer.presentWhole(1, 0);
  else if (typeof value === 'number') writer.double(2, value);
  else if (typeof value === 'string') writer.presentText(3, value);
  else if (typeof value === 'boolean') writer.presentWhole(4, value ? 1 : 0);
  else if (isList(value)) {
    writeList(writer, value);
    writer.close(6, mark);
  } else {
    writeStruct(writer, value);
    writer.close(5, mark);
  }
}

function writeList(writer: WireWriter, list: readonly JsonValue[]): void {
  for (let at = list.length - 1; at >= 0; at -= 1) {
    const mark = writer.mark;
    writeValue(writer, list[at] ?? null);
    writer.close(1, mark);
  }
}
