// The benchmark's command line: `npm run bench -- --help`. Only a full run writes a results file and the page.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writePage } from './report/page.ts';
import type { BenchResults } from './report/results.ts';
import { renderResults } from './report/tables.ts';
import { runBench } from './run/bench-run.ts';
import { FIGURES } from './run/figure-list.ts';
import { type BenchOptions, parseOptions, USAGE } from './run/options.ts';
import { removeDirectories } from './servers/bench-directory.ts';
import { killServers } from './servers/server-process.ts';

const RESULTS = new URL('./results/', import.meta.url);

/** Named by date and commit; nothing is written over by another day's or commit's run. */
function keepResults(results: BenchResults): string {
  mkdirSync(RESULTS, { recursive: true });
  const path = fileURLToPath(new URL(`${results.startedAt.slice(0, 10)}-${results.commit}.json`, RESULTS));
  writeFileSync(path, `${JSON.stringify(results, null, 1)}\n`);
  writePage(results);
  return path;
}

async function measure(options: BenchOptions): Promise<void> {
  try {
    const results = await runBench(options, (line) => console.error(line));
    const { jsonPath, isFull } = options;
    if (jsonPath !== null) writeFileSync(jsonPath, `${JSON.stringify(results, null, 1)}\n`);
    console.log(renderResults(results));
    if (isFull) console.error(`kept in ${keepResults(results)}`);
  } finally {
    killServers();
    removeDirectories();
  }
}

async function run(words: readonly string[]): Promise<void> {
  if (words.includes('--help')) return console.log(USAGE);
  const options = parseOptions(words, process.env);
  if (options.listsFigures) {
    for (const { id, title } of FIGURES) console.log(`${id.padEnd(18)} ${title}`);
    return;
  }
  if (options.pageFrom !== null) {
    return writePage(JSON.parse(readFileSync(options.pageFrom, 'utf8')) as BenchResults);
  }
  await measure(options);
}

function stopAtOnce(): void {
  killServers();
  removeDirectories();
  process.exit(130);
}

process.once('SIGINT', stopAtOnce);
process.once('SIGTERM', stopAtOnce);
try {
  await run(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
