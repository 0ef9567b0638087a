// One run of the benchmark: servers and load generators are started, measured in turn, and ended in any case.

import { machine, revision, versions } from '../report/machine.ts';
import { type BenchResults, figureResult } from '../report/results.ts';
import { measureFsyncMs } from '../servers/bench-directory.ts';
import { NODE_ARGUMENTS } from '../servers/postern.ts';
import type { Group, GroupResult, ServerId } from './contestant.ts';
import type { BenchOptions } from './options.ts';
import { RoundRunner } from './rounds.ts';
import { type Selection, selectFigures } from './selection.ts';
import { absentServers, FEW_KEYS, findPeers, type Peers, ServerPool } from './server-pool.ts';

type Tell = (line: string) => void;

/** Throws when a figure is unknown, a server does not start, or an answer is wrong. */
export async function runBench(bench: BenchOptions, tell: Tell): Promise<BenchResults> {
  const startedAt = new Date();
  const peers = await findPeers(bench.opa);
  const selection = selectFigures(bench.only, absentServers(peers));
  for (const { figure, missing } of selection.leftOut) tell(`left out: ${figure.id}, there is no ${missing}`);
  const { fromSource, manyKeys, settings } = bench;
  const pool = new ServerPool({ fromSource, manyKeys, settings, peers });
  const groups: GroupResult[] = [];
  const resultOf = (id: string) => groups.find((group) => group.id === id);
  const runner = new RoundRunner({ bench, pool, resultOf, tell });
  try {
    for (const [place, group] of selection.groups.entries()) {
      await pool.keepOnly(serversOf(selection.groups.slice(place)));
      groups.push(await runner.run(group));
    }
    await pool.keepOnly(new Set());
    await measureStarts(selection, { bench, pool, tell });
    const measured = { groups, startsMs: pool.startsMs };
    return {
      startedAt: startedAt.toISOString(),
      tookSeconds: (Date.now() - startedAt.getTime()) / 1_000,
      ...revision(),
      machine: machine(measureFsyncMs()),
      versions: versions(peers),
      settings: settingsOf(bench, peers),
      checkedDecisions: runner.checkedDecisions,
      figures: selection.figures.flatMap((figure) => figureResult(figure, measured) ?? []),
      leftOut: selection.leftOut.map(({ figure, missing }) => `${figure.title} (there is no ${missing})`),
      servers: [...pool.startsMs].map(([id, startsMs]) => ({ id, startsMs })),
      groups: groups.map((group) => ({ ...group, contestants: titlesOf(selection.groups, group.id) })),
    };
  } finally {
    runner.close();
    await pool.keepOnly(new Set());
  }
}

function serversOf(groups: readonly Group[]): Set<ServerId> {
  return new Set(groups.flatMap(({ contestants }) => contestants.map(({ server }) => server)));
}

function titlesOf(groups: readonly Group[], id: string) {
  const contestants = groups.find((group) => group.id === id)?.contestants ?? [];
  return contestants.map(({ id: name, title, server }) => ({ id: name, title, server }));
}

/** Starts are measured while nothing else runs. */
async function measureStarts(
  { figures }: Selection,
  { bench, pool, tell }: { readonly bench: BenchOptions; readonly pool: ServerPool; readonly tell: Tell },
): Promise<void> {
  for (const figure of figures) {
    if (figure.kind !== 'start') continue;
    for (let start = 0; start < bench.starts; start += 1) {
      const { startToReadyMs } = await pool.get(figure.server);
      await pool.keepOnly(new Set());
      tell(`${figure.id} ${start + 1}/${bench.starts}: ${Math.round(startToReadyMs)} ms`);
    }
  }
}

function settingsOf(bench: BenchOptions, peers: Peers): BenchResults['settings'] {
  const { pairs, seconds, warmUpSeconds, manyKeys, calls, fromSource } = bench;
  return {
    pairs,
    'seconds a run': seconds,
    'seconds of warm-up': warmUpSeconds,
    'keys of the small registry': FEW_KEYS,
    'keys of the large registry': manyKeys,
    'prepared calls': calls,
    ...bench.settings,
    program: fromSource ? 'src' : 'build',
    ...(NODE_ARGUMENTS.length === 0 ? {} : { 'arguments of node': NODE_ARGUMENTS.join(' ') }),
    ...(peers.cerbos === null ? { cerbos: 'not installed' } : {}),
  };
}
