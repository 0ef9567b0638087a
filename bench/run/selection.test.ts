// What a choice of figures measures.
import { expect, test } from 'vitest';
import { FIGURES } from './figure-list.ts';
import { GROUPS } from './groups.ts';
import { selectFigures } from './selection.ts';

test('everything is measured once when nothing is chosen', () => {
  const { figures, groups, leftOut } = selectFigures(null, []);
  expect(figures).toHaveLength(FIGURES.length);
  expect(leftOut).toEqual([]);
  expect(groups.map(({ id }) => id)).toEqual(GROUPS.map(({ id }) => id));
});

test('a ratio that is chosen measures its two sides and nothing else', () => {
  const { groups } = selectFigures(['two-opa'], []);
  expect(groups.map(({ id, contestants }) => [id, contestants.map((one) => one.id)])).toEqual([
    ['unary', ['postern-two', 'opa']],
  ]);
});

test('a pace of half the rate measures the rate first', () => {
  const { groups } = selectFigures(['half-postern'], []);
  expect(groups.map(({ id }) => id)).toEqual(['unary', 'half']);
});

test('figures whose peer is not installed are named as left out, and nothing of that peer is started', () => {
  const absent = ['cerbos', 'cerbos-audit', 'cerbos-audit-file', 'opa'] as const;
  const { figures, groups, leftOut } = selectFigures(null, absent);
  const servers = new Set(groups.flatMap(({ contestants }) => contestants.map(({ server }) => server)));
  expect([...servers].filter((server) => /cerbos|opa/.test(server))).toEqual([]);
  expect(leftOut.map(({ figure }) => figure.id)).toEqual(
    FIGURES.map(({ id }) => id).filter((id) => /cerbos|opa|latency-(process|disk)/.test(id)),
  );
  expect(figures.length + leftOut.length).toBe(FIGURES.length);
});

test('a name that is no figure is refused', () => {
  expect(() => selectFigures(['unary-ecko'], [])).toThrow('no such figure: unary-ecko');
});

test('every figure has a name of its own, and its contestants are in its group', () => {
  expect(new Set(FIGURES.map(({ id }) => id)).size).toBe(FIGURES.length);
  const names = GROUPS.flatMap(({ id, contestants }) => contestants.map((one) => `${id} ${one.id}`));
  for (const figure of FIGURES) {
    if (figure.kind !== 'ratio') continue;
    expect(names).toContain(`${figure.group} ${figure.above}`);
    expect(names).toContain(`${figure.group} ${figure.below}`);
  }
});
