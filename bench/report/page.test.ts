// The page keeps its prose whatever a run says.
import { expect, test } from 'vitest';
import { pageWith } from './page.ts';
import type { BenchResults } from './results.ts';

const RESULTS: BenchResults = {
  startedAt: '2026-01-02T03:04:05.000Z',
  tookSeconds: 12,
  commit: '0123456789',
  dirty: false,
  machine: { cores: '2' },
  versions: { node: '24.0.0' },
  settings: { pairs: 7 },
  checkedDecisions: 1_234_567,
  figures: [
    {
      id: 'unary-echo',
      title: 'unary / echo',
      value: { median: 0.8, low: 0.7, high: 0.9, confidence: 0.98 },
      values: [0.7, 0.8, 0.9],
      goals: { better: 'higher', reach: 0.75, goFor: 0.9 },
      verdict: 'reached',
    },
  ],
  leftOut: [],
  servers: [{ id: 'echo', startsMs: [150] }],
  groups: [],
};

const PAGE = [
  '# Prose',
  '<!-- results: begin (made by npm run bench) -->',
  'old table',
  '<!-- results: end -->',
  'more prose',
].join('\n');

test('results replace results and leave the prose', () => {
  const page = pageWith(PAGE, RESULTS);
  expect(page).toMatch(/^# Prose\n/);
  expect(page).toMatch(/\nmore prose$/);
  expect(page).not.toContain('old table');
  expect(page).toContain('| unary / echo | `unary-echo` | 0.80 | 0.70 – 0.90 | >= 0.75 | >= 0.9 | reached |');
  expect(page).toContain('1,234,567 decisions, all of them right');
  expect(pageWith(page, RESULTS)).toBe(page);
});

test('a page without marks is left alone', () => {
  expect(() => pageWith('# Prose', RESULTS)).toThrow('the page has lost its marks');
});
