// Random inputs of the default policy: mostly well-formed, near the edge of being allowed, and some
// with a member that is missing or of another shape. All fictional.
import fc from 'fast-check';

const OWN = 'cmp_aurora';
const COMPANY = fc.constantFrom(OWN, OWN, OWN, OWN, OWN, 'cmp_borealis', '', null, 7);
const SCOPES = [
  'payments:*',
  'banks:*',
  'exports:*',
  'results:read',
  'accounts:read',
  'jobs:run',
  'payments:read',
];
const SCOPE = fc.constantFrom(...SCOPES, 'payments:create', 'banks:read', 'pay:*', '*', ':*', '');
const ENVIRONMENT = fc.constantFrom('live', 'live', 'live', 'live', 'test', null);
const STRANGE = fc.constantFrom(null, true, false, 0, 1.5, -3, 'x', '', [], [1], {}, { a: 1 });

/** A member to spoil: `null` takes it away, `[value]` puts another there. */
const SPOILT = fc.record({
  path: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
  by: fc.option(fc.tuple(STRANGE)),
});

function wellFormed(operations: readonly string[]) {
  return fc.record({
    request: fc.record({
      id: fc.constant('req-1'),
      operation: fc.constantFrom(...operations, 'nothing.known', ''),
      resource: fc.option(
        fc.record({
          type: fc.constant('bank'),
          id: fc.string(),
          company_id: COMPANY,
          attributes: fc.constant(null),
        }),
      ),
      claimed_company_ids: fc.option(fc.array(COMPANY, { maxLength: 2 })),
      source: fc.record({ ip: fc.option(fc.ipV4()), user_agent: fc.string() }),
      cost: fc.constantFrom(0, 1, 7, 50, 51, 1_000_000),
      context: fc.option(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 })),
      time: fc.constant('2030-01-01T00:00:00Z'),
      time_us: fc.constant(1_893_456_000_000_000),
    }),
    key: fc.record({
      id: fc.constant('key_1'),
      company_id: COMPANY,
      status: fc.constantFrom('active', 'active', 'active', 'active', 'active', 'revoked'),
      environment: ENVIRONMENT,
      scopes: fc.oneof(fc.constant(SCOPES), fc.array(SCOPE, { maxLength: 5 })),
      networks: fc.constant([]),
      labels: fc.constant({}),
    }),
    company: fc.record({
      id: COMPANY,
      status: fc.constantFrom('active', 'active', 'active', 'active', 'suspended'),
      plan: fc.constantFrom('standard', 'premium', 'unlimited', 'standard', 'unheard-of', null),
      labels: fc.constant({}),
    }),
    environment: ENVIRONMENT,
    signals: fc.constant([]),
  });
}

/** Inputs for a policy with these operations; about a quarter of them spoilt. */
export function policyInputs(operations: readonly string[]): fc.Arbitrary<unknown> {
  const spoilt = fc
    .tuple(wellFormed(operations), SPOILT)
    .map(([input, { path, by }]) => spoil(input, path, by));
  return fc.oneof({ weight: 3, arbitrary: wellFormed(operations) }, { weight: 1, arbitrary: spoilt });
}

/** A copy in which the member at a path of places is taken away or exchanged. */
function spoil(
  node: unknown,
  [place = 0, ...rest]: readonly number[],
  by: readonly unknown[] | null,
): unknown {
  if (typeof node !== 'object' || node === null) return node;
  const members = Object.entries(node);
  const [name, value] = members[place % Math.max(members.length, 1)] ?? [];
  if (name === undefined) return node;
  const changed: readonly unknown[] | null = rest.length > 0 ? [spoil(value, rest, by)] : by;
  const kept = members.flatMap(([other, member]): readonly (readonly [string, unknown])[] => {
    if (other !== name) return [[other, member]];
    return changed === null ? [] : [[other, changed[0]]];
  });
  return Array.isArray(node) ? kept.map(([, member]) => member) : Object.fromEntries(kept);
}
