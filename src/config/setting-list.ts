// The settings as a flat list, read from the schema: what the environment's names and the reference
// in docs/config.md are made from, so that neither can forget a setting.
import { z } from 'zod';
import { settingsSchema } from './schema.ts';

/** One setting. */
export interface Setting {
  /** Names from the outside in, e.g. `['ledger', 'groupMax']`. */
  readonly path: readonly string[];
  /** Its variable in the environment, e.g. `POSTERN_LEDGER__GROUP_MAX`. */
  readonly variable: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'array';
  readonly meaning: string;
  readonly default: unknown;
  readonly min: number | null;
  readonly max: number | null;
  readonly choices: readonly string[];
}

/** The part of a JSON Schema that zod writes for ours. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
}

/** `['ledger', 'groupMax']` → `POSTERN_LEDGER__GROUP_MAX`. */
export function variableOf(path: readonly string[]): string {
  const names = path.map((name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase());
  return `POSTERN_${names.join('__')}`;
}

function typeOf(node: Node): Setting['type'] {
  switch (node.type) {
    case 'string':
    case 'integer':
    case 'boolean':
    case 'array':
      return node.type;
    default:
      throw new TypeError(`a setting of type ${String(node.type)} has no form in the environment`);
  }
}

function leaves(node: Node, path: readonly string[]): Setting[] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([name, child]) => leaves(child, [...path, name]));
  }
  return [
    {
      path,
      variable: variableOf(path),
      type: typeOf(node),
      meaning: node.description ?? '',
      default: node.default,
      min: node.minimum ?? null,
      max: node.maximum ?? null,
      choices: node.enum ?? [],
    },
  ];
}

/** All settings, in the schema's order. */
export const SETTINGS: readonly Setting[] = leaves(
  z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' }) as Node,
  [],
);
