/**
 * For each keyword of a JSON Schema a copy of a sound value in which that keyword alone is broken: whoever
 * compares data with the schema and passes over a keyword finds nothing wrong with its copy. Refuses a schema
 * with a keyword that it cannot break.
 */

type Schema = Readonly<Record<string, unknown>>;
type Place = readonly string[];

export interface SchemaFault {
  readonly keyword: string;
  /** Where a reader looks for it, inside the value. */
  readonly place: Place;
  readonly value: unknown;
}

/** Not the name of anything, and in no enumeration. */
export const NO_NAME = 'Not One';

const SAYS_NOTHING = ['title', 'description'];

/** Every fault that this schema can find in the value, which must be sound and have every member that may be. */
export function schemaFaults(schema: Schema, sound: unknown, place: Place = []): SchemaFault[] {
  const part = at(sound, place);
  const fault = (keyword: string, value: unknown, member?: string): SchemaFault => ({
    keyword,
    place: member === undefined ? place : [...place, member],
    value: member === undefined ? changed(sound, place, value) : changed(sound, [...place, member], value),
  });
  const faultsOf: Readonly<Record<string, () => SchemaFault[]>> = {
    type: () => [
      fault('type', part === null || typeof part === 'object' ? 7 : typeof part === 'number' ? '7' : 7),
    ],
    required: () => list(schema['required']).map((name) => fault('required', undefined, String(name))),
    enum: () => [fault('enum', NO_NAME)],
    pattern: () => [fault('pattern', NO_NAME)],
    minimum: () => [fault('minimum', Number(schema['minimum']) - 1)],
    maximum: () => [fault('maximum', Number(schema['maximum']) + 1)],
    maxLength: () => [fault('maxLength', String(part).padEnd(Number(schema['maxLength']) + 1, 'x'))],
    maxItems: () => [
      fault(
        'maxItems',
        Array.from({ length: Number(schema['maxItems']) + 1 }, (_, n) => `l${n}`),
      ),
    ],
    uniqueItems: () => [fault('uniqueItems', [...list(part), list(part)[0]])],
    items: () => schemaFaults(of(schema['items']), sound, [...place, '0']),
    // The alternatives that are meant by another value are broken with the whole.
    anyOf: () => [
      fault('anyOf', 7),
      ...list(schema['anyOf']).flatMap((each) => faultsOfAlternative(of(each))),
    ],
    properties: () =>
      Object.entries(of(schema['properties'])).flatMap(([name, member]) =>
        schemaFaults(of(member), sound, [...place, name]),
      ),
    propertyNames: () => {
      const keywords = Object.keys(of(schema['propertyNames']));
      if (keywords.join() !== 'pattern') throw new Error(`names with ${keywords.join()}`);
      return [fault('propertyNames', Object.values(of(part))[0], NO_NAME)];
    },
    additionalProperties: () => {
      if (schema['additionalProperties'] === false) return [fault('additionalProperties', 1, 'brust')];
      const [first = ''] = Object.keys(of(part));
      return schemaFaults(of(schema['additionalProperties']), sound, [...place, first]);
    },
  };
  function faultsOfAlternative({ type, ...rest }: Schema): SchemaFault[] {
    return type === typeof part ? schemaFaults(rest, sound, place) : [];
  }
  return Object.keys(schema).flatMap((keyword) => {
    if (SAYS_NOTHING.includes(keyword)) return [];
    const make = faultsOf[keyword];
    if (make === undefined) throw new Error(`no fault is known for the keyword ${keyword}`);
    return make();
  });
}

function of(value: unknown): Schema {
  return Object.fromEntries(Object.entries(Object(value)));
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('not a list');
  return value;
}

function at(value: unknown, place: Place): unknown {
  return place.reduce((node, name) => Reflect.get(Object(node), name), value);
}

/** A copy with another value there; without the member when it is undefined. */
function changed(sound: unknown, place: Place, value: unknown): unknown {
  const last = place.at(-1);
  if (last === undefined) return value;
  // Not a clone: what stands twice in the value must not be changed twice.
  const copy: unknown = JSON.parse(JSON.stringify(sound));
  const parent = Object(at(copy, place.slice(0, -1)));
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else Reflect.set(parent, last, value);
  return copy;
}
