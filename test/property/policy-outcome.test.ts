// Law: garbage from a policy never allows. Whatever text comes out of the evaluation, the decision allows
// only for an answer of exactly the contract's shape that says so.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { authorize } from '../../src/core/decide.ts';
import { parsePolicyOutcome } from '../../src/core/policy-outcome.ts';
import { campaignRuns } from '../support/campaign.ts';

const ITEM = {
  resource: null,
  claimedCompanyIds: [],
  faults: { resourceMalformed: false, claimMalformed: false },
};

function isAllowed(output: string): boolean {
  const parsed = parsePolicyOutcome(output);
  return authorize(ITEM, 'cmp_aurora', parsed.ok ? parsed.outcome : null).reason === 'allowed';
}

const GOOD = {
  allow: true,
  reason: 'allowed',
  code: '',
  cost: 1,
  limits: [{ name: 'writes', subject: 'key', count: 1, period_ms: 1, burst: 1, cost: 1 }],
  obligations: [{ name: 'mask', parameters: { a: 1 } }],
  labels: { a: 'b' },
};

test('an answer is read at all: the unharmed one allows', () => {
  expect(isAllowed(JSON.stringify(GOOD))).toBe(true);
});

test('random text and random JSON never allow', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (output) => {
      expect(isAllowed(output)).toBe(false);
    }),
    campaignRuns(50_000),
  );
});

test('a good answer cut short never allows', () => {
  const text = JSON.stringify(GOOD);
  for (let end = 0; end < text.length; end++) expect(isAllowed(text.slice(0, end))).toBe(false);
});

type Path = readonly (string | number)[];

/** Places of all members of a value. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...path, name]));
  return path.length === 0 ? inner : [path, ...inner];
}

/** A copy with one member exchanged, or left out when the value is undefined. */
function exchanged(value: unknown, path: Path, by: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...Object(value) };
  copy[name] = exchanged(copy[name], rest, by);
  return copy;
}

/** Members whose change to another value of the right kind is still a good answer. */
function keepsShape(path: Path): boolean {
  return path[0] === 'labels' || path[0] === 'obligations' || path[0] === 'limits';
}

test('a good answer with one of its own members of another kind never allows', () => {
  const odd = fc.constantFrom<unknown>(null, undefined, [], {}, true, false, -1, 0.5, 2 ** 53, 'x', '');
  const place = fc.constantFrom(...pathsOf(GOOD).filter((path) => path.length === 1 || !keepsShape(path)));
  fc.assert(
    fc.property(place, odd, (path, value) => {
      const [name] = path;
      // These are other good answers.
      const isGood =
        (name === 'allow' && value === true) ||
        (name === 'code' && (value === '' || value === 'x')) ||
        ((name === 'limits' || name === 'obligations') && Array.isArray(value)) ||
        (name === 'labels' && typeof value === 'object' && value !== null && !Array.isArray(value));
      expect(isAllowed(JSON.stringify(exchanged(GOOD, path, value)))).toBe(isGood);
    }),
    campaignRuns(5_000),
  );
});
