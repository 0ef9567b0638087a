// The whole benchmark in small: servers are started, asked, their answers checked and the figures computed.
// It says nothing about speed. A peer that is not installed is left out, and the report must say so.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { BenchResults } from '../../bench/report/results.ts';
import { findCerbos } from '../../bench/servers/cerbos.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const PROGRAM = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));
const RUN_MS_MAX = 60_000;

/** One of every kind, in every group. */
const OF_OURS = [
  ...['unary-echo', 'disk-null', 'stream-echo', 'keys-million', 'keys-cold', 'cold'],
  ...['start-million', 'memory', 'half-postern', 'latency-echo'],
];
const OF_PEERS = ['batch-cerbos', 'latency-disk'];
const TABLES = ['half-postern'];

/** A machine that is busy with other tests stops a thread for longer than an evaluation may take. */
const PATIENT = 'POSTERN_POLICY__EVALUATION_MS_MAX=10000';

async function runSmall(figures: readonly string[]): Promise<{ results: BenchResults; report: string }> {
  const json = join(temporaryDirectory(), 'results.json');
  const words = [
    ...['--pairs', '1', '--seconds', '0.2', '--warm-up', '0.2', '--starts', '1', '--calls', '1000'],
    ...['--many-keys', '2000', '--source', '--set', PATIENT, '--only', figures.join(','), '--json', json],
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...words], {
    timeout: RUN_MS_MAX,
  });
  return { results: JSON.parse(readFileSync(json, 'utf8')) as BenchResults, report: stdout };
}

test(
  'a small run checks every answer and reports each figure that was asked for',
  async () => {
    const { results, report } = await runSmall([...OF_OURS, ...OF_PEERS]);
    const measured = findCerbos() === null ? OF_OURS : [...OF_OURS, ...OF_PEERS];
    const figures = measured.filter((id) => !TABLES.includes(id));
    expect(results.figures.map(({ id }) => id).sort()).toEqual(figures.toSorted());
    expect(results.leftOut).toHaveLength(OF_OURS.length + OF_PEERS.length - measured.length);
    for (const { id, values, value } of results.figures) {
      expect(report).toContain(`\`${id}\``);
      expect(values.length).toBeGreaterThan(0);
      expect(value.median).toBeGreaterThan(0);
    }

    const samples = results.groups.flatMap(({ rounds }) =>
      rounds.flatMap((round) => Object.values(round.samples)),
    );
    expect(results.groups.map(({ id }) => id)).toEqual([
      'unary',
      'half',
      'alone',
      'batch',
      'stream',
      'keys',
      'unseen',
      'cold',
    ]);
    for (const sample of samples) {
      expect(sample.calls).toBeGreaterThan(0);
      expect(sample.decisions).toBeGreaterThanOrEqual(sample.calls);
      expect(sample.peakBytes).toBeGreaterThan(10_000_000);
    }
    const decisions = samples.reduce((sum, sample) => sum + sample.decisions, 0);
    expect(results.checkedDecisions).toBe(decisions);
    expect(report).toContain(`${decisions.toLocaleString('en')} decisions, all of them right`);
  },
  RUN_MS_MAX,
);
