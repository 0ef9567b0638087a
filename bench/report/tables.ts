// The tables of a run in Markdown: for the terminal and for docs/benchmark.md.
import type { Sample } from '../run/contestant.ts';
import type { BenchResults, FigureResult } from './results.ts';
import { median } from './statistics.ts';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Three digits that say something. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(value >= 10 ? 1 : 2);
}

function goal(figure: FigureResult, value: number | null | undefined): string {
  if (figure.goals === null || value === null || value === undefined) return '–';
  return `${figure.goals.better === 'higher' ? '>=' : '<='} ${value}`;
}

const VERDICTS = { missed: '**missed**', reached: 'reached', 'went for': 'went for and got', 'no goal': '' };

function interval({ value, values }: FigureResult): string {
  if (values.length < 2) return '';
  const share = value.confidence >= 0.95 ? '' : ` (${Math.round(value.confidence * 100)} %)`;
  return `${short(value.low)} – ${short(value.high)}${share}`;
}

function figureTables(results: BenchResults): string[] {
  const wanted = results.figures.filter(({ goals }) => goals !== null);
  const further = results.figures.filter(({ goals }) => goals === null);
  const row = (figure: FigureResult) => [
    figure.title,
    `\`${figure.id}\``,
    short(figure.value.median),
    interval(figure),
  ];
  return [
    wanted.length === 0
      ? ''
      : table(
          ['figure', 'name', 'median', 'interval', 'reach', 'go for', ''],
          wanted.map((figure) => [
            ...row(figure),
            goal(figure, figure.goals?.reach),
            goal(figure, figure.goals?.goFor),
            VERDICTS[figure.verdict],
          ]),
        ),
    further.length === 0 ? '' : table(['further ratio', 'name', 'median', 'interval'], further.map(row)),
  ];
}

const COLUMNS: readonly (readonly [title: string, of: (sample: Sample) => number])[] = [
  ['decisions/s', (sample) => sample.decisionsPerSecond],
  ['a CPU-second', (sample) => sample.decisionsPerCpuSecond],
  ['p50 ms', (sample) => sample.latencyMs.p50],
  ['p99 ms', (sample) => sample.latencyMs.p99],
  ['p99.9 ms', (sample) => sample.latencyMs.p999],
  ['peak MB', (sample) => sample.peakBytes / 1_000_000],
];

function groupTables(results: BenchResults): string[] {
  return results.groups.map(({ title, contestants, rounds }) => {
    const rows = contestants.map(({ id, title: name }) => {
      const samples = rounds.flatMap(({ samples: all }) => all[id] ?? []);
      return [name, ...COLUMNS.map(([, of]) => short(median(samples.map(of))))];
    });
    return `**${title}**\n\n${table(['server', ...COLUMNS.map(([name]) => name)], rows)}`;
  });
}

function startTable({ servers }: BenchResults): string {
  const rows = servers.map(({ id, startsMs }) => [id, short(median(startsMs)), String(startsMs.length)]);
  return `**From exec to serving**\n\n${table(['server', 'median ms', 'starts'], rows)}`;
}

function facts(results: BenchResults): string {
  const { machine, versions, settings, commit, dirty, startedAt, checkedDecisions } = results;
  const list = (values: Readonly<Record<string, unknown>>) =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', ');
  return [
    `- commit ${commit}${dirty ? ' with changes' : ''}, ${startedAt.slice(0, 10)}, in ${Math.round(results.tookSeconds)} s`,
    `- machine: ${list(machine)}`,
    `- versions: ${list(versions)}`,
    `- settings: ${list(settings)}`,
    `- answers checked: ${checkedDecisions.toLocaleString('en')} decisions, all of them right`,
    ...results.leftOut.map((one) => `- left out: ${one}`),
  ].join('\n');
}

/** Everything that a run has to say. */
export function renderResults(results: BenchResults): string {
  const parts = [facts(results), ...figureTables(results), ...groupTables(results), startTable(results)];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
