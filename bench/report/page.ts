// docs/benchmark.md: its prose is written by hand, what stands between the two marks is made from a run.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BenchResults } from './results.ts';
import { renderResults } from './tables.ts';

const PAGE = fileURLToPath(new URL('../../docs/benchmark.md', import.meta.url));
const BEGIN = '<!-- results: begin (made by npm run bench) -->';
const END = '<!-- results: end -->';

/** The page with these results. Throws when a mark is missing. */
export function pageWith(page: string, results: BenchResults): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error('the page has lost its marks');
  return `${page.slice(0, begin + BEGIN.length)}\n\n${renderResults(results)}\n${page.slice(end)}`;
}

export function writePage(results: BenchResults): void {
  writeFileSync(PAGE, pageWith(readFileSync(PAGE, 'utf8'), results));
}
