// Every keyword of the schemas of our data is enforced by `policy check`, each once, whichever OPA there is:
// OPA's own validator passed over some of them.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copyOfPolicies, DEFAULT_POLICIES } from '../../../test/support/policy/policy-directory.ts';
import { NO_NAME, type SchemaFault, schemaFaults } from '../../../test/support/policy/schema-faults.ts';
import { checkPolicies } from './check-policies.ts';
import { findOpa } from './opa-binary.ts';

const RATE = { count: 60, period_ms: 60_000, burst: 60 };
const LIMIT = { subject: 'company', ...RATE, cost: 1 };
const LIMITS = Object.fromEntries(Array.from({ length: 17 }, (_, number) => [`l${number}`, LIMIT]));
const PLAN = { base: { key: RATE, company: RATE }, limits: LIMITS };
const OPERATION = {
  scope: 'payments:create',
  sensitivity: 'normal',
  cost: 2,
  cost_max: 3,
  limits: ['l0'],
  resource_owner: 'none',
};

/** The release that bundles are built with, and the current ones that are at hand. */
const current = [process.env['POSTERN_OPA'] ?? '', ...globSync('.cache/opa-*/opa')].filter(existsSync);
const compilers = await Promise.all([
  findOpa({ pinned: true }),
  ...current.map((path) => findOpa({ env: { POSTERN_OPA: resolve(path) } })),
]);

const schemaOf = (name: string) =>
  JSON.parse(readFileSync(join(DEFAULT_POLICIES, `schemas/${name}.json`), 'utf8'));

/** One entry with each fault, `entry0`, `entry1`, …, and one whose name is none. */
function faultyEntries(name: string, sound: unknown) {
  const { $schema, title, type, propertyNames, additionalProperties, ...others } = schemaOf(name);
  expect([$schema, title, type]).toEqual([
    'http://json-schema.org/draft-07/schema#',
    expect.any(String),
    'object',
  ]);
  expect([Object.keys(propertyNames), Object.keys(others)]).toEqual([['pattern'], []]);
  const faults: SchemaFault[] = schemaFaults(additionalProperties, sound);
  const entries = Object.fromEntries(faults.map(({ value }, number) => [`entry${number}`, value]));
  const places = faults.map(({ place }, number) => [`entry${number}`, ...place].join('.'));
  return { faults, entries: { ...entries, [NO_NAME]: sound }, places: [...places, NO_NAME] };
}

const PLANS = faultyEntries('plans', PLAN);
const OPERATIONS = faultyEntries('operations', OPERATION);

test('the faults are of every keyword that the schemas have', () => {
  const keywordsOf = ({ faults }: typeof PLANS) =>
    [...new Set(faults.map(({ keyword }) => keyword))].toSorted();
  const everywhere = ['additionalProperties', 'enum', 'maximum', 'minimum', 'required', 'type'];
  expect(keywordsOf(PLANS)).toEqual([...everywhere, 'propertyNames'].toSorted());
  expect(keywordsOf(OPERATIONS)).toEqual(
    [...everywhere, 'anyOf', 'maxItems', 'pattern', 'uniqueItems'].toSorted(),
  );
});

describe.each(compilers)('with OPA $version', (opa) => {
  test.each([
    ['plans', PLANS, { plans: PLANS.entries, operations: {} }],
    ['operations', OPERATIONS, { plans: { standard: PLAN }, operations: OPERATIONS.entries }],
  ])('each keyword of schemas/%s.json is enforced, and told once', async (name, { places }, data) => {
    const directory = copyOfPolicies({
      'plans/data.json': JSON.stringify(data.plans, null, 2),
      'operations/data.json': JSON.stringify(data.operations, null, 2),
    });
    const findings = await checkPolicies(directory, { opa });
    const told = findings.map(({ message }) => message.slice(0, message.indexOf(': ')));
    expect(told.toSorted()).toEqual(places.toSorted());
    expect(new Set(findings.map(({ file }) => file))).toEqual(new Set([`${name}/data.json`]));
    expect(Math.min(...findings.map(({ line }) => line))).toBeGreaterThan(1);
  });

  test('data of a policy’s own are held to a schema of its own, patterns in texts and names included', async () => {
    const pattern = '^[a-z]+$';
    const findings = await checkPolicies(
      copyOfPolicies({
        'schemas/teams.json': JSON.stringify({
          type: 'object',
          propertyNames: { pattern },
          additionalProperties: { type: 'string', pattern },
        }),
        'teams/data.json': '{\n  "Retail": "aurora",\n  "trade": "Borealis"\n}\n',
      }),
      { opa },
    );
    expect(findings.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([
      `teams/data.json:2 Retail: must match ${pattern}`,
      `teams/data.json:3 trade: must match ${pattern}`,
    ]);
  });

  test('sound data have no findings', async () => {
    const directory = copyOfPolicies({
      'plans/data.json': JSON.stringify({ standard: PLAN }),
      'operations/data.json': JSON.stringify({ 'payments.create': OPERATION }),
    });
    expect(await checkPolicies(directory, { opa })).toEqual([]);
  });
});

const opa = await findOpa({ pinned: true });
const problemsWith = async (schema: string) =>
  (await checkPolicies(copyOfPolicies({ 'schemas/plans.json': schema }), { opa })).filter(
    ({ rule }) => rule === 'data',
  );

test('a keyword that the validator does not know is a finding, never passed over', async () => {
  expect(await problemsWith('{ "type": "object", "patern": "^a$" }')).toEqual([
    {
      rule: 'data',
      file: 'schemas/plans.json',
      line: 0,
      message: expect.stringMatching(
        /^The file is not a JSON Schema \(draft 7\) that can be used: .*"patern"/,
      ),
    },
  ]);
});

test('a schema that is not JSON is a finding', async () => {
  expect(await problemsWith('{')).toMatchObject([{ file: 'schemas/plans.json', message: /not JSON/ }]);
});
