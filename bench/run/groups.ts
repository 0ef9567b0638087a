// What is measured side by side. Within a group all contestants take turns, so that a machine that becomes
// slower becomes so for all of them.
import type { Contestant, Group, ServerId } from './contestant.ts';

/** Enough that two evaluators are always busy. The others are with a quarter of it, and lose nothing by more. */
const UNARY = { connections: 8, inFlight: 256 } as const;
/** HTTP/1.1 has one call in flight on each connection. */
const REST = { connections: 16, inFlight: 16 } as const;
const BATCHES = { connections: 4, inFlight: 8 } as const;
const STREAMS = { connections: 4, inFlight: 256 } as const;
const ALONE = { connections: 1, inFlight: 1 } as const;

export const BATCH_ITEMS = 50;

const NAMES: Readonly<Record<ServerId, string>> = {
  echo: 'empty grpc-js echo',
  postern: 'Postern, one evaluator, `disk`',
  'postern-process': 'Postern, one evaluator, `process`',
  'postern-null': 'Postern, one evaluator, null leaf writer',
  'postern-evaluating': 'Postern, one evaluator, `disk`, every check evaluated',
  'postern-two': 'Postern, two evaluators, `disk`',
  'postern-million': 'Postern, one evaluator, `disk`, large registry',
  cerbos: 'Cerbos gRPC, audit off',
  'cerbos-audit': 'Cerbos gRPC, audit on (local store)',
  'cerbos-audit-file': 'Cerbos gRPC, audit on (file)',
  opa: 'OPA REST',
};

const FEW = { items: 1, keys: 'few', draw: 'uniform' } as const;

/** One decision a call, in the server's own protocol. */
function unary(server: ServerId): Contestant {
  const named = { id: server, title: NAMES[server], server, ...FEW };
  if (server === 'opa') return { ...named, protocol: 'opa-rest', ...REST };
  if (server.startsWith('cerbos')) return { ...named, protocol: 'cerbos-check', ...UNARY };
  return { ...named, protocol: server === 'echo' ? 'echo' : 'postern-check', ...UNARY };
}

function batch(server: ServerId): Contestant {
  const protocol = server.startsWith('cerbos') ? 'cerbos-check' : 'postern-batch';
  return { ...unary(server), protocol, items: BATCH_ITEMS, ...BATCHES };
}

function stream(server: ServerId): Contestant {
  return { ...unary(server), protocol: server === 'echo' ? 'echo-stream' : 'postern-stream', ...STREAMS };
}

function alone(server: ServerId): Contestant {
  return { ...unary(server), ...ALONE };
}

function drawn(server: ServerId, over: Pick<Contestant, 'id' | 'title' | 'keys' | 'draw'>): Contestant {
  return { ...unary(server), ...over };
}

const SINGLES: readonly ServerId[] = [
  ...(['echo', 'postern', 'postern-process', 'postern-null', 'postern-evaluating'] as const),
  ...(['postern-two', 'cerbos-audit', 'cerbos-audit-file', 'cerbos', 'opa'] as const),
];

/** What they show, they show at full rate. */
const UNPACED: readonly ServerId[] = ['postern-null', 'postern-evaluating'];

const LATENCIES: readonly ServerId[] = [
  ...(['echo', 'postern', 'postern-process', 'cerbos-audit', 'cerbos', 'opa'] as const),
];

const FEW_UNIFORM = drawn('postern', {
  id: 'few-uniform',
  title: '1,000 keys, uniform',
  keys: 'few',
  draw: 'uniform',
});

const REGISTRIES: readonly Contestant[] = [
  FEW_UNIFORM,
  drawn('postern-million', {
    id: 'many-uniform',
    title: 'large registry, uniform',
    keys: 'many',
    draw: 'uniform',
  }),
  drawn('postern', { id: 'few-zipf', title: '1,000 keys, Zipf', keys: 'few', draw: 'zipf' }),
  drawn('postern-million', { id: 'many-zipf', title: 'large registry, Zipf', keys: 'many', draw: 'zipf' }),
];

/** Apart, because they leave the caches full of keys that no other call asks for. */
const UNSEEN: readonly Contestant[] = [
  FEW_UNIFORM,
  drawn('postern-million', {
    id: 'many-cold',
    title: 'large registry, keys never seen',
    keys: 'unseen',
    draw: 'uniform',
  }),
];

/** The same server and database: keys that the evaluator has in memory, and keys that it never saw. */
const MISSES: readonly Contestant[] = [
  { ...alone('postern-million'), id: 'known-keys', title: 'keys in memory', keys: 'few' },
  { ...alone('postern-million'), id: 'cold-keys', title: 'keys never seen', keys: 'unseen' },
];

export const GROUPS: readonly Group[] = [
  { id: 'unary', title: 'One decision a call', pace: 'closed', contestants: SINGLES.map(unary) },
  {
    id: 'half',
    title: 'One decision a call, paced at half of the maximum rate',
    pace: 'half',
    contestants: SINGLES.filter((one) => !UNPACED.includes(one)).map(unary),
  },
  { id: 'alone', title: 'One call in flight', pace: 'closed', contestants: LATENCIES.map(alone) },
  {
    id: 'batch',
    title: `Batches of ${BATCH_ITEMS}`,
    pace: 'closed',
    contestants: (['postern', 'postern-evaluating', 'postern-two', 'cerbos-audit', 'cerbos'] as const).map(
      batch,
    ),
  },
  {
    id: 'stream',
    title: 'Streams',
    pace: 'closed',
    contestants: (['echo', 'postern', 'postern-two'] as const).map(stream),
  },
  { id: 'keys', title: 'Registries and draws', pace: 'closed', contestants: REGISTRIES },
  { id: 'unseen', title: 'Keys never seen', pace: 'closed', contestants: UNSEEN },
  { id: 'cold', title: 'Cold misses, one call in flight', pace: 'closed', contestants: MISSES },
];

/** The group whose rates pace the group `half`. */
export const RATES_GROUP = 'unary';
