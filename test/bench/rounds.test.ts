// One wrong answer ends the benchmark: there is no figure of a server that answers wrongly.
import { expect, onTestFinished, test } from 'vitest';
import type { Contestant } from '../../bench/run/contestant.ts';
import { parseOptions } from '../../bench/run/options.ts';
import { RoundRunner } from '../../bench/run/rounds.ts';
import { ServerPool } from '../../bench/run/server-pool.ts';
import { removeDirectories } from '../../bench/servers/bench-directory.ts';

const bench = parseOptions(['--pairs', '2', '--seconds', '0.1', '--warm-up', '0.1', '--calls', '100'], {});

function startRunner(): { readonly runner: RoundRunner; readonly told: string[] } {
  const peers = { cerbos: null, opa: null };
  const pool = new ServerPool({ manyKeys: 100, fromSource: true, settings: {}, peers });
  const told: string[] = [];
  const runner = new RoundRunner({
    bench,
    pool,
    resultOf: () => undefined,
    tell: (line) => told.push(line),
  });
  onTestFinished(async () => {
    runner.close();
    await pool.keepOnly(new Set());
    removeDirectories();
  });
  return { runner, told };
}

const ECHO: Contestant = {
  id: 'one',
  title: 'the echo',
  server: 'echo',
  protocol: 'echo',
  items: 1,
  keys: 'few',
  draw: 'uniform',
  connections: 2,
  inFlight: 8,
};

const group = (...contestants: Contestant[]) => ({
  id: 'unary',
  title: 'g',
  pace: 'closed' as const,
  contestants,
});

test('a server that answers right has a sample in every round', async () => {
  const { runner, told } = startRunner();
  const { rounds } = await runner.run(group(ECHO, { ...ECHO, id: 'two' }));
  expect(rounds.map(({ samples }) => Object.keys(samples))).toEqual([
    ['one', 'two'],
    ['two', 'one'],
  ]);
  const decisions = rounds.flatMap(({ samples }) => Object.values(samples).map((sample) => sample.decisions));
  expect(runner.checkedDecisions).toBe(decisions.reduce((sum, one) => sum + one, 0));
  expect(Math.min(...decisions)).toBeGreaterThan(0);
  expect(rounds.every(({ fsyncMs }) => fsyncMs > 0)).toBe(true);
  expect(told).toHaveLength(bench.pairs);
});

test('a wrong answer ends the run and says whose it was, already in the warm-up', async () => {
  const { runner, told } = startRunner();
  const wrong: Contestant = { ...ECHO, title: 'the wrong one', protocol: 'postern-check' };
  await expect(runner.run(group(ECHO, wrong))).rejects.toThrow(
    /the wrong one: (\d+) of \1 calls were answered wrongly, first req-\d+/,
  );
  expect(told).toEqual([]);
});
