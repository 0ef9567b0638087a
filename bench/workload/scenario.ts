// The calls that partners make in a run, before any protocol: who, what, and whether it is allowed. One in
// eight is refused, half of them for another company's resource and half for a missing scope.
import { benchCompanyId } from './bench-registry.ts';
import { createDraw, type Draw } from './key-draw.ts';

export interface ScenarioResource {
  readonly type: string;
  readonly id: string;
  /** The owner as the host knows it. */
  readonly companyId: string;
}

/** One call. */
export interface Scenario {
  /** Number of the key. */
  readonly key: number;
  readonly requestId: string;
  readonly operation: string;
  readonly resource: ScenarioResource | null;
  readonly claims: readonly string[];
  readonly ip: string;
  readonly allowed: boolean;
}

interface Shape {
  readonly operation: string;
  readonly resource: 'none' | 'own' | 'foreign';
  readonly claims: 'none' | 'own';
  readonly allowed: boolean;
}

const READ: Shape = { operation: 'payments.read', resource: 'own', claims: 'own', allowed: true };
const CREATE: Shape = { operation: 'payments.create', resource: 'none', claims: 'own', allowed: true };
const LIST: Shape = { operation: 'accounts.list', resource: 'none', claims: 'none', allowed: true };
const POLL: Shape = { operation: 'results.poll', resource: 'own', claims: 'none', allowed: true };
const FOREIGN: Shape = { operation: 'payments.read', resource: 'foreign', claims: 'own', allowed: false };
const UNSCOPED: Shape = { operation: 'exports.download', resource: 'own', claims: 'none', allowed: false };

/** Sixteen in turn: 14 allowed, 2 refused; 5 charge a named limit. */
const SHAPES: readonly Shape[] = [
  ...[READ, CREATE, LIST, READ, POLL, READ, CREATE, FOREIGN],
  ...[READ, LIST, READ, CREATE, READ, POLL, LIST, UNSCOPED],
];

const FOREIGN_COMPANY = 'cmp_borealis';
function scenarioOf(index: number, key: number): Scenario {
  const shape = SHAPES[index % SHAPES.length] ?? READ;
  const own = benchCompanyId(key);
  const companyId = shape.resource === 'foreign' ? FOREIGN_COMPANY : own;
  return {
    key,
    requestId: `req-${index}`,
    operation: shape.operation,
    resource:
      shape.resource === 'none'
        ? null
        : { type: 'payment', id: `pay_${100_000 + (index % 1_000)}`, companyId },
    claims: shape.claims === 'own' ? [own] : [],
    ip: `192.0.2.${1 + (index % 254)}`,
    allowed: shape.allowed,
  };
}

export interface ScenarioOptions {
  readonly keys: number;
  readonly draw: Draw;
  readonly seed: number;
  /** Calls to prepare. */
  readonly calls: number;
  /** Items of one call. All items of one call have the same key. */
  readonly items: number;
}

/** The calls, each with its items. The same options give the same calls. */
export function drawScenarios(options: ScenarioOptions): Scenario[][] {
  const draw = createDraw(options.draw, options.keys, options.seed);
  return Array.from({ length: options.calls }, (_, call) => {
    const key = draw();
    return Array.from({ length: options.items }, (_, item) => scenarioOf(call * options.items + item, key));
  });
}
