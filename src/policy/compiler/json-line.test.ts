// A member is found where a reader would look for it, also when names hold dots or braces.
import { expect, test } from 'vitest';
import { lineOfPath } from './json-line.ts';

const TEXT = `{
  "a": { "cost": 1, "text": "} \\" {" },
  "a.b": {
    "cost": 2,
    "list": [
      { "cost": 3 }
    ]
  },
  "cost": "a.b"
}`;

test.each([
  [[], 1],
  [['a'], 2],
  [['a', 'cost'], 2],
  [['a.b'], 3],
  [['a.b', 'cost'], 4],
  [['a.b', 'list'], 5],
  [['a.b', 'list', '0'], 5],
  [['cost'], 9],
])('%j stands in line %i', (path, line) => {
  expect(lineOfPath(TEXT, path)).toBe(line);
});

test('a missing member is told at the line of its parent', () => {
  expect(lineOfPath(TEXT, ['a.b', 'missing'])).toBe(3);
  expect(lineOfPath(TEXT, ['a', 'b', 'missing'])).toBe(2);
  expect(lineOfPath(TEXT, ['missing'])).toBe(1);
});
