// The figures: what is divided by what, and what it must reach.
import type { Figure, Goals, Measure, RatioFigure } from './figures.ts';

type RatioParts = Pick<RatioFigure, 'group' | 'above' | 'below' | 'measure'>;

function ratio(id: string, title: string, parts: RatioParts, goals: Goals | null = null): RatioFigure {
  return { kind: 'ratio', id, title, goals, ...parts };
}

function rates(group: string, above: string, below: string): RatioParts {
  return { group, above, below, measure: 'rate' };
}

function costs(above: string, below: string): RatioParts {
  return { group: 'unary', above, below, measure: 'rate a CPU-second' };
}

function waits(above: string, below: string, measure: Measure = 'p50'): RatioParts {
  return { group: 'alone', above, below, measure };
}

const atLeast = (reach: number, goFor: number | null): Goals => ({ better: 'higher', reach, goFor });
const atMost = (reach: number, goFor: number | null): Goals => ({ better: 'lower', reach, goFor });

/** Of the issue that this is built for, in its order. */
const WANTED: readonly Figure[] = [
  ratio(
    'unary-echo',
    'unary, one evaluator / empty echo',
    rates('unary', 'postern', 'echo'),
    atLeast(0.75, 0.9),
  ),
  ratio(
    'two-cerbos',
    'unary, two evaluators / Cerbos with audit',
    rates('unary', 'postern-two', 'cerbos-audit'),
    atLeast(1.5, 2.2),
  ),
  ratio(
    'two-opa',
    'unary, two evaluators / OPA REST',
    rates('unary', 'postern-two', 'opa'),
    atLeast(1.5, 2.2),
  ),
  ratio(
    'cpu-cerbos',
    'decisions a CPU-second, unary, one evaluator / Cerbos with audit',
    costs('postern', 'cerbos-audit'),
    atLeast(1.8, 2.5),
  ),
  ratio(
    'batch-cerbos',
    'BatchCheck(50), one evaluator / Cerbos with audit, batch of 50',
    rates('batch', 'postern', 'cerbos-audit'),
    atLeast(1.5, 3),
  ),
  ratio(
    'stream-echo',
    'StreamCheck, one evaluator / empty grpc-js stream',
    rates('stream', 'postern', 'echo'),
    atLeast(0.7, 0.9),
  ),
  ratio(
    'latency-process',
    'p50 with one call in flight: `process` / Cerbos with audit',
    waits('postern-process', 'cerbos-audit'),
    atMost(1.1, 0.7),
  ),
  ratio(
    'latency-disk',
    'p50 with one call in flight: `disk` / (Cerbos with audit + fsync)',
    waits('postern', 'cerbos-audit', 'p50 and fsync'),
    atMost(1.1, 0.8),
  ),
  ratio(
    'keys-million',
    'large registry / 1,000 keys, uniform',
    rates('keys', 'many-uniform', 'few-uniform'),
    atLeast(0.95, null),
  ),
  {
    kind: 'start',
    id: 'start-million',
    title: 'start to ready, large registry, seconds',
    server: 'postern-million',
    goals: atMost(1, null),
  },
  {
    kind: 'memory',
    id: 'memory',
    title: 'peak memory after unary, batches and streams, one evaluator, MB',
    server: 'postern',
    groups: ['unary', 'batch', 'stream'],
    goals: atMost(150, 120),
  },
];

const FURTHER: readonly Figure[] = [
  ratio('one-cerbos', 'unary, one evaluator / Cerbos with audit', rates('unary', 'postern', 'cerbos-audit')),
  ratio('one-cerbos-off', 'unary, one evaluator / Cerbos, audit off', rates('unary', 'postern', 'cerbos')),
  ratio(
    'two-cerbos-off',
    'unary, two evaluators / Cerbos, audit off',
    rates('unary', 'postern-two', 'cerbos'),
  ),
  ratio(
    'two-cerbos-file',
    'unary, two evaluators / Cerbos with audit to a file',
    rates('unary', 'postern-two', 'cerbos-audit-file'),
  ),
  ratio('one-opa', 'unary, one evaluator / OPA REST', rates('unary', 'postern', 'opa')),
  ratio('two-one', 'unary, two evaluators / one', rates('unary', 'postern-two', 'postern')),
  ratio('disk-process', 'unary, `disk` / `process`', rates('unary', 'postern', 'postern-process')),
  ratio('disk-null', 'unary, `disk` / null leaf writer', rates('unary', 'postern', 'postern-null')),
  ratio(
    'evaluated',
    'unary, every check evaluated / answers remembered',
    rates('unary', 'postern-evaluating', 'postern'),
  ),
  ratio(
    'evaluated-cerbos',
    'unary, one evaluator, every check evaluated / Cerbos with audit',
    rates('unary', 'postern-evaluating', 'cerbos-audit'),
  ),
  ratio(
    'cpu-evaluated-cerbos',
    'decisions a CPU-second, unary, every check evaluated / Cerbos with audit',
    costs('postern-evaluating', 'cerbos-audit'),
  ),
  ratio(
    'batch-evaluated-cerbos',
    'BatchCheck(50), one evaluator, every check evaluated / Cerbos with audit',
    rates('batch', 'postern-evaluating', 'cerbos-audit'),
  ),
  ratio(
    'cpu-cerbos-two',
    'decisions a CPU-second, unary, two evaluators / Cerbos with audit',
    costs('postern-two', 'cerbos-audit'),
  ),
  ratio('cpu-opa', 'decisions a CPU-second, unary, one evaluator / OPA REST', costs('postern', 'opa')),
  ratio('cpu-echo', 'decisions a CPU-second, unary, one evaluator / empty echo', costs('postern', 'echo')),
  ratio(
    'batch-two-cerbos',
    'BatchCheck(50), two evaluators / Cerbos with audit, batch of 50',
    rates('batch', 'postern-two', 'cerbos-audit'),
  ),
  ratio(
    'batch-cerbos-off',
    'BatchCheck(50), one evaluator / Cerbos, audit off, batch of 50',
    rates('batch', 'postern', 'cerbos'),
  ),
  ratio(
    'stream-two-echo',
    'StreamCheck, two evaluators / empty grpc-js stream',
    rates('stream', 'postern-two', 'echo'),
  ),
  ratio(
    'latency-cerbos-off',
    'p50 with one call in flight: `process` / Cerbos, audit off',
    waits('postern-process', 'cerbos'),
  ),
  ratio('latency-opa', 'p50 with one call in flight: `process` / OPA REST', waits('postern-process', 'opa')),
  ratio(
    'latency-echo',
    'p50 with one call in flight: `process` / empty echo',
    waits('postern-process', 'echo'),
  ),
  ratio('zipf', '1,000 keys, Zipf / uniform', rates('keys', 'few-zipf', 'few-uniform')),
  ratio(
    'zipf-million',
    'large registry, Zipf / 1,000 keys, uniform',
    rates('keys', 'many-zipf', 'few-uniform'),
  ),
  ratio(
    'keys-cold',
    'large registry, keys never seen / 1,000 keys, uniform',
    rates('unseen', 'many-cold', 'few-uniform'),
  ),
  ratio('cold', 'p50 with one call in flight: keys never seen / keys in memory', {
    group: 'cold',
    above: 'cold-keys',
    below: 'known-keys',
    measure: 'p50',
  }),
  {
    kind: 'start',
    id: 'start',
    title: 'start to ready, 1,000 keys, seconds',
    server: 'postern',
    goals: null,
  },
  {
    kind: 'table',
    id: 'half-rate',
    title: 'latencies at half of the maximum rate',
    group: 'half',
    contestants: null,
    goals: null,
  },
  {
    kind: 'table',
    id: 'half-postern',
    title: 'the same of one evaluator only',
    group: 'half',
    contestants: ['postern'],
    goals: null,
  },
];

export const FIGURES: readonly Figure[] = [...WANTED, ...FURTHER];
